import { HarborError, errorText, hasCode } from '@harbor/protocol'
import type { RollUpFunction } from './influx-buckets.ts'
import { MAX_DEVICES_PER_QUERY, exportQuery } from './influx-flux.ts'
import { partsOf } from './influx-parts.ts'
import type { ReadRows } from './influx-read.ts'
import { DAY_MS, LEVEL_MS } from './levels.ts'
import { type ParquetSpool, openParquetSpool } from './parquet-spool.ts'
import type { ExportQuery, ExportResult, KeptFrom, TelemetryErrorCode } from './telemetry-store.ts'

/** In the order of the file's columns. */
const FUNCTIONS = ['sum', 'count', 'min', 'max', 'last'] as const satisfies readonly RollUpFunction[]

/**
 * Writes a range to a Parquet file, asking day by day, so that no query of it runs for long, and no answer is in memory whole.
 *
 * @param rows for queries that may take long
 * @throws HarborError TELEMETRY_STORE_UNAVAILABLE
 */
export async function exportFromInflux(
  rows: ReadRows,
  { bucket, kept }: { bucket: string; kept: KeptFrom },
  query: ExportQuery,
): Promise<ExportResult> {
  const columns = query.level === 'raw' ? ['value'] : FUNCTIONS
  let spool: ParquetSpool | undefined
  try {
    spool = await openParquetSpool(
      query.file,
      columns.map(name => ({ name, isCount: name === 'count' })),
    )
    for (const day of daysOf(query)) for (const flux of queriesOf(bucket, day, kept)) await copy(rows, flux, spool)
    return await spool.finish()
  } catch (cause) {
    if (hasCode(cause, 'TELEMETRY_STORE_UNAVAILABLE')) throw cause
    throw new HarborError<TelemetryErrorCode>(
      'TELEMETRY_STORE_UNAVAILABLE',
      `telemetry: cannot write the export to ${query.file}: ${errorText(cause).split('\n', 1)[0]}`,
      { cause },
    )
  } finally {
    await spool?.discard()
  }
}

/** The days of UTC of a span. Of sums each counts by the start of its quarter or hour, and is whole. */
function* daysOf(query: ExportQuery): Generator<ExportQuery> {
  const widthMs = LEVEL_MS[query.level]
  const fromMs = Math.ceil(query.fromMs / widthMs) * widthMs
  const toMs = Math.ceil(query.toMs / widthMs) * widthMs
  for (let atMs = fromMs; atMs < toMs; atMs = atMs - (atMs % DAY_MS) + DAY_MS)
    yield { ...query, fromMs: atMs, toMs: Math.min(toMs, atMs - (atMs % DAY_MS) + DAY_MS) }
}

interface ColumnQuery {
  flux: string
  column: number
}

function* queriesOf(bucket: string, query: ExportQuery, kept: KeptFrom): Generator<ColumnQuery> {
  const functions = query.level === 'raw' ? [undefined] : FUNCTIONS
  for (const part of partsOf(query, kept))
    for (const devices of query.devices === undefined ? [undefined] : chunks([...new Set(query.devices)]))
      for (const [column, fn] of functions.entries())
        yield {
          flux: exportQuery(
            { bucket, ...part, devices },
            fn === undefined ? undefined : { everyMs: LEVEL_MS[query.level], fn },
          ),
          column,
        }
}

async function copy(rows: ReadRows, { flux, column }: ColumnQuery, spool: ParquetSpool): Promise<void> {
  for await (const { device, field, timeMs, value } of rows(flux))
    spool.add({ device, metric: field, timeMs, column, value })
}

function* chunks(devices: readonly string[]): Generator<readonly string[]> {
  for (let first = 0; first < devices.length; first += MAX_DEVICES_PER_QUERY)
    yield devices.slice(first, first + MAX_DEVICES_PER_QUERY)
}
