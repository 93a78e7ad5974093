import type { Metric, Reading } from '@harbor/protocol'

/** Which points to read: all devices share one metric and one span of time. */
export interface SeriesQuery {
  /** Device ids; repeated ones count once. */
  devices: readonly string[]
  metric: Metric
  /** Start of the span in ms since 1970, part of it. */
  fromMs: number
  /** End of the span in ms since 1970, not part of it. A span that ends before it starts holds nothing. */
  toMs: number
  /** Width of the windows in whole ms, at least 1; absent: raw readings. */
  everyMs?: number
  /** At most this many points in the whole answer, at least 1. */
  limit: number
}

/** One device's points, time ascending. Raw: `[timeMs, value]`. Windowed: `[startMs, mean, min, max, count]`. */
export interface DeviceSeries {
  device: string
  points: number[][]
}

export interface SeriesAnswer {
  /** True when there were more points than `limit`: then the earliest `limit` of all devices together are here. */
  truncated: boolean
  /** One entry per device asked for, in the order asked, empty for a device without readings. */
  series: DeviceSeries[]
}

/** Whether the store can be written now, in one line for the operator. */
export interface StoreHealth {
  ok: boolean
  detail: string
}

/**
 * Where readings are kept. Named for the need: `createDuckdbStore` and `createInfluxStore` are the two that exist, and
 * `server/test/telemetry-store-contract.ts` is what both must do.
 */
export interface TelemetryStore {
  /** @throws HarborError TELEMETRY_SCHEMA_TOO_NEW or TELEMETRY_STORE_UNAVAILABLE. */
  start(): Promise<void>
  /** Ends what is being written first; may be called twice. A write that waits for its server is given up. */
  stop(): Promise<void>
  /**
   * Durable when it resolves. Writing the same (device, metric, timeMs) again changes nothing; so a batch may always be
   * written again after a failure. Batches are written one after another, in the order of the calls.
   *
   * @throws HarborError TELEMETRY_WRITE_FAILED (may be tried again) or TELEMETRY_STORE_CLOSED.
   */
  write(readings: readonly Reading[]): Promise<void>
  /** The newest reading of every (device, metric), in no particular order. */
  newest(): Promise<Reading[]>
  /** Raw points, or windows aligned to the epoch in UTC: a window starts at a multiple of `everyMs` and holds only readings of the span. */
  series(query: SeriesQuery): Promise<SeriesAnswer>
  health(): Promise<StoreHealth>
}

/**
 * What a store throws. CLOSED: it was stopped, or is being stopped. UNAVAILABLE: it cannot be opened or asked now.
 * WRITE_FAILED: nothing of the batch counts as written; try again. SCHEMA_TOO_NEW: the file is of a newer version of the server.
 */
export type TelemetryErrorCode =
  'TELEMETRY_STORE_CLOSED' | 'TELEMETRY_STORE_UNAVAILABLE' | 'TELEMETRY_WRITE_FAILED' | 'TELEMETRY_SCHEMA_TOO_NEW'
