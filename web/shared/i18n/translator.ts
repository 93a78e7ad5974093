import { LOCALES, type Language } from './language.ts'

/** A page's texts in one language: flat keys, `{{name}}` for values, `_one` and `_other` where a count decides. */
export type Texts<Key extends string> = Readonly<Record<Key, string>>

/** Keys as they are asked for: without the count's suffix. */
export type TextKey<Key extends string> = Key extends `${infer Base}_one` | `${infer Base}_other` ? Base : Key

/** A text in the language of its translator. `values` fill the `{{name}}` in it; `count` also chooses its plural. */
export type Translate<Key extends string> = (key: TextKey<Key>, values?: Record<string, string | number>) => string

/**
 * Translators for texts whose keys are all known to the type checker: a language that lacks one does not compile. Values
 * are put in as they are, for React escapes what it shows. A library for this would weigh as much as a fifth of the page.
 */
export function createTranslators<Key extends string>(
  texts: Record<Language, Texts<Key>>,
): (language: Language) => Translate<Key> {
  const translator = (language: Language): Translate<Key> => {
    const plurals = new Intl.PluralRules(LOCALES[language])
    const all: Readonly<Record<string, string>> = texts[language]
    return (key, values = {}) => {
      const { count } = values
      const counted = typeof count === 'number' ? all[`${key}_${plurals.select(count)}`] : undefined
      const text = counted ?? all[key] ?? all[`${key}_other`] ?? key
      return text.replace(/\{\{(\w+)\}\}/g, (placeholder, name: string) => String(values[name] ?? placeholder))
    }
  }
  const translators = { zh: translator('zh'), en: translator('en') }
  return language => translators[language]
}
