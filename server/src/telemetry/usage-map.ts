import { LEVEL_MS, atLeast } from './levels.ts'
import type { KeptFrom, TelemetryLevel, UsageCell, UsageMapQuery } from './telemetry-store.ts'

/** The readings of all devices in one quarter of an hour or hour. */
export interface UsageBucket {
  /** A multiple of the level's width, in ms since 1970. */
  startMs: number
  sum: number
  count: number
  min: number
  max: number
  /** The means of the devices that had a reading, added up, */
  sumOfMeans: number
  /** and how many devices these were. */
  devices: number
}

/** The level that a map is made of: see UsageMapAnswer. */
export function usageMapLevel(
  { fromMs, toMs, timeZone }: Pick<UsageMapQuery, 'fromMs' | 'toMs' | 'timeZone'>,
  kept: KeptFrom,
): TelemetryLevel {
  const byHour = zoneStretches(timeZone, fromMs, toMs).every(({ offsetMs }) => offsetMs % LEVEL_MS.hour === 0)
  return atLeast(byHour ? 'hour' : 'quarter', fromMs, kept)
}

/** Adds buckets up to the hours and weekdays of a zone. Every store goes through here, so that they agree to the last one. */
export function foldUsage(
  buckets: Iterable<UsageBucket>,
  { timeZone, fromMs, toMs }: Pick<UsageMapQuery, 'fromMs' | 'toMs' | 'timeZone'>,
): UsageCell[] {
  const stretches = zoneStretches(timeZone, fromMs, toMs)
  const cells = new Map<
    number,
    { sum: number; count: number; min: number; max: number; means: number; devices: number }
  >()
  for (const { startMs, sum, count, min, max, sumOfMeans, devices } of buckets) {
    const { offsetMs = 0 } = stretches.findLast(stretch => stretch.fromMs <= startMs) ?? stretches[0] ?? {}
    // 1 January 1970 was a Thursday: three days after Monday.
    const key = (Math.floor((startMs + offsetMs) / LEVEL_MS.hour) + 3 * 24) % HOURS_A_WEEK
    const cell = cells.get(key) ?? { sum: 0, count: 0, min: Infinity, max: -Infinity, means: 0, devices: 0 }
    cells.set(key, {
      sum: cell.sum + sum,
      count: cell.count + count,
      min: Math.min(cell.min, min),
      max: Math.max(cell.max, max),
      means: cell.means + sumOfMeans,
      devices: cell.devices + devices,
    })
  }
  return [...cells]
    .toSorted(([a], [b]) => a - b)
    .map(([key, { sum, count, min, max, means, devices }]) => ({
      weekday: Math.floor(key / 24),
      hour: key % 24,
      mean: sum / count,
      min,
      max,
      count,
      sum,
      timeMean: means / devices,
    }))
}

const HOURS_A_WEEK = 7 * 24

/** From `fromMs` on, a zone's clocks are so far ahead of UTC, until the next stretch. */
export interface ZoneStretch {
  fromMs: number
  /** Negative west of Greenwich. */
  offsetMs: number
}

/**
 * How a zone's clocks stood through a span: the first stretch begins no later than the span. Zones change at whole quarters of an hour, and
 * hold what they changed to for weeks, so that a look a day finds every change.
 */
export function zoneStretches(timeZone: string, fromMs: number, toMs: number): ZoneStretch[] {
  const offsetAt = offsetsOf(timeZone)
  const quarter = LEVEL_MS.quarter
  let atMs = Math.floor(fromMs / quarter) * quarter
  const stretches = [{ fromMs: atMs, offsetMs: offsetAt(atMs) }]
  while (atMs < toMs) {
    const nextMs = Math.min(atMs + LOOK_EVERY_MS, Math.ceil(toMs / quarter) * quarter)
    const offsetMs = offsetAt(nextMs)
    if (offsetMs !== stretches.at(-1)?.offsetMs) {
      let [before, after] = [atMs, nextMs]
      while (after - before > quarter) {
        const middle = before + Math.floor((after - before) / 2 / quarter) * quarter
        if (offsetAt(middle) === offsetMs) after = middle
        else before = middle
      }
      stretches.push({ fromMs: after, offsetMs })
    }
    atMs = nextMs
  }
  return stretches
}

const LOOK_EVERY_MS = 24 * LEVEL_MS.hour

/** Asks the zone once for each moment. @throws RangeError for a zone that there is not. */
function offsetsOf(timeZone: string): (atMs: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  return atMs => {
    const parts = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]))
    const of = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0
    return Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second')) - atMs
  }
}
