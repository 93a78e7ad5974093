import { createContext, useContext } from 'react'
import type { Language } from '../shared/i18n/language.ts'
import type { TimeWords } from './model/time-text.ts'

/** What every part of the page speaks by. */
export interface FinderContext extends TimeWords {
  language: Language
  /** Now, on the server's clock. */
  nowMs: number
}

const Context = createContext<FinderContext | undefined>(undefined)

export const FinderProvider = Context.Provider

export function useFinder(): FinderContext {
  const context = useContext(Context)
  if (context === undefined) throw new TypeError('useFinder: used outside of FinderProvider')
  return context
}

/** A station's or district's name in the visitor's language. */
export function inLanguage(language: Language, zh: string, en: string): string {
  return language === 'zh' ? zh : en
}
