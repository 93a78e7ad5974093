const SECOND_MS = 1_000
const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000

/** "31 min ago" in the reader's language. An age below five seconds, or in the future by clock skew, is "now". */
export function ageText(ageMs: number, locale: string): string {
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' })
  if (ageMs < 5 * SECOND_MS) return format.format(0, 'second')
  const always = new Intl.RelativeTimeFormat(locale, { numeric: 'always', style: 'short' })
  if (ageMs < MINUTE_MS) return always.format(-Math.floor(ageMs / SECOND_MS), 'second')
  if (ageMs < HOUR_MS) return always.format(-Math.floor(ageMs / MINUTE_MS), 'minute')
  if (ageMs < 2 * DAY_MS) return always.format(-Math.floor(ageMs / HOUR_MS), 'hour')
  return always.format(-Math.floor(ageMs / DAY_MS), 'day')
}

/** "31 min", "2 h 5 min", "3 d 4 h": a span, rounded to what matters at its size. */
export function durationText(spanMs: number, locale: string): string {
  const unit = (value: number, name: 'second' | 'minute' | 'hour' | 'day') =>
    new Intl.NumberFormat(locale, { style: 'unit', unit: name, unitDisplay: 'short' }).format(value)
  if (spanMs < 2 * MINUTE_MS) return unit(Math.max(0, Math.round(spanMs / SECOND_MS)), 'second')
  const minutes = Math.round(spanMs / MINUTE_MS)
  if (minutes < 120) return unit(minutes, 'minute')
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return join(unit(hours, 'hour'), minutes % 60 === 0 ? '' : unit(minutes % 60, 'minute'))
  return join(unit(Math.floor(hours / 24), 'day'), hours % 24 === 0 ? '' : unit(hours % 24, 'hour'))
}

function join(first: string, second: string): string {
  return second === '' ? first : `${first} ${second}`
}

/** How instants are to be shown: in the reader's language, on the stations' clock. */
export interface TimeStyle {
  locale: string
  timeZone: string
}

/** Date, time to the second and zone. */
export function exactText(atMs: number, { locale, timeZone }: TimeStyle): string {
  return new Intl.DateTimeFormat(locale, {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
    timeZone,
  }).format(atMs)
}

/** Hour and minute; with weekday and date when that is not today. */
export function clockText(atMs: number, nowMs: number, style: TimeStyle): string {
  const { locale, timeZone } = style
  const sameDay = dayOf(atMs, timeZone) === dayOf(nowMs, timeZone)
  return new Intl.DateTimeFormat(locale, {
    ...(sameDay ? {} : { weekday: 'short', month: 'numeric', day: 'numeric' }),
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone,
  }).format(atMs)
}

function dayOf(atMs: number, timeZone: string): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(atMs)
}

/** How far the zone's clock is ahead of UTC at that moment, in ms. */
export function zoneOffsetMs(atMs: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(atMs)
  const part = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find(found => found.type === type)?.value)
  const wallMs = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'))
  return wallMs - Math.floor(atMs / SECOND_MS) * SECOND_MS
}
