import type { KeptFrom, TelemetryLevel } from './telemetry-store.ts'

const MINUTE_MS = 60_000
export const DAY_MS = 24 * 60 * MINUTE_MS

/** Width of what each level keeps, in ms. A reading's own is the least there is, so that one rule holds for all. */
export const LEVEL_MS: Readonly<Record<TelemetryLevel, number>> = {
  raw: 1,
  quarter: 15 * MINUTE_MS,
  hour: 60 * MINUTE_MS,
}

/** Coarsest first. */
const COARSEST_FIRST = ['hour', 'quarter', 'raw'] as const satisfies readonly TelemetryLevel[]

/** Days that each level is kept; each at least as long as the one before it. */
export interface RetentionDays {
  raw: number
  quarter: number
  hour: number
}

/** Two years and ten years are counted with their leap days. */
export const RETENTION_DAYS: RetentionDays = { raw: 30, quarter: 731, hour: 3_653 }

/** Everything that was ever written is kept. */
export const KEEPS_ALL: KeptFrom = { raw: 0, quarter: 0, hour: 0 }

/** From when on each level is kept at a moment: so many whole days of UTC, and what there is of today. */
export function keptFromOf(days: RetentionDays, nowMs: number): KeptFrom {
  const today = nowMs - (nowMs % DAY_MS)
  const from = (count: number) => Math.max(0, today - count * DAY_MS)
  return { raw: from(days.raw), quarter: from(days.quarter), hour: from(days.hour) }
}

/** What a series rests on, and how wide its windows are. */
export interface PickedLevel {
  level: TelemetryLevel
  /** Undefined: raw readings. */
  everyMs: number | undefined
}

/**
 * The coarsest level that windows of `everyMs` are made of whole, or a coarser one where that is no longer kept at the start of the span:
 * then windows are widened to whole quarters or hours. Raw readings are only ever read as such, as far as they are kept.
 */
export function pickLevel({ fromMs, everyMs }: { fromMs: number; everyMs?: number }, kept: KeptFrom): PickedLevel {
  if (everyMs === undefined) return { level: 'raw', everyMs }
  const wanted = COARSEST_FIRST.find(level => everyMs % LEVEL_MS[level] === 0) ?? 'raw'
  const level = atLeast(wanted, fromMs, kept)
  return { level, everyMs: Math.ceil(everyMs / LEVEL_MS[level]) * LEVEL_MS[level] }
}

/** The finest level that is kept at `fromMs` and no finer than `wanted`; `hour` where nothing is kept any more. */
export function atLeast(wanted: TelemetryLevel, fromMs: number, kept: KeptFrom): TelemetryLevel {
  const order = ['raw', 'quarter', 'hour'] as const
  return order.slice(order.indexOf(wanted)).find(level => fromMs >= kept[level]) ?? 'hour'
}
