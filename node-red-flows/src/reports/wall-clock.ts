/** A moment on the stations' clock. */
export interface WallTime {
  /** As 2026-07-01. */
  date: string
  /** As 18:05. */
  time: string
  /** Monday is 1. */
  weekday: number
}

/** Reads the stations' clock. @param timeZone an IANA zone. */
export function wallTime(atMs: number, timeZone: string): WallTime {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(atMs)
  const part = (type: string) => parts.find(one => one.type === type)?.value ?? ''
  const date = `${part('year')}-${part('month')}-${part('day')}`
  // A date's weekday is the same in every zone.
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay() || 7
  return { date, time: `${part('hour')}:${part('minute')}`, weekday }
}
