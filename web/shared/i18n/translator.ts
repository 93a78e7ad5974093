import { createInstance } from 'i18next'
import type { Language } from './language.ts'

/** A page's texts in one language: flat keys, `{{name}}` for values, `_one` and `_other` where a count decides. */
export type Texts<Key extends string> = Readonly<Record<Key, string>>

/** Keys as they are asked for: without the count's suffix. */
export type TextKey<Key extends string> = Key extends `${infer Base}_one` | `${infer Base}_other` ? Base : Key

/** A text in the language of its translator. `values` fill the `{{name}}` in it; `count` also chooses its plural. */
export type Translate<Key extends string> = (key: TextKey<Key>, values?: Record<string, string | number>) => string

/**
 * Translators for texts whose keys are all known to the type checker: a language that lacks one does not compile.
 * React escapes what it shows, so values are not escaped here.
 */
export function createTranslators<Key extends string>(
  texts: Record<Language, Texts<Key>>,
): (language: Language) => Translate<Key> {
  const i18n = createInstance({
    resources: { zh: { translation: texts.zh }, en: { translation: texts.en } },
    lng: 'zh',
    fallbackLng: false,
    keySeparator: false,
    nsSeparator: false,
    interpolation: { escapeValue: false },
    // Texts are in the bundle: nothing to wait for, so the first screen is drawn with them.
    initAsync: false,
  })
  void i18n.init()
  const translator = (language: Language): Translate<Key> => {
    // i18next's own types infer keys from global declarations, which cannot differ from page to page.
    const translate = i18n.getFixedT(language) as unknown as (key: string, values: object) => string
    return (key, values) => translate(key, values ?? {})
  }
  const translators = { zh: translator('zh'), en: translator('en') }
  return language => translators[language]
}
