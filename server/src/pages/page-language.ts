/** The languages that pages made here are written in. Chinese is the first. */
export const PAGE_LANGUAGES = ['zh', 'en'] as const
export type PageLanguage = (typeof PAGE_LANGUAGES)[number]

/** As the `lang` attribute and Intl name them. */
export const PAGE_LOCALES: Readonly<Record<PageLanguage, string>> = { zh: 'zh-CN', en: 'en' }

/** More than any browser sends; the rest is not read. */
const MAX_TAGS = 20

/**
 * The language of a page: what the address asks for, else the browser's best of ours. Who says nothing (a link's preview,
 * a search engine) gets Chinese, who reads neither gets English.
 *
 * @param accepted an Accept-Language header
 */
export function pageLanguage(asked: unknown, accepted: string | undefined): PageLanguage {
  const named = typeof asked === 'string' ? languageOf(asked) : undefined
  if (named !== undefined) return named
  const tags = (accepted ?? '')
    .split(',', MAX_TAGS)
    .map(part => {
      const [tag = '', ...parameters] = part.trim().split(';')
      const weight = parameters.map(parameter => /^\s*q=([\d.]+)\s*$/.exec(parameter)?.[1]).find(Boolean)
      return { tag, weight: weight === undefined ? 1 : Number(weight) }
    })
    .filter(({ tag, weight }) => tag !== '' && weight > 0)
    .sort((a, b) => b.weight - a.weight)
  if (tags.length === 0 || tags[0]?.tag === '*') return 'zh'
  return tags.map(({ tag }) => languageOf(tag)).find(language => language !== undefined) ?? 'en'
}

function languageOf(tag: string): PageLanguage | undefined {
  const primary = tag.toLowerCase().split(/[-_]/, 1)[0]
  return PAGE_LANGUAGES.find(language => language === primary)
}
