import { dayIn, isDay, nextDay, startOfDayMs } from '../time/days.ts'

/** Spans up to now that can be chosen at once, in days. */
export const PERIODS_DAYS = [7, 30, 90, 365] as const
const DEFAULT_DAYS = 30
const DAY_MS = 86_400_000
/** A report is as of a minute: each look would ask anew otherwise. */
const MINUTE_MS = 60_000
/** The longest that is asked for (chosen: ten years; older histories say nothing of today's stations). */
const MAX_DAYS = 3_653

/** What figures are of: the last days up to now, or whole days of the stations' calendar, the last one included. */
export type Period = { days: number } | { fromDay: string; toDay: string }

/** The period in an address; what it says wrongly is passed over. */
export function readPeriod(query: URLSearchParams): Period {
  const [fromDay, toDay] = [query.get('from') ?? '', query.get('to') ?? '']
  if (isDay(fromDay) && isDay(toDay)) return { fromDay, toDay }
  return { days: PERIODS_DAYS.find(days => String(days) === query.get('days')) ?? DEFAULT_DAYS }
}

/** Where a choice of own days begins: with those that are shown now. */
export function ownDaysOf(
  { days }: { days: number },
  nowMs: number,
  timeZone: string,
): { fromDay: string; toDay: string } {
  return { fromDay: dayIn(nowMs - days * DAY_MS, timeZone), toDay: dayIn(nowMs, timeZone) }
}

/** The instants of a period; undefined: its days are the wrong way round, or too many. */
export function spanOf(
  period: Period,
  { nowMs, timeZone }: { nowMs: number; timeZone: string },
): { fromMs: number; toMs: number } | undefined {
  if ('days' in period) {
    const toMs = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS
    return { fromMs: toMs - period.days * DAY_MS, toMs }
  }
  const fromMs = startOfDayMs(period.fromDay, timeZone)
  const toMs = startOfDayMs(nextDay(period.toDay), timeZone)
  return fromMs < toMs && toMs - fromMs <= MAX_DAYS * DAY_MS ? { fromMs, toMs } : undefined
}
