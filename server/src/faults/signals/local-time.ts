const HOUR_MS = 3_600_000
const HOURS_PER_DAY = 24

/** Whole hours since 1970 on a clock `offsetMs` ahead of UTC. */
export function localHour(timeMs: number, offsetMs: number): number {
  return Math.floor((timeMs + offsetMs) / HOUR_MS)
}

/** The day's number since 1970 on the same clock. */
export function localDay(timeMs: number, offsetMs: number): number {
  return Math.floor(localHour(timeMs, offsetMs) / HOURS_PER_DAY)
}
