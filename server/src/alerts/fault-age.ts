import type { FaultAge } from '@harbor/protocol'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** When something of an age was raised: after the one, and until the other. Ages leave no gap and share no instant. */
export function raisedWithin(age: FaultAge, nowMs: number): { afterMs: number; untilMs: number } {
  switch (age) {
    case 'underHour':
      return { afterMs: nowMs - HOUR_MS, untilMs: Number.MAX_SAFE_INTEGER }
    case 'underDay':
      return { afterMs: nowMs - DAY_MS, untilMs: nowMs - HOUR_MS }
    case 'underWeek':
      return { afterMs: nowMs - 7 * DAY_MS, untilMs: nowMs - DAY_MS }
    case 'older':
      return { afterMs: Number.MIN_SAFE_INTEGER, untilMs: nowMs - 7 * DAY_MS }
  }
}
