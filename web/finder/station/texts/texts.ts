import type { Language } from '../../../shared/i18n/language.ts'
import { type Translate, createTranslators } from '../../../shared/i18n/translator.ts'
import { useFinder } from '../../finder-context.ts'
import { en } from './en.ts'
import { zh } from './zh.ts'

export type StationTranslate = Translate<keyof typeof zh>

/** They come with the page that needs them: the first screen travels without. */
const translatorFor: (language: Language) => StationTranslate = createTranslators<keyof typeof zh>({ zh, en })

/** The texts of a station's page in the visitor's language. */
export function useStationTexts(): StationTranslate {
  return translatorFor(useFinder().language)
}
