import type { TelemetryStore } from '../telemetry/telemetry-store.ts'

const DAY_MS = 24 * 3_600_000
/** Days that an appliance's energy is told for. */
export const ENERGY_DAYS = 30
const HOUR_MS = 3_600_000
const MAX_POINTS = 20_000

/** A window of a counter: [start, mean, smallest, largest, count]. */
type Window = readonly number[]

/**
 * How far a counter rose in each of the windows in order of time, since the one before. A meter that was exchanged or reset begins
 * again lower: what it has since counted is added, and nothing is taken away. Two meters' steps within one window are told apart by
 * neither.
 */
export function* steps(windows: readonly Window[]): Generator<{ startMs: number; rise: number }> {
  let last: number | undefined
  for (const [startMs = 0, , smallest = 0, largest = 0] of windows) {
    if (last === undefined) yield { startMs, rise: largest - smallest }
    else yield { startMs, rise: largest >= last ? largest - last : largest }
    last = largest
  }
}

/** How far a counter rose over windows in all. */
export function risen(windows: readonly Window[]): number {
  let sum = 0
  for (const { rise } of steps(windows)) sum += rise
  return sum
}

/** What an appliance took in the last 30 days, by the meter of its plug; undefined: nothing is known. */
export async function energyOf(
  store: Pick<TelemetryStore, 'series'>,
  devices: readonly string[],
  nowMs: number,
): Promise<{ kWh: number; days: number } | undefined> {
  if (devices.length === 0) return undefined
  const { series } = await store.series({
    devices,
    metric: 'energy',
    fromMs: nowMs - ENERGY_DAYS * DAY_MS,
    toMs: nowMs,
    everyMs: HOUR_MS,
    limit: MAX_POINTS,
  })
  const days = new Set(series.flatMap(({ points }) => points.map(([startMs = 0]) => Math.floor(startMs / DAY_MS))))
  if (days.size === 0) return undefined
  const wattHours = series.reduce((sum, { points }) => sum + risen(points), 0)
  // A span of thirty days touches thirty-one on the calendar.
  return { kWh: Math.round(wattHours) / 1_000, days: Math.min(days.size, ENERGY_DAYS) }
}
