import { SimulatorsError } from '../errors.ts'
import { type LocalTime } from './local-time.ts'

const DAYS = ['Su', 'Mo', 'Tu', 'We', 'Th', 'Fr', 'Sa'] as const
const MINUTES_A_DAY = 1_440

/** Minutes since midnight, `from` included, `to` not. */
interface Interval {
  from: number
  to: number
}

/** When a station is open, by weekday (0 Sunday). */
export type WeeklyHours = readonly (readonly Interval[])[]

/**
 * The part of the OpenStreetMap `opening_hours` syntax that the demo fleet uses: `24/7`, and rules such as
 * `Mo-Fr 08:30-12:00,14:30-18:00; Sa 09:00-17:00`, where a later rule replaces an earlier one for its days.
 *
 * @throws SimulatorsError SIMULATORS_FLEET_UNUSABLE for anything else.
 */
export function parseWeeklyHours(text: string): WeeklyHours {
  if (text === '24/7') return DAYS.map(() => [{ from: 0, to: MINUTES_A_DAY }])
  const week: (readonly Interval[])[] = DAYS.map(() => [])
  for (const rule of text.split(';')) {
    const match = /^\s*(?:([A-Z][a-z](?:-[A-Z][a-z])?) )?(\d\d:\d\d-\d\d:\d\d(?:,\d\d:\d\d-\d\d:\d\d)*)\s*$/.exec(rule)
    if (match?.[2] === undefined) throw unusable(text)
    const intervals = match[2].split(',').map(interval => parseInterval(interval, text))
    for (const day of daysOf(match[1] ?? 'Mo-Su', text)) week[day] = intervals
  }
  return week
}

function daysOf(range: string, text: string): number[] {
  const [first = '', last = first] = range.split('-')
  const from = DAYS.findIndex(day => day === first)
  const to = DAYS.findIndex(day => day === last)
  if (from < 0 || to < 0) throw unusable(text)
  const count = ((to - from + DAYS.length) % DAYS.length) + 1
  return Array.from({ length: count }, (_, index) => (from + index) % DAYS.length)
}

function parseInterval(interval: string, text: string): Interval {
  const [from = Number.NaN, to = Number.NaN] = interval.split('-').map(clock => {
    const [hour = Number.NaN, minute = Number.NaN] = clock.split(':').map(Number)
    return hour * 60 + minute
  })
  if (!(from < to && to <= MINUTES_A_DAY)) throw unusable(text)
  return { from, to }
}

function unusable(text: string): SimulatorsError {
  return new SimulatorsError(
    'SIMULATORS_FLEET_UNUSABLE',
    `hours "${text}": the simulators read 24/7 and rules such as "Mo-Fr 08:30-12:00,14:30-18:00; Sa 09:00-17:00"`,
  )
}

/** Minutes until the station closes (1440 when it does not before midnight and opens on), 0 while it is closed. */
export function minutesUntilClosing(hours: WeeklyHours, time: LocalTime): number {
  const interval = hours[time.weekday]?.find(({ from, to }) => time.minute >= from && time.minute < to)
  if (interval === undefined) return 0
  const opensOn =
    interval.to === MINUTES_A_DAY && hours[(time.weekday + 1) % DAYS.length]?.some(({ from }) => from === 0) === true
  return opensOn ? MINUTES_A_DAY : interval.to - time.minute
}

/** Whether the station is open at any time during `hour` (0 to 23) of a weekday. */
export function isOpenInHour(hours: WeeklyHours, weekday: number, hour: number): boolean {
  return hours[weekday]?.some(({ from, to }) => from < (hour + 1) * 60 && to > hour * 60) === true
}
