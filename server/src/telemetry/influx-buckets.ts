import type { TelemetryLevel } from './telemetry-store.ts'

/**
 * So much longer than asked for does InfluxDB keep readings, in days: when nobody asks for them any more their roll-ups are made once
 * more, with all that came late. Two days, so that a night in which that fails is made good by the next.
 */
export const SPARE_DAYS = 2

/** The bucket of each level; retention belongs to a bucket, so each level has one of its own. */
export function bucketsOf(bucket: string): Record<TelemetryLevel, string> {
  return { raw: bucket, quarter: `${bucket}_15m`, hour: `${bucket}_1h` }
}

/** Widths of the roll-ups' windows, aligned to the epoch in UTC, in ms. */
export const ROLL_UP_MS = { quarter: 15 * 60_000, hour: 3_600_000 } as const
export type RollUpLevel = keyof typeof ROLL_UP_MS

/**
 * What a roll-up holds of each window. The mean of wider windows comes from sums and counts, which can be added up; the mean of the
 * window itself is there for means that weigh all windows alike.
 */
export const ROLL_UP_FUNCTIONS = ['sum', 'count', 'min', 'max', 'last', 'mean'] as const
export type RollUpFunction = (typeof ROLL_UP_FUNCTIONS)[number]

/** In which measurement the roll-ups by `fn` are; its fields are the metrics, as in that of the readings. */
export function rollUpMeasurement(fn: RollUpFunction): string {
  return `tele_${fn}`
}
