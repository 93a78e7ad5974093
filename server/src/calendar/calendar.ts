import { dateOfWall, wallOfDate } from '@harbor/protocol/opening-at'

const DAY_MS = 24 * 3_600_000

/** A day on which a country's offices keep other hours than its weekday says. */
export interface CalendarDay {
  kind: 'holiday' | 'make_up_workday'
  nameZh: string
  nameEn: string
  /** Of a make-up workday: the weekday whose hours it has; 1 is Monday, 5 Friday. */
  weekday: number
}

/** Days of one kind that follow each other. Dates as 2026-10-01, `to` included. */
export interface CalendarSpan {
  from: string
  to: string
  kind: CalendarDay['kind']
  nameZh: string
  nameEn: string
  weekday: number
}

/** Public holidays and make-up workdays of the years that are known. Years that are not known have none: nothing is guessed. */
export interface Calendar {
  /** @param date as 2026-10-01 */
  dayOf: (date: string) => CalendarDay | undefined
  /** Dates of the kind, sorted. */
  dates: (kind: CalendarDay['kind']) => readonly string[]
  /** The last day of the last year in the unbroken row of known years; undefined: none is known. */
  readonly knownUntil: string | undefined
}

/** A calendar of these years. A later entry for the same day replaces an earlier one. */
export function createCalendar(years: readonly { year: number; spans: readonly CalendarSpan[] }[]): Calendar {
  const days = new Map<string, CalendarDay>()
  for (const { spans } of years) {
    for (const { from, to, kind, nameZh, nameEn, weekday } of spans) {
      for (let wallMs = wallOfDate(from); wallMs <= wallOfDate(to); wallMs += DAY_MS) {
        days.set(dateOfWall(wallMs), { kind, nameZh, nameEn, weekday })
      }
    }
  }
  const dates = (kind: CalendarDay['kind']) =>
    [...days]
      .filter(([, day]) => day.kind === kind)
      .map(([date]) => date)
      .sort()
  const byKind = { holiday: dates('holiday'), make_up_workday: dates('make_up_workday') }
  return {
    dayOf: date => days.get(date),
    dates: kind => byKind[kind],
    knownUntil: lastKnownDay(years.map(({ year }) => year)),
  }
}

/** A calendar without any day: what is left when nothing is known. */
export const EMPTY_CALENDAR: Calendar = createCalendar([])

function lastKnownDay(years: readonly number[]): string | undefined {
  const known = new Set(years)
  if (known.size === 0) return undefined
  let year = Math.min(...known)
  while (known.has(year + 1)) year += 1
  return `${year}-12-31`
}
