import { useEffect, useRef, useState } from 'react'

/** Ages are told in whole minutes; a step of this keeps them right to a few seconds. */
const TICK_MS = 5_000
/** A hand that touched the page within this may be about to tap what it looks at. */
const HAND_REST_MS = 3_000

/** The phone's clock, read again every few seconds, when the page comes to the front, and whenever `change` is another. */
export function useNowMs(change: unknown): number {
  const [, tick] = useState(0)
  const read = useRef({ change, nowMs: Date.now() })
  useEffect(() => {
    const next = () => {
      read.current = { ...read.current, nowMs: Date.now() }
      tick(count => count + 1)
    }
    const timer = setInterval(next, TICK_MS)
    document.addEventListener('visibilitychange', next)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', next)
    }
  }, [])
  if (read.current.change !== change) read.current = { change, nowMs: Date.now() }
  return read.current.nowMs
}

/** Whether somebody touches, scrolls or types just now. */
export function useBusyHands(): () => boolean {
  const lastAtMs = useRef(Number.NEGATIVE_INFINITY)
  useEffect(() => {
    const note = () => {
      lastAtMs.current = Date.now()
    }
    const events = ['pointerdown', 'pointermove', 'wheel', 'touchmove', 'keydown'] as const
    for (const event of events) window.addEventListener(event, note, { passive: true })
    return () => {
      for (const event of events) window.removeEventListener(event, note)
    }
  }, [])
  return () => Date.now() - lastAtMs.current < HAND_REST_MS
}
