import { type ReactNode, createContext, use, useCallback, useState } from 'react'

const AnnouncerContext = createContext<(text: string) => void>(() => undefined)

/** One polite live region for the whole page: what is announced is read out when the reader is idle. */
export function AnnouncerProvider({ children }: { children: ReactNode }) {
  const [said, setSaid] = useState({ text: '', count: 0 })
  const announce = useCallback((text: string) => setSaid(({ count }) => ({ text, count: count + 1 })), [])
  return (
    <AnnouncerContext value={announce}>
      {children}
      <div className="for-screen-readers" aria-live="polite" data-testid="announcer">
        {/* A new element each time, so that the same words are read again. */}
        <span key={said.count}>{said.text}</span>
      </div>
    </AnnouncerContext>
  )
}

/** Says a text to those who do not see the page change. */
export function useAnnounce(): (text: string) => void {
  return use(AnnouncerContext)
}
