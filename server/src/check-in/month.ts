const DAY_MS = 24 * 3_600_000

/** How long a month's check-ins are kept after its end (chosen: long enough to be counted once, by a task that was down for a weekend). */
export const KEPT_AFTER_MONTH_MS = 7 * DAY_MS

/** The month of a moment in the stations' calendar, as 2026-11. */
export function monthOf(atMs: number, timeZone: string): string {
  return zoned(atMs, timeZone).toPlainDate().toPlainYearMonth().toString()
}

/** The start of the full hour of a moment in the stations' calendar, in ms. */
export function hourOf(atMs: number, timeZone: string): number {
  return zoned(atMs, timeZone).round({ smallestUnit: 'hour', roundingMode: 'floor' }).epochMilliseconds
}

/**
 * Check-ins of hours before this are to be gone at `nowMs`: those of every month that ended seven days ago or earlier.
 */
export function deletedBefore(nowMs: number, timeZone: string): number {
  return zoned(nowMs - KEPT_AFTER_MONTH_MS, timeZone)
    .with({ day: 1 })
    .startOfDay().epochMilliseconds
}

function zoned(atMs: number, timeZone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timeZone)
}
