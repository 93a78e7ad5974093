import { type RefObject, useEffect, useReducer } from 'react'
import { FIRST, rotate } from './rotation.ts'

/** The rotation of the panels, by time and by keys: space pauses, the arrows go on and back. */
export function useRotation(everyMs: number) {
  const [rotation, turn] = useReducer(rotate, FIRST)
  useEffect(() => {
    if (rotation.isPaused) return undefined
    // Anew for each panel, so that it stays for its whole time.
    const timer = setTimeout(() => turn('tick'), everyMs)
    return () => clearTimeout(timer)
  }, [everyMs, rotation])
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      // On a button the keys are the button's.
      if (event.target instanceof HTMLElement && event.target.closest('button, a') !== null) return
      const input = ({ ' ': 'toggle', ArrowRight: 'next', ArrowLeft: 'previous' } as const)[event.key]
      if (input === undefined) return
      event.preventDefault()
      turn(input)
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [])
  return { rotation, turn }
}

/** Keeps the screen from going dark while the page is shown. A browser that cannot, or may not, leaves that to its machine's settings. */
export function useScreenAwake(): void {
  useEffect(() => {
    let lock: WakeLockSentinel | undefined
    let isOver = false
    const ask = async () => {
      if (document.visibilityState !== 'visible' || !('wakeLock' in navigator)) return
      try {
        const got = await navigator.wakeLock.request('screen')
        if (isOver) await got.release()
        else lock = got
      } catch {
        lock = undefined // Refused, as on a low battery: the wall still serves.
      }
    }
    void ask()
    document.addEventListener('visibilitychange', ask)
    return () => {
      isOver = true
      document.removeEventListener('visibilitychange', ask)
      void lock?.release()
    }
  }, [])
}

/** Fills the screen with an element, or gives it back. */
export async function toggleFullScreen(element: RefObject<HTMLElement | null>): Promise<void> {
  if (document.fullscreenElement !== null) await document.exitFullscreen()
  else await element.current?.requestFullscreen()
}
