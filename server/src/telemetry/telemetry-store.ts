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

/**
 * How coarse what an answer rests on may be: readings themselves, or their sums, counts, least, greatest and last of each quarter
 * of an hour or hour of UTC. Where windows are whole quarters or hours, it makes no difference to them.
 */
export type TelemetryLevel = 'raw' | 'quarter' | 'hour'

export interface SeriesAnswer {
  /** As `pickLevel` of levels.ts picks it: by the width of the windows, and by what is still kept. */
  level: TelemetryLevel
  /** Width of the windows in ms; wider than asked for where finer ones are no longer kept. Absent: raw readings. */
  everyMs?: number
  /** True when there were more points than `limit`: then the earliest `limit` of all devices together are here. */
  truncated: boolean
  /** One entry per device asked for, in the order asked, empty for a device without readings. */
  series: DeviceSeries[]
}

/** What many devices do by hour of the day and day of the week. */
export interface UsageMapQuery {
  /** Device ids; repeated ones count once. */
  devices: readonly string[]
  metric: Metric
  /** Start of the span in ms since 1970, part of it. */
  fromMs: number
  /** End of the span in ms since 1970, not part of it. */
  toMs: number
  /** IANA name of the zone whose hours and weekdays are meant. */
  timeZone: string
}

/** One hour of one weekday, all devices and weeks of the span together. */
export interface UsageCell {
  /** 0 is Monday. */
  weekday: number
  /** 0 to 23. */
  hour: number
  /** Of all readings. */
  mean: number
  min: number
  max: number
  /** Readings. */
  count: number
  sum: number
  /**
   * The mean of the means of each device's quarters of an hour (at level `hour`: hours) with a reading: what comes every second
   * weighs no more in it than what comes every ten minutes.
   */
  timeMean: number
}

export interface UsageMapAnswer {
  /** `hour` where the zone stands whole hours off UTC through all of the span; else `quarter`, while that is kept. A bucket at the span's ends holds only readings of the span. */
  level: TelemetryLevel
  /** Those with a reading, Monday 0 o'clock first: at most 168. */
  cells: UsageCell[]
}

/** What is to be written to a file. */
export interface ExportQuery {
  /** Start of the span in ms since 1970, part of it; of sums by the start of their quarter or hour. */
  fromMs: number
  toMs: number
  level: TelemetryLevel
  /** Absent: all devices. */
  devices?: readonly string[]
  /** Absolute path of the Parquet file, which is made whole or not at all; one that is there is replaced. */
  file: string
}

/**
 * What an export wrote. Columns of `raw`: time (TIMESTAMP, UTC), device, metric, value; of the others: time (start of the quarter or hour),
 * device, metric, sum, count, min, max, last. Rows are in no promised order.
 */
export interface ExportResult {
  rows: number
  sizeBytes: number
}

/** From when on each level is kept, in ms since 1970, each a midnight of UTC; raw not before quarter, quarter not before hour. */
export type KeptFrom = Readonly<Record<TelemetryLevel, number>>

/** What the store is told of the time, every now and then. */
export interface Upkeep {
  nowMs: number
  /** What is older goes for good. What was dropped does not come back when an earlier time is given later. */
  keepFromMs: KeptFrom
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
   * written again after a failure. The same with another value does not come: a gateway gives each reading a time of its own
   * (gateway/src/intake/stamps.ts). Should it come nevertheless, one of the two is there; which, each store says. Batches are written one after another, in the order of the calls. Late readings count in every
   * level; what is older than what is kept raw is taken and changes nothing, for nobody could tell whether it is a repeat.
   *
   * @throws HarborError TELEMETRY_WRITE_FAILED (may be tried again) or TELEMETRY_STORE_CLOSED.
   */
  write(readings: readonly Reading[]): Promise<void>
  /** The newest reading of every (device, metric), in no particular order. */
  newest(): Promise<Reading[]>
  /**
   * Raw points, or windows aligned to the epoch in UTC: a window starts at a multiple of `everyMs` and holds only readings of the span.
   * Where raw readings are no longer kept, a quarter or hour belongs to the span that its start is in.
   */
  series(query: SeriesQuery): Promise<SeriesAnswer>
  /** Hours and weekdays of a zone; one that changes its clocks has its hours as its clocks showed them. */
  usageMap(query: UsageMapQuery): Promise<UsageMapAnswer>
  /** @throws HarborError TELEMETRY_STORE_UNAVAILABLE, also when the file cannot be written. */
  exportTo(query: ExportQuery): Promise<ExportResult>
  /** Drops what is no longer to be kept, and puts in order what waits for it. Slow; may be called again at any time, and after a failure. */
  maintain(upkeep: Upkeep): Promise<void>
  health(): Promise<StoreHealth>
}

/**
 * What a store throws. CLOSED: it was stopped, or is being stopped. UNAVAILABLE: it cannot be opened or asked now.
 * WRITE_FAILED: nothing of the batch counts as written; try again. BUSY: too much waits already; try again later. SCHEMA_TOO_NEW: the file is of a newer version of the server.
 */
export type TelemetryErrorCode =
  | 'TELEMETRY_STORE_CLOSED'
  | 'TELEMETRY_STORE_UNAVAILABLE'
  | 'TELEMETRY_WRITE_FAILED'
  | 'TELEMETRY_BUSY'
  | 'TELEMETRY_SCHEMA_TOO_NEW'
