import type { HoursPlan, OpenStretch } from '@harbor/protocol'
import { type WallMs, dateOfWall, wallOfDate, weekdayOfWall } from '@harbor/protocol/opening-at'
import type { Calendar } from '../calendar/calendar.ts'
import { DAY_MS, type DayPart } from './day-parts.ts'
import { type HoursLine, midnightOf } from './hours-line.ts'

/** Days of a plan: a phone without network for two months has other worries. */
const PLANNED_DAYS = 60
/** However little of the calendar is known: two weeks are told by the weekdays alone. */
const FEWEST_DAYS = 14
/** What the week's usual hours are is read from so many of each weekday: a season that begins later is a difference. */
const LOOKED_AT_WEEKS = 4

type Kind = HoursPlan['special'][number]['kind']

/**
 * A line of hours as a plan from the day of `wallMs` on. Undefined when any time of it is unknown: a plan says open or
 * closed, and a phone that has none says that it does not know.
 *
 * @param dependsOnHolidays the hours differ on holidays: the plan then ends with the known calendar
 */
export function compilePlan(
  line: HoursLine,
  { calendar, wallMs, dependsOnHolidays }: { calendar: Calendar; wallMs: WallMs; dependsOnHolidays: boolean },
): HoursPlan | undefined {
  const firstMs = midnightOf(wallMs)
  const lastMs = lastDay(firstMs, dependsOnHolidays ? calendar.knownUntil : undefined)
  const partsOf = new Map<WallMs, readonly DayPart[]>()
  for (let dayMs = firstMs - 2 * DAY_MS; dayMs <= lastMs + DAY_MS; dayMs += DAY_MS) {
    const parts = line.day(dayMs)
    if (parts === undefined || parts.some(({ state }) => state === 'unknown')) return undefined
    partsOf.set(dayMs, parts)
  }
  const reasonOf = (dayMs: WallMs): Kind | undefined =>
    line.changeOn(dayMs)?.kind ?? calendar.dayOf(dateOfWall(dayMs))?.kind
  // The day before is in it for the sake of its night.
  const days: PlanDay[] = []
  for (let dayMs = firstMs - DAY_MS; dayMs <= lastMs; dayMs += DAY_MS) {
    const stretches = stretchesOf([dayMs - DAY_MS, dayMs, dayMs + DAY_MS].map(ms => partsOf.get(ms) ?? []))
    days.push({ dayMs, stretches, text: JSON.stringify(stretches), reason: reasonOf(dayMs) })
  }
  const week = usualWeek(days)
  const special = days
    .filter(({ dayMs, text }) => text !== week[weekdayOfWall(dayMs)]?.text)
    .map(({ dayMs, stretches, reason }) => ({
      date: dateOfWall(dayMs),
      // A night that is cut short has its reason in the day that follows.
      kind: reason ?? reasonOf(dayMs + DAY_MS) ?? 'season',
      stretches: [...stretches],
    }))
  return {
    validFrom: dateOfWall(firstMs),
    validUntil: dateOfWall(lastMs),
    week: week.map(day => [...(day?.stretches ?? [])]),
    special,
  }
}

interface PlanDay {
  dayMs: WallMs
  stretches: readonly OpenStretch[]
  text: string
  /** Why its hours may differ from the week's. */
  reason: Kind | undefined
}

function lastDay(firstMs: WallMs, knownUntil: string | undefined): WallMs {
  const lastMs = firstMs + (PLANNED_DAYS - 1) * DAY_MS
  if (knownUntil === undefined) return lastMs
  return Math.min(lastMs, Math.max(wallOfDate(knownUntil), firstMs + (FEWEST_DAYS - 1) * DAY_MS))
}

/**
 * The stretches that begin on the middle one of three days. A night is one stretch of the day that it begins on; what is open
 * for longer than a day is cut at its midnights.
 */
function stretchesOf([before = [], day = [], after = []]: readonly (readonly DayPart[])[]): OpenStretch[] {
  const stretches: OpenStretch[] = []
  for (const part of day) {
    const evening = before.at(-1)
    if (part.from === 0 && evening !== undefined && isOneNight(evening, part)) continue
    const morning = after[0]
    const to = morning !== undefined && isOneNight(part, morning) ? 1_440 + morning.to : part.to
    stretches.push({ from: part.from, to, ...(part.unstaffed && { unstaffed: true }) })
  }
  return stretches
}

function isOneNight(evening: DayPart, morning: DayPart): boolean {
  if (evening.to !== 1_440 || morning.from !== 0 || evening.unstaffed !== morning.unstaffed) return false
  return morning.to <= evening.from
}

/** For each weekday, Monday first, the hours that most of its next ordinary days have; of equals the sooner. */
function usualWeek(days: readonly PlanDay[]): (PlanDay | undefined)[] {
  return Array.from({ length: 7 }, (_, weekday) => {
    const all = days.filter(({ dayMs }) => weekdayOfWall(dayMs) === weekday)
    const ordinary = all.filter(({ reason }) => reason === undefined).slice(0, LOOKED_AT_WEEKS)
    const counts = Map.groupBy(ordinary, ({ text }) => text)
    const [most] = [...counts.values()].sort((a, b) => b.length - a.length)
    return most?.[0] ?? all[0]
  })
}
