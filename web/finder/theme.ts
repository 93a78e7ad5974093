import { useCallback, useState } from 'react'

/** How the page looks: as the phone says, light, dark, or in black and white for the sun. */
export const THEMES = ['auto', 'light', 'dark', 'sun'] as const
export type Theme = (typeof THEMES)[number]

const STORAGE_KEY = 'harbor.theme'
const DARK = '(prefers-color-scheme: dark)'

/** The theme chosen on an earlier visit, and marks the document with it; follows the phone's from then on. */
export function startTheme(): Theme {
  const theme = readTheme()
  markDocument(theme)
  // Old browsers know only `addListener`; all of them from Chromium 39 on have this one.
  window.matchMedia(DARK).addEventListener('change', () => markDocument(readTheme()))
  return theme
}

/** The theme, and what chooses another. */
export function useTheme(first: Theme): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState(first)
  const choose = useCallback((next: Theme) => {
    try {
      window.localStorage.setItem(STORAGE_KEY, next)
    } catch {
      // Storage is full or forbidden: the choice then holds for this visit.
    }
    markDocument(next)
    setTheme(next)
  }, [])
  return [theme, choose]
}

function readTheme(): Theme {
  try {
    const saved = window.localStorage.getItem(STORAGE_KEY)
    return THEMES.find(theme => theme === saved) ?? 'auto'
  } catch {
    return 'auto' // Storage is forbidden.
  }
}

/** Style sheets know three looks: `light`, `dark` and `sun`. */
function markDocument(theme: Theme): void {
  const dark = window.matchMedia(DARK).matches
  document.documentElement.dataset['theme'] = theme === 'auto' ? (dark ? 'dark' : 'light') : theme
}
