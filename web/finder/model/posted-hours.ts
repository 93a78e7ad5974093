import type { HoursPlan } from '@harbor/protocol'
import { openingAt } from '@harbor/protocol/opening-at'

/** What a station's posted hours say of now, worked out on the phone. */
export interface PostedNow {
  open: boolean
  /** When that changes next; absent when the plan knows of no change. */
  changesAtMs?: number
  /** Open, but nobody is there. */
  unstaffed?: boolean
}

/** Posted hours at an instant; undefined where the plan does not reach. */
export function postedNow(plan: HoursPlan, nowMs: number, timeZone: string): PostedNow | undefined {
  const wallMs = wallOf(nowMs, timeZone)
  const { state, changesAt, unstaffed } = openingAt(plan, wallMs)
  if (state === 'unknown') return undefined
  return {
    open: state === 'open',
    // Clocks that are put forward within that time would make it an hour off; China's are not.
    ...(changesAt !== undefined && { changesAtMs: nowMs + (changesAt - wallMs) }),
    ...(unstaffed && { unstaffed }),
  }
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** What a clock on the wall of the stations shows at an instant, as if it were UTC. */
export function wallOf(nowMs: number, timeZone: string): number {
  let format = formats.get(timeZone)
  if (format === undefined) {
    // Swedish writes dates as ISO 8601 does.
    format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' })
    formats.set(timeZone, format)
  }
  return Date.parse(`${format.format(nowMs).replace(' ', 'T')}Z`)
}
