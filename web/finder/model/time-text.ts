import type { FinderTranslate } from '../texts/texts.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** How long ago something was, as people say it. A time in the future is a clock that is a little off: "just now". */
export function ageText(ageMs: number, t: FinderTranslate): string {
  if (ageMs < MINUTE_MS) return t('age.now')
  if (ageMs < HOUR_MS) return t('age.minutes', { count: Math.floor(ageMs / MINUTE_MS) })
  if (ageMs < 2 * DAY_MS) return t('age.hours', { count: Math.floor(ageMs / HOUR_MS) })
  return t('age.days', { count: Math.floor(ageMs / DAY_MS) })
}

/** Where and in which language times are said. */
export interface TimeWords {
  t: FinderTranslate
  locale: string
  /** The stations' zone, wherever the phone thinks it is. */
  timeZone: string
}

/** A time of day in the stations' zone, with the day when it is not today: `22:00`, `tomorrow 08:00`, `Mon 08:00`. */
export function clockText(atMs: number, nowMs: number, { t, locale, timeZone }: TimeWords): string {
  const time = new Intl.DateTimeFormat(locale, {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone,
  }).format(atMs)
  const day = dayNumber(atMs, timeZone) - dayNumber(nowMs, timeZone)
  if (day === 0) return time
  if (day === 1) return t('day.tomorrow', { time })
  const named: Intl.DateTimeFormatOptions =
    day > 1 && day < 7 ? { weekday: 'short', timeZone } : { month: 'short', day: 'numeric', timeZone }
  return `${new Intl.DateTimeFormat(locale, named).format(atMs)} ${time}`
}

/** Days since 1970 on the calendar of `timeZone`. */
function dayNumber(atMs: number, timeZone: string): number {
  // Swedish writes dates as ISO 8601 does.
  const date = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(atMs)
  return Math.round(Date.parse(`${date}T00:00:00Z`) / DAY_MS)
}
