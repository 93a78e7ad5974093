import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api'
import { LEVEL_MS, pickLevel } from '../levels.ts'
import type { SeriesQuery, TelemetryLevel, UsageMapQuery } from '../telemetry-store.ts'
import { usageMapLevel } from '../usage-map.ts'
import type { DuckdbFile } from './open-file.ts'
import { planOf } from './plan.ts'
import { readingsOf, windowsOf } from './sources.ts'
import { columnsOf, integer } from './sql.ts'

/** A series as columns: `device` is the place among the devices asked for. Raw: time, value. Windowed: start, mean, min, max, count. */
export interface PackedSeries {
  level: TelemetryLevel
  everyMs: number | undefined
  device: Uint32Array<ArrayBuffer>
  columns: Float64Array<ArrayBuffer>[]
}

/** At most `limit` + 1 points, the earliest first; @param devices each of them once. */
export async function readSeries(
  connection: DuckDBConnection,
  { devices: known, metrics, parts }: DuckdbFile,
  { devices, metric: name, fromMs, toMs, limit, ...rest }: SeriesQuery,
): Promise<PackedSeries> {
  const { level, everyMs } = pickLevel({ fromMs, ...rest }, parts.kept)
  const places = new Map<number, number>()
  for (const [place, device] of devices.entries()) {
    const id = known.ids.get(device)
    if (id !== undefined) places.set(id, place)
  }
  const id = metrics.ids.get(name)
  const nothing = { level, everyMs, device: new Uint32Array(), columns: [] }
  if (places.size === 0 || id === undefined || fromMs >= toMs) return nothing
  const metric = { id, name }
  const ids = [...places.keys()].map(integer).join()
  const plan = planOf({ fromMs, toMs }, level, parts)
  const inOrder = places.size === 1 ? 'at_ms' : `at_ms, list_position([${ids}], device_id)`
  const query =
    everyMs === undefined
      ? `SELECT device_id, time_ms::DOUBLE AS at_ms, value FROM (${readingsOf(parts, metric, plan.raw)})
         WHERE device_id IN (${ids}) ORDER BY ${inOrder} LIMIT ${integer(limit + 1)}`
      : `SELECT device_id, start_ms::DOUBLE AS at_ms, sum(sum) / sum(count), min(min), max(max), sum(count)::DOUBLE
         FROM (${windowsOf(parts, { metric, level, everyMs }, plan)})
         WHERE device_id IN (${ids}) GROUP BY device_id, at_ms ORDER BY ${inOrder} LIMIT ${integer(limit + 1)}`
  const [deviceIds = [], ...columns] = await columnsOf(connection, query)
  return {
    level,
    everyMs,
    device: Uint32Array.from(deviceIds, found => places.get(Number(found)) ?? 0),
    columns: columns.map(numbers),
  }
}

/** A map's buckets as columns: start, sum, count, min, max, sum of the devices' means, devices. */
export interface PackedUsage {
  level: TelemetryLevel
  columns: Float64Array<ArrayBuffer>[]
}

/** What many devices did, bucket by bucket of UTC. */
export async function readUsage(
  connection: DuckDBConnection,
  { devices: known, metrics, parts }: DuckdbFile,
  { devices, metric: name, fromMs, toMs, timeZone }: UsageMapQuery,
): Promise<PackedUsage> {
  const level = usageMapLevel({ fromMs, toMs, timeZone }, parts.kept)
  const id = metrics.ids.get(name)
  const ids = devices.flatMap(device => known.ids.get(device) ?? [])
  if (ids.length === 0 || id === undefined || fromMs >= toMs) return { level, columns: [] }
  const plan = planOf({ fromMs, toMs }, level, parts)
  const columns = await columnsOf(
    connection,
    `SELECT start_ms::DOUBLE, sum(sum), sum(count)::DOUBLE, min(min), max(max), sum(sum / count), count(*)::DOUBLE
     FROM (${windowsOf(parts, { metric: { id, name }, level, everyMs: LEVEL_MS[level] }, plan)})
     WHERE device_id IN (${ids.map(integer).join()}) GROUP BY start_ms`,
  )
  return { level, columns: columns.map(numbers) }
}

function numbers(column: readonly DuckDBValue[]): Float64Array<ArrayBuffer> {
  return Float64Array.from(column, Number)
}
