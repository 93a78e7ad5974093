import { type ParameterizedQuery, flux, fluxDateTime, fluxDuration, fluxExpression } from '@influxdata/influxdb-client'
import type { Metric } from '@harbor/protocol'
import { type RollUpFunction, bucketsOf, rollUpMeasurement } from './influx-buckets.ts'
import { DEVICE_TAG, MEASUREMENT } from './influx-lines.ts'
import type { TelemetryLevel } from './telemetry-store.ts'

/** More devices than this go into several queries: the filter is one `or` for each (chosen within the 50 to 200 that stay fast). */
export const MAX_DEVICES_PER_QUERY = 100

/** What a window is made of. Each is a query of its own, because only so it is computed in storage. */
export const WINDOW_FUNCTIONS = ['count', 'sum', 'min', 'max'] as const satisfies readonly RollUpFunction[]
export type WindowFunction = (typeof WINDOW_FUNCTIONS)[number]

/** What a map of use is made of: a function of each device's window, and one of those of all devices. */
export const USAGE_FUNCTIONS = {
  sum: { ofDevice: 'sum', ofAll: 'sum' },
  count: { ofDevice: 'count', ofAll: 'sum' },
  min: { ofDevice: 'min', ofAll: 'min' },
  max: { ofDevice: 'max', ofAll: 'max' },
  sumOfMeans: { ofDevice: 'mean', ofAll: 'sum' },
  devices: { ofDevice: 'mean', ofAll: 'count' },
} as const satisfies Record<string, { ofDevice: RollUpFunction; ofAll: 'sum' | 'min' | 'max' | 'count' }>
export type UsageFunction = keyof typeof USAGE_FUNCTIONS

/** Where to read, and what. */
export interface FluxSource {
  /** The raw bucket; the others are named after it. */
  bucket: string
  /** The bucket that is read. */
  level: TelemetryLevel
  fromMs: number
  toMs: number
  /** Undefined: all. */
  devices?: readonly string[] | undefined
  /** Undefined: all. */
  metric?: Metric | undefined
}

/** Readings of each device, one table each, at most `rows` in each. */
export function rawQuery(source: FluxSource, rows: number): string {
  return String(flux`${read(source, MEASUREMENT)}
  |> keep(columns: ["_time", "_value", ${DEVICE_TAG}])
  |> limit(n: ${rows})`)
}

/** One function over windows of `everyMs`, aligned to the epoch in UTC; `_time` is the window's start, or the span's within it. */
export function windowQuery(
  source: FluxSource,
  { everyMs, fn, rows }: { everyMs: number; fn: WindowFunction; rows: number },
): string {
  return String(flux`${windows(source, everyMs, fn)}
  |> keep(columns: ["_time", "_value", ${DEVICE_TAG}])
  |> limit(n: ${rows})`)
}

/** One function of all devices together for each quarter of an hour or hour: one row each. */
export function usageQuery(source: FluxSource, { everyMs, fn }: { everyMs: number; fn: UsageFunction }): string {
  const { ofDevice, ofAll } = USAGE_FUNCTIONS[fn]
  return String(flux`${rolledUp(source, everyMs, ofDevice)}
  |> keep(columns: ["_time", "_value"])
  |> group(columns: ["_time"])
  |> ${fluxExpression(ofAll)}()
  |> group()`)
}

/** What an export takes of one function (readings themselves: undefined), row by row in no order. */
export function exportQuery(source: FluxSource, rollUp: { everyMs: number; fn: RollUpFunction } | undefined): string {
  const from = rollUp === undefined ? read(source, MEASUREMENT) : rolledUp(source, rollUp.everyMs, rollUp.fn)
  return String(flux`${from}
  |> keep(columns: ["_time", "_value", "_field", ${DEVICE_TAG}])`)
}

/** The newest value of every series with one in the span. */
export function newestQuery(source: FluxSource): string {
  return String(flux`${read(source, MEASUREMENT)}
  |> last()
  |> keep(columns: ["_time", "_value", "_field", ${DEVICE_TAG}])`)
}

/** The time of the oldest reading of the span: one row, or none. */
export function oldestQuery(source: FluxSource): string {
  return String(flux`${read(source, MEASUREMENT)}
  |> first()
  |> keep(columns: ["_time"])
  |> group()
  |> sort(columns: ["_time"])
  |> limit(n: 1)`)
}

/** The greatest value of each field of a measurement without tags, in the bucket that keeps the longest. */
export function keptQuery(bucket: string, measurement: string): string {
  // From the first moment to one after all: a test's clock may be years off, and the points are one a day.
  return String(flux`${read({ bucket, level: 'hour', fromMs: 0, toMs: Date.UTC(2200, 0) }, measurement)}
  |> max()
  |> keep(columns: ["_value", "_field"])`)
}

/** How many readings the span holds, or its roll-ups were made of: one row, or none. */
export function countQuery(source: FluxSource): string {
  const counted =
    source.level === 'raw'
      ? { measurement: MEASUREMENT, fn: 'count' }
      : { measurement: rollUpMeasurement('count'), fn: 'sum' }
  return String(flux`${read(source, counted.measurement)}
  |> ${fluxExpression(counted.fn)}()
  |> keep(columns: ["_value"])
  |> group()
  |> sum()`)
}

/** Windows of raw readings, or wider ones of a roll-up's: sums of sums, sums of counts, the least of the least. */
function windows(source: FluxSource, everyMs: number, fn: WindowFunction): ParameterizedQuery {
  if (source.level === 'raw') return aggregated(read(source, MEASUREMENT), everyMs, fn)
  return aggregated(read(source, rollUpMeasurement(fn)), everyMs, fn === 'count' ? 'sum' : fn)
}

/** A roll-up as it is kept, or as it would be kept of raw readings. */
function rolledUp(source: FluxSource, everyMs: number, fn: RollUpFunction): ParameterizedQuery {
  if (source.level === 'raw') return aggregated(read(source, MEASUREMENT), everyMs, fn)
  return read(source, rollUpMeasurement(fn))
}

/** Directly after the filters, in UTC and with whole windows: then storage computes it. */
function aggregated(from: ParameterizedQuery, everyMs: number, fn: RollUpFunction): ParameterizedQuery {
  return flux`${from}
  |> aggregateWindow(every: ${fluxDuration(`${everyMs}ms`)}, fn: ${fluxExpression(fn)}, createEmpty: false, timeSrc: "_start")`
}

/**
 * `from |> range |> filter` in the form that InfluxDB hands down to its storage: literals on the right, `or` instead of
 * `contains`. `flux` makes a string literal of every text; nothing is joined by hand.
 */
function read({ bucket, level, fromMs, toMs, devices, metric }: FluxSource, measurement: string): ParameterizedQuery {
  const ofMetric = metric === undefined ? flux`` : flux` and r._field == ${metric}`
  const ofDevices = devices === undefined ? flux`` : flux` and (${anyOf(devices)})`
  return flux`from(bucket: ${bucketsOf(bucket)[level]})
  |> range(start: ${instant(fromMs)}, stop: ${instant(toMs)})
  |> filter(fn: (r) => r._measurement == ${measurement}${ofMetric}${ofDevices})`
}

function anyOf(devices: readonly string[]): ParameterizedQuery {
  const [first = '', ...rest] = devices
  return rest.reduce((chain, device) => flux`${chain} or r.did == ${device}`, flux`r.did == ${first}`)
}

function instant(timeMs: number) {
  return fluxDateTime(new Date(timeMs).toISOString())
}
