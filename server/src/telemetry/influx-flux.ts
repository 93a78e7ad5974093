import { type ParameterizedQuery, flux, fluxDateTime, fluxDuration, fluxExpression } from '@influxdata/influxdb-client'
import { DEVICE_TAG, MEASUREMENT } from './influx-lines.ts'
import type { SeriesQuery } from './telemetry-store.ts'

/** More devices than this go into several queries: the filter is one `or` for each (chosen within the 50 to 200 that stay fast). */
export const MAX_DEVICES_PER_QUERY = 100

/** What a window is made of, in the order of a windowed point. Each is a query of its own, because only so it is computed in storage. */
export const WINDOW_FUNCTIONS = ['mean', 'min', 'max', 'count'] as const
export type WindowFunction = (typeof WINDOW_FUNCTIONS)[number]

/** A query of one metric of some devices, all of them named. */
export type DeviceQuery = Omit<SeriesQuery, 'everyMs'>

/** Raw readings of each device, one table each, at most `limit` + 1 rows in each. */
export function rawQuery(bucket: string, query: DeviceQuery): string {
  return String(flux`${source(bucket, query)}
  |> keep(columns: ["_time", "_value", ${DEVICE_TAG}])
  |> limit(n: ${query.limit + 1})`)
}

/** One function over windows of `everyMs`, aligned to the epoch in UTC; `_time` is the window's start, or the span's within it. */
export function windowQuery(...[bucket, query, { everyMs, fn }]: [string, DeviceQuery, WindowOptions]): string {
  return String(flux`${source(bucket, query)}
  |> aggregateWindow(every: ${milliseconds(everyMs)}, fn: ${functionName(fn)}, createEmpty: false, timeSrc: "_start")
  |> keep(columns: ["_time", "_value", ${DEVICE_TAG}])
  |> limit(n: ${query.limit + 1})`)
}

export interface WindowOptions {
  /** Whole ms, at least 1. */
  everyMs: number
  fn: WindowFunction
}

/** The newest value of every series with one in the span. */
export function newestQuery(bucket: string, { fromMs, toMs }: { fromMs: number; toMs: number }): string {
  return String(flux`from(bucket: ${bucket})
  |> range(start: ${instant(fromMs)}, stop: ${instant(toMs)})
  |> filter(fn: (r) => r._measurement == ${MEASUREMENT})
  |> last()
  |> keep(columns: ["_time", "_value", "_field", ${DEVICE_TAG}])`)
}

/**
 * `from |> range |> filter` in the form that InfluxDB hands down to its storage: literals on the right, `or` instead of
 * `contains`. `flux` makes a string literal of every text; nothing is joined by hand.
 */
function source(bucket: string, { devices, metric, fromMs, toMs }: DeviceQuery): ParameterizedQuery {
  return flux`from(bucket: ${bucket})
  |> range(start: ${instant(fromMs)}, stop: ${instant(toMs)})
  |> filter(fn: (r) => r._measurement == ${MEASUREMENT} and r._field == ${metric} and (${anyOf(devices)}))`
}

function anyOf(devices: readonly string[]): ParameterizedQuery {
  const [first = '', ...rest] = devices
  return rest.reduce((chain, device) => flux`${chain} or r.did == ${device}`, flux`r.did == ${first}`)
}

function instant(timeMs: number) {
  return fluxDateTime(new Date(timeMs).toISOString())
}

function milliseconds(everyMs: number) {
  return fluxDuration(`${everyMs}ms`)
}

/** A closed list, so that a name in Flux is never made of input. */
function functionName(fn: WindowFunction) {
  return fluxExpression(fn)
}
