/** Local time at which a month's reports are made, on the first of the next (chosen: before the working day, after the night's counting). */
export const MADE_AT = '06:00'

/** A month in a zone: its name as 2026-10, its first and last day as dates. */
export interface Month {
  month: string
  from: string
  to: string
}

/** The month that a text such as 2026-10 names. */
export function monthOf(month: string): Month {
  const { year, month: number, daysInMonth } = Temporal.PlainYearMonth.from(month)
  const day = (at: number) => Temporal.PlainDate.from({ year, month: number, day: at }).toString()
  return { month, from: day(1), to: day(daysInMonth) }
}

/** The newest month whose reports are due: from six in the morning of the first on, the one that ended. */
export function dueMonth(nowMs: number, timeZone: string): string {
  const now = Temporal.Instant.fromEpochMilliseconds(nowMs).toZonedDateTimeISO(timeZone)
  const isMade = Temporal.PlainDateTime.compare(now.toPlainDateTime(), madeAt(now.toPlainDate())) >= 0
  return now
    .toPlainDate()
    .toPlainYearMonth()
    .subtract({ months: isMade ? 1 : 2 })
    .toString()
}

/** When the next reports are due, in ms since 1970. */
export function nextMakingMs(nowMs: number, timeZone: string): number {
  const now = Temporal.Instant.fromEpochMilliseconds(nowMs).toZonedDateTimeISO(timeZone)
  const own = madeAt(now.toPlainDate()).toZonedDateTime(timeZone).epochMilliseconds
  return own > nowMs ? own : madeAt(now.toPlainDate().add({ months: 1 })).toZonedDateTime(timeZone).epochMilliseconds
}

/** In the month of a day. */
function madeAt(day: Temporal.PlainDate): Temporal.PlainDateTime {
  return day.with({ day: 1 }).toPlainDateTime(Temporal.PlainTime.from(MADE_AT))
}
