/** Ages are told in whole minutes; a step of this keeps them right to a few seconds. */
const TICK_MS = 5_000
/** A hand that touched the page within this may be about to tap what it looks at. */
const HAND_REST_MS = 3_000

export interface PageClock {
  start: () => void
  stop: () => void
  /** The phone's clock as of the last tick: the same for everything that one drawing of the page shows. */
  getNowMs: () => number
  /** Calls `listener` after every tick; returns what stops it. */
  subscribe: (listener: () => void) => () => void
  /** Whether somebody touched, scrolled or typed within the last seconds. */
  areHandsBusy: () => boolean
}

/** Ticks every few seconds, when the page comes to the front, and whenever `changes` tells of something new to show. */
export function createPageClock(nowMs: () => number, changes: (listener: () => void) => () => void): PageClock {
  let current = nowMs()
  let handsAtMs = Number.NEGATIVE_INFINITY
  let undo: (() => void)[] = []
  const listeners = new Set<() => void>()

  const tick = () => {
    current = nowMs()
    for (const listener of listeners) listener()
  }
  const noteHands = () => {
    handsAtMs = nowMs()
  }

  return {
    start() {
      if (undo.length > 0) return
      const timer = setInterval(tick, TICK_MS)
      document.addEventListener('visibilitychange', tick)
      const events = ['pointerdown', 'pointermove', 'wheel', 'touchmove', 'keydown'] as const
      for (const event of events) window.addEventListener(event, noteHands, { passive: true })
      undo = [
        changes(tick),
        () => clearInterval(timer),
        () => document.removeEventListener('visibilitychange', tick),
        ...events.map(event => () => window.removeEventListener(event, noteHands)),
      ]
    },
    stop() {
      for (const step of undo) step()
      undo = []
    },
    getNowMs: () => current,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    areHandsBusy: () => nowMs() - handsAtMs < HAND_REST_MS,
  }
}
