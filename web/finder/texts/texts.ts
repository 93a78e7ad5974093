import type { Language } from '../../shared/i18n/language.ts'
import { type Translate, createTranslators } from '../../shared/i18n/translator.ts'
import { en } from './en.ts'
import { zh } from './zh.ts'

export type FinderKey = keyof typeof zh
export type FinderTranslate = Translate<FinderKey>

/** The finder's texts in a language. */
export const translatorFor: (language: Language) => FinderTranslate = createTranslators<FinderKey>({ zh, en })
