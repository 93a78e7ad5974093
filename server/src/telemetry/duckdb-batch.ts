import type { Reading } from '@harbor/protocol'
import {
  BIGINT,
  DOUBLE,
  type DuckDBConnection,
  DuckDBDataChunk,
  type DuckDBValue,
  UINTEGER,
  USMALLINT,
  VARCHAR,
} from '@duckdb/node-api'
import type { Dictionary, DuckdbFile } from './duckdb-file.ts'

/** DuckDB's vector size: the most rows a chunk holds. */
const CHUNK_ROWS = 2_048

/** Column types of what is appended to, in the order of `duckdb-file.ts`; `late` is a temporary table. */
const TABLES = {
  device: { types: [UINTEGER, VARCHAR], catalog: null },
  metric: { types: [USMALLINT, VARCHAR], catalog: null },
  reading: { types: [UINTEGER, USMALLINT, BIGINT, DOUBLE], catalog: null },
  late: { types: [UINTEGER, UINTEGER, USMALLINT, BIGINT], catalog: 'temp' },
} as const

/** A reading with the small numbers of its device and metric. */
interface Row {
  device: number
  metric: number
  reading: Reading
}

/**
 * Writes one batch in one transaction. Each identity is written once, without a key on the table:
 * a reading newer than the newest known of its (device, metric) cannot be a repeat; only the others are looked up. Of
 * several readings of one identity the first stays.
 *
 * After an error nothing of the batch is in the file, and the dictionaries are as before.
 */
export async function writeBatch(file: DuckdbFile, readings: readonly Reading[]): Promise<void> {
  const { writer, devices, metrics } = file
  const known = { devices: devices.names.length, metrics: metrics.names.length }
  try {
    const rows = readings.map(reading => ({
      device: numberOf(devices, reading.device),
      metric: numberOf(metrics, reading.metric),
      reading,
    }))
    const fresh = await withoutRepeats(file, rows)
    await writer.run('BEGIN')
    try {
      await append(writer, 'device', namesFrom(devices, known.devices))
      await append(writer, 'metric', namesFrom(metrics, known.metrics))
      await append(writer, 'reading', [
        fresh.map(row => row.device),
        fresh.map(row => row.metric),
        fresh.map(row => BigInt(row.reading.timeMs)),
        fresh.map(row => row.reading.value),
      ])
      await writer.run('COMMIT')
    } catch (error) {
      // The transaction may be gone already with what failed; either way nothing of it is in the file.
      await writer.run('ROLLBACK').catch(() => undefined)
      throw error
    }
    for (const { device, reading } of fresh) file.newest.take(device, reading.metric, reading)
  } catch (error) {
    forgetFrom(devices, known.devices)
    forgetFrom(metrics, known.metrics)
    throw error
  }
}

function numberOf(dictionary: Dictionary, name: string): number {
  const known = dictionary.ids.get(name)
  if (known !== undefined) return known
  const id = dictionary.names.push(name) - 1
  dictionary.ids.set(name, id)
  return id
}

function forgetFrom(dictionary: Dictionary, size: number): void {
  for (const name of dictionary.names.splice(size)) dictionary.ids.delete(name)
}

async function withoutRepeats(file: DuckdbFile, rows: readonly Row[]): Promise<Row[]> {
  const unique = withoutOwnRepeats(rows)
  const doubtful = unique.filter(({ device, reading }) => reading.timeMs <= file.newest.timeMs(device, reading.metric))
  if (doubtful.length === 0) return unique
  const stored = await findStored(file.writer, doubtful)
  return unique.filter(row => !stored.has(row))
}

/** Drops what the batch itself repeats. Times that only grow, the usual case, need no set of identities. */
function withoutOwnRepeats(rows: readonly Row[]): Row[] {
  const lastMs = new Map<number, number>()
  // Metrics are a few dozen: 2^16 times the device number stays an exact integer.
  const key = ({ device, metric }: Row) => device * 65_536 + metric
  const growing = rows.every(row => {
    const grows = row.reading.timeMs > (lastMs.get(key(row)) ?? -1)
    lastMs.set(key(row), row.reading.timeMs)
    return grows
  })
  if (growing) return [...rows]
  const seen = new Set<string>()
  return rows.filter(row => {
    const identity = `${key(row)}@${row.reading.timeMs}`
    if (seen.has(identity)) return false
    seen.add(identity)
    return true
  })
}

/** Those of `rows` whose identity is in the file. An inner join with the small side second lets DuckDB skip what lies outside its range. */
async function findStored(writer: DuckDBConnection, rows: readonly Row[]): Promise<Set<Row>> {
  await writer.run('DELETE FROM late')
  await append(writer, 'late', [
    rows.map((_, position) => position),
    rows.map(row => row.device),
    rows.map(row => row.metric),
    rows.map(row => BigInt(row.reading.timeMs)),
  ])
  const timesMs = rows.map(row => row.reading.timeMs)
  const [oldestMs, newestMs] = timesMs.reduce(
    ([low, high], timeMs) => [Math.min(low, timeMs), Math.max(high, timeMs)],
    [Infinity, -Infinity],
  )
  const found = await writer.runAndReadAll(
    `SELECT late.position FROM reading JOIN late USING (device_id, metric_id, time_ms)
     WHERE reading.time_ms BETWEEN ${oldestMs} AND ${newestMs}`,
  )
  const stored = new Set<Row>()
  for (const position of found.getColumns()[0] ?? []) {
    const row = rows[Number(position)]
    if (row !== undefined) stored.add(row)
  }
  return stored
}

/** The names from number `first` on, as the columns of their table. */
function namesFrom({ names }: Dictionary, first: number): [number[], string[]] {
  const added = names.slice(first)
  return [added.map((_, index) => first + index), added]
}

/** Appends whole columns, chunk by chunk; closing the appender sends the rows to the transaction. */
async function append(
  writer: DuckDBConnection,
  table: keyof typeof TABLES,
  columns: readonly (readonly DuckDBValue[])[],
): Promise<void> {
  const rowCount = columns[0]?.length ?? 0
  if (rowCount === 0) return
  const { types, catalog } = TABLES[table]
  const appender = await writer.createAppender(table, null, catalog)
  for (let first = 0; first < rowCount; first += CHUNK_ROWS) {
    const chunk = DuckDBDataChunk.create(types, Math.min(CHUNK_ROWS, rowCount - first))
    columns.forEach((column, index) => chunk.setColumnValues(index, column.slice(first, first + CHUNK_ROWS)))
    appender.appendDataChunk(chunk)
  }
  appender.closeSync()
}
