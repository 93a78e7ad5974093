import type { Language } from '../../../shared/i18n/language.ts'
import { type Translate, createTranslators } from '../../../shared/i18n/translator.ts'
import { useFinder } from '../../finder-context.ts'
import { en } from './en.ts'
import { zh } from './zh.ts'

export type VisitTranslate = Translate<keyof typeof zh>

const translatorFor: (language: Language) => VisitTranslate = createTranslators<keyof typeof zh>({ zh, en })

/** The texts of reporting and checking in, in the visitor's language. */
export function useVisitTexts(): VisitTranslate {
  return translatorFor(useFinder().language)
}
