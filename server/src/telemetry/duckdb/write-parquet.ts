import { stat } from 'node:fs/promises'
import type { DuckDBConnection } from '@duckdb/node-api'
import { LEVEL_MS } from '../levels.ts'
import type { ExportQuery, ExportResult } from '../telemetry-store.ts'
import type { DuckdbFile } from './open-file.ts'
import type { Parts } from './parts.ts'
import { type Span, planOf } from './plan.ts'
import { everyReadingOf, isSlotWithin, startOf, sumsTable } from './sources.ts'
import { integer, numbersOf, quoted } from './sql.ts'

/** Writes a Parquet file; see ExportResult for its columns. @param query its file is in the folder for exports. */
export async function writeParquet(
  connection: DuckDBConnection,
  { devices: known, parts }: DuckdbFile,
  { fromMs, toMs, level, devices, file }: ExportQuery,
): Promise<ExportResult> {
  const ids = devices?.flatMap(device => known.ids.get(device) ?? [])
  const among = ids === undefined ? 'true' : ids.length === 0 ? 'false' : `device_id IN (${ids.map(integer).join()})`
  const width = LEVEL_MS[level]
  // Sums belong to the span that they start in.
  const span = { fromMs: Math.ceil(fromMs / width) * width, toMs: Math.ceil(toMs / width) * width }
  const plan = planOf(span, level, parts)
  const readings = `(${allReadings(parts, plan.raw)}) WHERE ${among}`
  const rows =
    level === 'raw'
      ? `SELECT make_timestamp(time_ms * 1000) AS time, device.name AS device, metric, value
         FROM (SELECT * FROM ${readings}) JOIN device ON device.id = device_id`
      : `SELECT make_timestamp(start_ms * 1000) AS time, device.name AS device, metric, sum, count, min, max, last FROM (
           SELECT device_id, ${startOf(level)} AS start_ms, metric.name AS metric, sum, count, min, max, last
           FROM ${sumsTable(level)} JOIN metric ON metric.id = metric_id WHERE ${among} AND (${plan.sums.map(span => isSlotWithin(level, span)).join(' OR ') || 'false'})
           UNION ALL
           SELECT device_id, time_ms - time_ms % ${integer(width)} AS start_ms, metric,
             sum(value), count(*), min(value), max(value), arg_max(value, time_ms)
           FROM ${readings} GROUP BY 1, 2, 3
         ) JOIN device ON device.id = device_id`
  const [written = 0] = await numbersOf(
    connection,
    `COPY (${rows}) TO ${quoted(file)} (FORMAT parquet, COMPRESSION zstd)`,
  )
  return { rows: written, sizeBytes: (await stat(file)).size }
}

function allReadings(parts: Parts, spans: readonly Span[]): string {
  const selects = parts.all().map(part => `${everyReadingOf(part)} WHERE ${withinAny('time_ms', spans)}`)
  return (
    selects.join(' UNION ALL ') || "SELECT 0 AS device_id, 0 AS time_ms, '' AS metric, 0.0::DOUBLE AS value WHERE false"
  )
}

function withinAny(column: string, spans: readonly Span[]): string {
  const within = spans.map(({ fromMs, toMs }) => `${column} >= ${integer(fromMs)} AND ${column} < ${integer(toMs)}`)
  return within.join(' OR ') || 'false'
}
