import { ApiProblem } from '../errors.ts'
import type { Bucket } from './reckon.ts'

/** Days, weeks or months that one answer has at most. */
export const MAX_BUCKETS = 400

/** The start of a day such as 2026-02-28 in a zone, in ms since 1970. */
export function startOfDayMs(date: string, timeZone: string): number {
  return Temporal.PlainDate.from(date).toZonedDateTime(timeZone).epochMilliseconds
}

/**
 * A period as days, weeks from Monday on, or months of a zone's calendar; the first and the last may be cut short. Each is named by
 * its first day.
 *
 * @throws ApiProblem `invalid_request` when there are too many.
 */
export function bucketsOf(
  by: 'day' | 'week' | 'month',
  { fromMs, toMs, timeZone }: { fromMs: number; toMs: number; timeZone: string },
): Bucket[] {
  const first = Temporal.Instant.fromEpochMilliseconds(fromMs).toZonedDateTimeISO(timeZone).toPlainDate()
  let day =
    by === 'month' ? first.with({ day: 1 }) : by === 'week' ? first.subtract({ days: first.dayOfWeek - 1 }) : first
  const step = { [`${by}s`]: 1 }
  const buckets: Bucket[] = []
  for (;;) {
    const startMs = day.toZonedDateTime(timeZone).epochMilliseconds
    if (startMs >= toMs) return buckets
    if (buckets.length >= MAX_BUCKETS)
      throw new ApiProblem('invalid_request', `query: by: expected at most ${MAX_BUCKETS} parts; ask for longer ones`)
    const next = day.add(step)
    const endMs = next.toZonedDateTime(timeZone).epochMilliseconds
    buckets.push({ key: day.toString(), fromMs: Math.max(startMs, fromMs), toMs: Math.min(endMs, toMs) })
    day = next
  }
}
