import type { TellChoice } from '@harbor/protocol'

/**
 * When somebody may be told: now, or once their quiet hours are over. Quiet hours go over midnight when they end earlier than they
 * begin; those that begin and end at the same time are none.
 *
 * @returns ms since 1970.
 */
export function notBeforeMs(quiet: TellChoice['quiet'], nowMs: number, timeZone: string): number {
  if (quiet === undefined || quiet.from === quiet.to) return nowMs
  const now = Temporal.Instant.fromEpochMilliseconds(nowMs).toZonedDateTimeISO(timeZone)
  const at = now.toPlainTime().toString({ smallestUnit: 'minute' })
  const isOverMidnight = quiet.from > quiet.to
  const isQuiet = isOverMidnight ? at >= quiet.from || at < quiet.to : at >= quiet.from && at < quiet.to
  if (!isQuiet) return nowMs
  const day = isOverMidnight && at >= quiet.from ? now.toPlainDate().add({ days: 1 }) : now.toPlainDate()
  return day.toZonedDateTime({ timeZone, plainTime: Temporal.PlainTime.from(quiet.to) }).epochMilliseconds
}
