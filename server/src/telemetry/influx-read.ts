import { HarborError, type Reading, errorText, isMetric } from '@harbor/protocol'
import { HttpError } from '@influxdata/influxdb-client'
import { createEarliestPoints } from './earliest-points.ts'
import {
  type FluxSource,
  MAX_DEVICES_PER_QUERY,
  USAGE_FUNCTIONS,
  type UsageFunction,
  WINDOW_FUNCTIONS,
  rawQuery,
  usageQuery,
  windowQuery,
} from './influx-flux.ts'
import { DEVICE_TAG } from './influx-lines.ts'
import type { InfluxLink } from './influx-link.ts'
import type { SpanPart } from './influx-parts.ts'
import { LEVEL_MS } from './levels.ts'
import type { DevicePoint } from './series-answer.ts'
import type { SeriesQuery, TelemetryErrorCode, UsageMapQuery } from './telemetry-store.ts'
import type { UsageBucket } from './usage-map.ts'

/** A row of an answer, checked. */
export interface InfluxRow {
  timeMs: number
  value: number
  /** '' where the query does not keep it. */
  device: string
  field: string
}

/** The rows of a query. @throws HarborError TELEMETRY_STORE_UNAVAILABLE */
export type ReadRows = (flux: string) => AsyncGenerator<InfluxRow>

/** Every query goes through here: rows are checked, and errors become the store's own. */
export function createReadRows(link: Pick<InfluxLink, 'rows'>): ReadRows {
  return async function* readRows(flux) {
    try {
      for await (const row of link.rows(flux)) {
        const timeMs = '_time' in row ? Date.parse(String(row['_time'])) : 0
        const value = row['_value']
        // A value that is null or a text is none of ours: another program writes into our bucket. What is not asked for has no column, and is 0.
        if (Number.isNaN(timeMs) || ('_value' in row && typeof value !== 'number')) continue
        yield {
          timeMs,
          value: typeof value === 'number' ? value : 0,
          device: String(row[DEVICE_TAG] ?? ''),
          field: String(row['_field'] ?? ''),
        }
      }
    } catch (cause) {
      const hint =
        cause instanceof HttpError && cause.statusCode === 404 ? '; npm run influx:setup makes what is missing' : ''
      const message = `telemetry: InfluxDB did not answer a query: ${errorText(cause).slice(0, 300)}${hint}`
      throw new HarborError<TelemetryErrorCode>('TELEMETRY_STORE_UNAVAILABLE', message, { cause })
    }
  }
}

/** A span in its parts, of the buckets named after `bucket`. */
export interface Spread {
  bucket: string
  parts: readonly SpanPart[]
}

type PointsQuery = Pick<SeriesQuery, 'devices' | 'metric' | 'limit'>

/** Raw points: the earliest `limit` + 1 of all devices at least, in no order. */
export async function readPoints(
  rows: ReadRows,
  { bucket, parts }: Spread,
  { devices, metric, limit }: PointsQuery,
): Promise<DevicePoint[]> {
  const found = createEarliestPoints(limit + 1)
  for (const part of parts)
    for (const some of inChunks(devices))
      for await (const { device, timeMs, value } of rows(
        rawQuery({ bucket, ...part, devices: some, metric }, limit + 1),
      ))
        found.at(device, timeMs, () => [timeMs, value])
  return found.points()
}

/** Windows `[startMs, mean, min, max, count]`: the earliest `limit` + 1 of all devices at least, in no order. */
export async function readWindows(
  rows: ReadRows,
  { bucket, parts }: Spread,
  { devices, metric, limit, everyMs }: PointsQuery & { everyMs: number },
): Promise<DevicePoint[]> {
  const found = createEarliestPoints(limit + 1)
  // [startMs, sum, min, max, count]; a window on both sides of a part's edge is put together of both.
  const empty = (startMs: number) => [startMs, 0, Infinity, -Infinity, 0]
  for (const part of parts) {
    for (const some of inChunks(devices)) {
      const source: FluxSource = { bucket, ...part, devices: some, metric }
      for (const fn of WINDOW_FUNCTIONS) {
        for await (const { device, timeMs, value } of rows(windowQuery(source, { everyMs, fn, rows: limit + 1 }))) {
          const startMs = timeMs - (timeMs % everyMs)
          // Counts come first and say which windows are wanted.
          const window = fn === 'count' ? found.at(device, startMs, () => empty(startMs)) : found.find(device, startMs)
          if (window !== undefined) addTo(window, fn, value)
        }
      }
    }
  }
  return found.points().map(({ device, point: [startMs = 0, sum = 0, min = 0, max = 0, count = 0] }) => ({
    device,
    point: [startMs, sum / count, min, max, count],
  }))
}

function addTo(window: number[], fn: (typeof WINDOW_FUNCTIONS)[number], value: number): void {
  const [, sum = 0, min = 0, max = 0, count = 0] = window
  switch (fn) {
    case 'sum':
      window[1] = sum + value
      return
    case 'min':
      window[2] = Math.min(min, value)
      return
    case 'max':
      window[3] = Math.max(max, value)
      return
    case 'count':
      window[4] = count + value
  }
}

/** What all devices did in each quarter of an hour or hour. */
export async function readUsage(
  rows: ReadRows,
  { bucket, parts }: Spread,
  { devices, metric, level }: Pick<UsageMapQuery, 'devices' | 'metric'> & { level: 'quarter' | 'hour' },
): Promise<Iterable<UsageBucket>> {
  const everyMs = LEVEL_MS[level]
  const buckets = new Map<number, UsageBucket>()
  const empty = (startMs: number): UsageBucket => ({
    startMs,
    sum: 0,
    count: 0,
    min: Infinity,
    max: -Infinity,
    sumOfMeans: 0,
    devices: 0,
  })
  for (const part of parts) {
    for (const some of inChunks(devices)) {
      const source: FluxSource = { bucket, ...part, devices: some, metric }
      const functions = Object.keys(USAGE_FUNCTIONS) as UsageFunction[]
      await Promise.all(
        functions.map(async fn => {
          for await (const { timeMs, value } of rows(usageQuery(source, { everyMs, fn }))) {
            const startMs = timeMs - (timeMs % everyMs)
            const one = buckets.get(startMs) ?? empty(startMs)
            buckets.set(startMs, one)
            if (fn === 'min') one.min = Math.min(one.min, value)
            else if (fn === 'max') one.max = Math.max(one.max, value)
            else one[fn] += value
          }
        }),
      )
    }
  }
  return buckets.values()
}

/** The newest readings of metrics that the contract knows. */
export async function readNewest(rows: ReadRows, query: string): Promise<Reading[]> {
  const readings: Reading[] = []
  for await (const { device, field, timeMs, value } of rows(query))
    if (isMetric(field)) readings.push({ device, metric: field, timeMs, value })
  return readings
}

function* inChunks(devices: readonly string[]): Generator<readonly string[]> {
  for (let first = 0; first < devices.length; first += MAX_DEVICES_PER_QUERY)
    yield devices.slice(first, first + MAX_DEVICES_PER_QUERY)
}
