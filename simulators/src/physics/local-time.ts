/** China's one time zone: UTC+8 all year, without daylight saving time. */
const OFFSET_MS = 8 * 3_600_000

const DAY_MS = 24 * 3_600_000

/** A station's wall clock. */
export interface LocalTime {
  /** 0 Sunday to 6 Saturday. */
  weekday: number
  /** Minutes since midnight, 0 to 1440, with fractions. */
  minute: number
  /** Days since 1 January, with fractions. */
  dayOfYear: number
}

/** The wall clock at `atMs` (since 1970, UTC). */
export function localTime(atMs: number): LocalTime {
  const localMs = atMs + OFFSET_MS
  const date = new Date(localMs)
  return {
    weekday: date.getUTCDay(),
    minute: (((localMs % DAY_MS) + DAY_MS) % DAY_MS) / 60_000,
    dayOfYear: (localMs - Date.UTC(date.getUTCFullYear(), 0, 1)) / DAY_MS,
  }
}

/** `2026-07-30T12:00:00`: local time without a zone, as Tasmota writes it. */
export function localIsoText(atMs: number): string {
  return new Date(atMs + OFFSET_MS).toISOString().slice(0, 19)
}

/** Days since 1970 on the stations' calendar. */
export function localDay(atMs: number): number {
  return Math.floor((atMs + OFFSET_MS) / DAY_MS)
}
