import { type i18n as I18n, createInstance } from 'i18next'
import { type ReactNode, useMemo } from 'react'
import { I18nextProvider, initReactI18next, useTranslation } from 'react-i18next'
import { LOCALES, type Language, saveLanguage } from '../../shared/i18n/language.ts'
import { en } from './en.ts'
import { type Catalogue, zhCn } from './zh-cn.ts'

type Leaves<Tree, Prefix extends string = ''> = {
  [Key in keyof Tree & string]: Tree[Key] extends string
    ? `${Prefix}${WithoutPlural<Key>}`
    : Leaves<Tree[Key], `${Prefix}${Key}.`>
}[keyof Tree & string]
type WithoutPlural<Key extends string> = Key extends `${infer Stem}_other` ? Stem : Key

/** Every text of the console by its key. */
export type WordKey = Leaves<Catalogue>

/** What fills a text's `{{…}}`; `count` also chooses between singular and plural. */
export type WordValues = Readonly<Record<string, string | number>>

/** The text of a key in the current language. */
export type Say = (key: WordKey, values?: WordValues) => string

export interface Words {
  say: Say
  language: Language
  /** The language for Intl and the `lang` attribute. */
  locale: string
  setLanguage: (language: Language) => void
}

/** The texts, starting with `language`; ready when it returns, for all of them are in the page's script. */
export function createWords(language: Language): I18n {
  const i18n = createInstance()
  void i18n.use(initReactI18next).init({
    lng: language,
    resources: { zh: { translation: zhCn }, en: { translation: en } },
    interpolation: { escapeValue: false }, // React escapes.
    returnNull: false,
    initAsync: false,
  })
  return i18n
}

export function WordsProvider({ words, children }: { words: I18n; children: ReactNode }) {
  return <I18nextProvider i18n={words}>{children}</I18nextProvider>
}

/** The texts in the current language, and the way to change it. */
export function useWords(): Words {
  const { t, i18n } = useTranslation()
  const language: Language = i18n.language === 'zh' ? 'zh' : 'en'
  return useMemo(
    () => ({
      say: (key, values) => t(key, { ...values }),
      language,
      locale: LOCALES[language],
      setLanguage(next) {
        saveLanguage(next)
        void i18n.changeLanguage(next)
      },
    }),
    [t, i18n, language],
  )
}

/** Of a thing with names in both languages, the one to show. */
export function localName(language: Language, names: { nameZh: string; nameEn: string }): string {
  return language === 'zh' ? names.nameZh : names.nameEn
}
