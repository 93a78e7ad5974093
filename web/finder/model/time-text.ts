import type { FinderTranslate } from '../texts/texts.ts'
import { wallOf } from './posted-hours.ts'

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
  const wallMs = wallOf(atMs, timeZone)
  // As all languages of the page write it. Making a format for it, with each card anew, took an old phone longer than drawing the card.
  const time = new Date(wallMs).toISOString().slice(11, 16)
  const day = Math.floor(wallMs / DAY_MS) - Math.floor(wallOf(nowMs, timeZone) / DAY_MS)
  if (day === 0) return time
  if (day === 1) return t('day.tomorrow', { time })
  const named: Intl.DateTimeFormatOptions =
    day > 1 && day < 7 ? { weekday: 'short', timeZone } : { month: 'short', day: 'numeric', timeZone }
  return `${new Intl.DateTimeFormat(locale, named).format(atMs)} ${time}`
}
