import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { HarborError, type Metric, errorText, isMetric } from '@harbor/protocol'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { type NewestIndex, createNewestIndex } from './newest-index.ts'
import type { TelemetryErrorCode } from './telemetry-store.ts'

export interface DuckdbSettings {
  /** Path of the database file; its folder is made. No other process, and no other thread of this one, may open it. */
  file: string
  /** What DuckDB may hold in memory, in MB; its own default is 80 % of the machine. */
  memoryLimitMb: number
  /** Threads of DuckDB's queries. */
  threads: number
}

/** Each step brings the file from its index to the next version; a step that was released never changes. */
const MIGRATIONS: readonly string[] = [
  // Small numbers instead of texts: 4.5 bytes a reading instead of 11. No key on `reading`: DuckDB's index would make
  // appending 18 times slower, so the store itself sees to it that no identity is written twice.
  `CREATE TABLE device (id UINTEGER NOT NULL, name VARCHAR NOT NULL);
   CREATE TABLE metric (id USMALLINT NOT NULL, name VARCHAR NOT NULL);
   CREATE TABLE reading (device_id UINTEGER NOT NULL, metric_id USMALLINT NOT NULL, time_ms BIGINT NOT NULL, value DOUBLE NOT NULL);`,
]

/** Texts and their small numbers, both ways. Numbers are dense from 0 and never change. */
export interface Dictionary<Name extends string = string> {
  ids: Map<Name, number>
  names: Name[]
}

/** An open file: the one connection that writes, and what is known of the file in memory. */
export interface DuckdbFile {
  instance: DuckDBInstance
  writer: DuckDBConnection
  devices: Dictionary
  metrics: Dictionary
  newest: NewestIndex
}

/** Opens or makes the file, brings it to the newest version, and reads what must be known to write to it. */
export async function openDuckdbFile({ file, memoryLimitMb, threads }: DuckdbSettings): Promise<DuckdbFile> {
  const instance = await open(file, {
    memory_limit: `${memoryLimitMb}MB`,
    threads: String(threads),
    // Nothing is ever fetched or read beside this one file, whatever a query says.
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    enable_external_access: 'false',
  })
  const writer = await instance.connect()
  try {
    await migrate(writer)
    // Where readings that may be repeats are looked up; a temporary table is in no file and no log.
    await writer.run(
      'CREATE TEMP TABLE late (position UINTEGER, device_id UINTEGER, metric_id USMALLINT, time_ms BIGINT)',
    )
    const devices = await readDictionary(writer, 'device')
    const metrics = await readDictionary(writer, 'metric')
    return { instance, writer, devices, metrics, newest: await readNewest(writer, metrics) }
  } catch (error) {
    writer.closeSync()
    instance.closeSync()
    throw error
  }
}

async function open(file: string, options: Record<string, string>): Promise<DuckDBInstance> {
  try {
    await mkdir(dirname(file), { recursive: true })
    return await DuckDBInstance.create(file, options)
  } catch (cause) {
    throw new HarborError<TelemetryErrorCode>(
      'TELEMETRY_STORE_UNAVAILABLE',
      `telemetry: cannot open ${file}: ${errorText(cause).split('\n', 1)[0]}; is another server running on this folder?`,
      { cause },
    )
  }
}

async function migrate(writer: DuckDBConnection): Promise<void> {
  await writer.run('CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)')
  const rows = (await writer.runAndReadAll('SELECT max(version) FROM schema_version')).getRows()
  const version = Number(rows[0]?.[0] ?? 0)
  if (version > MIGRATIONS.length) {
    throw new HarborError<TelemetryErrorCode>(
      'TELEMETRY_SCHEMA_TOO_NEW',
      `telemetry: the file is of version ${version}, this server knows up to ${MIGRATIONS.length}; run the newer server`,
    )
  }
  for (const [index, step] of MIGRATIONS.entries()) {
    if (index < version) continue
    await writer.run('BEGIN')
    await writer.run(step)
    await writer.run(`INSERT INTO schema_version VALUES (${index + 1})`)
    await writer.run('COMMIT')
  }
}

async function readDictionary(writer: DuckDBConnection, table: 'device' | 'metric'): Promise<Dictionary> {
  const rows = (await writer.runAndReadAll(`SELECT name FROM ${table} ORDER BY id`)).getColumns()[0] ?? []
  const names = rows.map(String)
  return { names, ids: new Map(names.map((name, id) => [name, id])) }
}

async function readNewest(writer: DuckDBConnection, metrics: Dictionary): Promise<NewestIndex> {
  const newest = createNewestIndex()
  const reader = await writer.runAndReadAll(
    'SELECT device_id, metric_id, max(time_ms), arg_max(value, time_ms) FROM reading GROUP BY device_id, metric_id',
  )
  const [devices = [], metricIds = [], timesMs = [], values = []] = reader.getColumns()
  devices.forEach((device, row) => {
    const metric = metrics.names[Number(metricIds[row])]
    // A metric that the contract no longer has stays in the file and is not offered.
    if (metric === undefined || !isMetric(metric)) return
    newest.take(Number(device), metric satisfies Metric, { timeMs: Number(timesMs[row]), value: Number(values[row]) })
  })
  return newest
}
