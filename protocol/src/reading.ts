import type { Metric } from './metrics.ts'

/** One measured value of one device at one moment. (device, metric, timeMs) is its identity: a second write changes nothing. */
export interface Reading {
  /** Device id, unique in the whole system. */
  device: string
  metric: Metric
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  timeMs: number
  /** In the metric's unit; states are 0 or 1. */
  value: number
}

/** Readings dated more than this ahead of the receiver's clock are rejected: beyond any clock skew that NTP leaves (chosen: 10 minutes). */
export const MAX_FUTURE_MS = 10 * 60_000

/** Readings older than this are rejected: a clock at 1970, or a backlog far past any outbox (7 days) and raw retention (30 days). */
export const MAX_AGE_MS = 366 * 24 * 3_600_000

/** Why a time stamp cannot be believed at `nowMs`, or undefined when it can. */
export function implausibleTime(timeMs: number, nowMs: number): 'time_future' | 'time_past' | undefined {
  if (timeMs > nowMs + MAX_FUTURE_MS) return 'time_future'
  return timeMs < nowMs - MAX_AGE_MS ? 'time_past' : undefined
}
