import { zoneOffsetMs } from './format.ts'

const DAY_MS = 86_400_000

/** The day in a zone, as 2026-07-30. */
export function dayIn(atMs: number, timeZone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone }).format(atMs)
}

/** When a day such as 2026-07-30 begins in a zone, in ms since 1970; where clocks leap over midnight, at the leap. */
export function startOfDayMs(day: string, timeZone: string): number {
  return wallTimeMs(`${day}T00:00`, timeZone)
}

/** When a clock of a zone shows 2026-07-30T18:30, in ms since 1970; where clocks leap over it, by the clock before the leap. */
export function wallTimeMs(text: string, timeZone: string): number {
  const wallMs = Date.parse(`${text}:00Z`)
  const [before, after] = [zoneOffsetMs(wallMs - DAY_MS, timeZone), zoneOffsetMs(wallMs + DAY_MS, timeZone)]
  const found = [wallMs - before, wallMs - after].filter(atMs => atMs + zoneOffsetMs(atMs, timeZone) === wallMs)
  // Of two such moments the first; of none, what it would have been by the clock before it was changed.
  return found.length === 0 ? wallMs - before : Math.min(...found)
}

/** The day after, or before with -1. */
export function nextDay(day: string, by: 1 | -1 = 1): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + by * DAY_MS).toISOString().slice(0, 10)
}

/** Whether a text is a day that there is. */
export function isDay(text: string): boolean {
  return (
    /^\d{4}-\d{2}-\d{2}$/.test(text) &&
    !Number.isNaN(Date.parse(`${text}T00:00:00Z`)) &&
    nextDay(nextDay(text), -1) === text
  )
}
