import type { HoursPlan, NoticeHours, OpenStretch } from '@harbor/protocol'
import { dateOfWall, wallOfDate, weekdayOfWall } from '@harbor/protocol/opening-at'

const DAY_MS = 24 * 3_600_000
const WEEKDAYS = ['Mo', 'Tu', 'We', 'Th', 'Fr', 'Sa', 'Su'] as const
/** A closing time before this is one of the night after (chosen: nobody closes a day at five in the morning). */
const NIGHT_ENDS_MIN = 5 * 60
/** An order's hours hold for no longer: after that they are a season's (chosen). */
export const MAX_NOTICE_DAYS = 31

/** Minutes since midnight of `22:00`. */
export function minuteOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5))
}

/**
 * The hours of a station that an order keeps open longer, as OpenStreetMap `opening_hours`: each day from its first opening, or
 * `openFrom` if that is sooner, to its last closing, or `openUntil` if that is later, without a break. A day on which it does not open
 * at all stays closed: nobody is there. Undefined: it is open for all of that anyway.
 *
 * @param plan the hours that it has without the order
 */
export function longerHours(plan: HoursPlan, { openFrom, openUntil, from, to }: NoticeHours): string | undefined {
  const untilMin = minuteOf(openUntil) <= NIGHT_ENDS_MIN ? minuteOf(openUntil) + 1_440 : minuteOf(openUntil)
  const fromMin = openFrom === undefined ? 1_440 : minuteOf(openFrom)
  const byWeekday = new Map<number, string>()
  let changes = false
  for (let wallMs = wallOfDate(from); wallMs <= wallOfDate(to); wallMs += DAY_MS) {
    const weekday = weekdayOfWall(wallMs)
    if (byWeekday.has(weekday)) continue
    const stretches = stretchesOn(plan, dateOfWall(wallMs), weekday)
    const [first] = stretches
    if (first === undefined) {
      byWeekday.set(weekday, 'off')
      continue
    }
    const opens = Math.min(first.from, fromMin)
    const closes = Math.max(...stretches.map(stretch => stretch.to), untilMin)
    // What is open round the clock is one stretch from midnight on, and cannot be open for longer.
    const covers = stretches.some(stretch => stretch.from <= opens && stretch.to >= Math.min(closes, 1_440 + opens))
    if (!covers) changes = true
    byWeekday.set(weekday, `${clock(opens)}-${clock(Math.min(closes, opens + 1_440))}`)
  }
  if (!changes) return undefined
  return [...byWeekday]
    .sort(([a], [b]) => a - b)
    .map(([weekday, hours]) => `${WEEKDAYS[weekday] ?? ''} ${hours}`)
    .join('; ')
}

/** A day's stretches, in order. */
export function stretchesOn(plan: HoursPlan, date: string, weekday: number): readonly OpenStretch[] {
  return plan.special.find(day => day.date === date)?.stretches ?? plan.week[weekday] ?? []
}

/** `26:00` is two in the next morning (OpenStreetMap, opening_hours specification, extended hours). */
function clock(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
}
