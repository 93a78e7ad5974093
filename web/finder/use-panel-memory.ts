import { useEffect, useRef } from 'react'
import type { Navigation } from './route.ts'

/**
 * Moves focus to a new page's heading, and on the way back to the card that was left, at the place it was at. On a wide
 * screen the panel scrolls, on a phone the window.
 */
export function usePanelMemory({ route }: Navigation) {
  const panel = useRef<HTMLElement>(null)
  const left = useRef({ panel: 0, window: 0 })
  const lastId = useRef<string | undefined>(undefined)
  const id = route.page === 'station' ? route.id : undefined
  const isList = route.page === 'list'
  const first = useRef(true)
  // While the list is shown, where it stands is noted before it goes.
  useEffect(() => {
    if (!isList) return
    const note = () => {
      left.current = { panel: panel.current?.scrollTop ?? 0, window: window.scrollY }
    }
    const element = panel.current
    window.addEventListener('scroll', note, { passive: true })
    element?.addEventListener('scroll', note, { passive: true })
    return () => {
      window.removeEventListener('scroll', note)
      element?.removeEventListener('scroll', note)
    }
  }, [isList])
  useEffect(() => {
    const before = lastId.current
    lastId.current = id
    if (first.current) {
      first.current = false
      return
    }
    const element = panel.current
    const card = isList && before !== undefined ? document.querySelector(`[data-station="${before}"] a`) : null
    const target = card ?? element?.querySelector('h1')
    if (target instanceof HTMLElement) target.focus({ preventScroll: true })
    const place = isList ? left.current : { panel: 0, window: 0 }
    element?.scrollTo(0, place.panel)
    window.scrollTo(0, place.window)
  }, [id, isList])
  return panel
}
