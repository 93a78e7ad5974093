/** The languages that every text of the pages exists in. Chinese is the first. */
export const LANGUAGES = ['zh', 'en'] as const
export type Language = (typeof LANGUAGES)[number]

const STORAGE_KEY = 'harbor.language'

/** What each language is called in the `lang` attribute and by Intl. */
export const LOCALES: Record<Language, string> = { zh: 'zh-CN', en: 'en' }

/** What says which language a visitor reads, strongest first. */
export interface LanguageHints {
  /** `?lang=` of the address: a link that names its language keeps it for whoever opens it. */
  asked: string | null
  /** What the visitor chose on an earlier visit. */
  saved: string | null
  /** The browser's languages, best first. */
  preferred: readonly string[]
}

/** The language to show. A visitor of neither language gets English; one who says nothing gets Chinese. */
export function chooseLanguage({ asked, saved, preferred }: LanguageHints): Language {
  for (const hint of [asked, saved]) {
    const language = hint === null ? undefined : languageOf(hint)
    if (language !== undefined) return language
  }
  if (preferred.length === 0) return 'zh'
  return preferred.map(languageOf).find(language => language !== undefined) ?? 'en'
}

function languageOf(tag: string): Language | undefined {
  const primary = tag.toLowerCase().split(/[-_]/, 1)[0]
  return LANGUAGES.find(language => language === primary)
}

/** The language of this visit, and marks the document with it. */
export function detectLanguage(): Language {
  const language = chooseLanguage({
    asked: new URLSearchParams(window.location.search).get('lang'),
    saved: readSaved(),
    preferred: navigator.languages,
  })
  markDocument(language)
  return language
}

/** Takes a visitor's choice: marks the document and remembers it for the next visit. */
export function saveLanguage(language: Language): void {
  markDocument(language)
  try {
    window.localStorage.setItem(STORAGE_KEY, language)
  } catch {
    return // Storage is full or forbidden: the choice then holds for this visit.
  }
}

function readSaved(): string | null {
  try {
    return window.localStorage.getItem(STORAGE_KEY)
  } catch {
    return null // Storage is forbidden.
  }
}

/** Screen readers choose their voice, and browsers the glyphs of Han characters, by this attribute. */
function markDocument(language: Language): void {
  document.documentElement.lang = LOCALES[language]
}
