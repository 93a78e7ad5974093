import { mkdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { HarborError, errorText } from '@harbor/protocol'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { KEEPS_ALL } from '../levels.ts'
import type { KeptFrom, TelemetryErrorCode } from '../telemetry-store.ts'
import { moveOldReadings } from './move-old-readings.ts'
import { type NewestIndex, createNewestIndex } from './newest-index.ts'
import { type Part, type Parts, createParts, tableOf } from './parts.ts'
import { columnsOf, inTransaction, numbersOf, quoted } from './sql.ts'

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
  // Small numbers instead of texts: 4.5 bytes a reading instead of 11. No key on readings: DuckDB's index would make
  // appending 18 times slower, so the store itself sees to it that no identity is written twice.
  `CREATE TABLE device (id UINTEGER NOT NULL, name VARCHAR NOT NULL);
   CREATE TABLE metric (id USMALLINT NOT NULL, name VARCHAR NOT NULL);
   CREATE TABLE reading (device_id UINTEGER NOT NULL, metric_id USMALLINT NOT NULL, time_ms BIGINT NOT NULL, value DOUBLE NOT NULL);`,
  // Readings are in a part for each day from here on; those of `reading` are moved day by day whenever the file is opened.
  // `slot` counts quarters and hours since 1970: a small number where a time of day took 27 bits.
  // `newest` has several rows of a series at times: the newest of them counts.
  `CREATE TABLE part (id INTEGER NOT NULL, day INTEGER NOT NULL, kind VARCHAR NOT NULL);
   CREATE TABLE rolled_day (day INTEGER NOT NULL);
   CREATE TABLE quarter (metric_id USMALLINT, device_id UINTEGER, slot INTEGER, sum DOUBLE, count UINTEGER, min DOUBLE, max DOUBLE, last DOUBLE);
   CREATE TABLE hour (metric_id USMALLINT, device_id UINTEGER, slot INTEGER, sum DOUBLE, count UINTEGER, min DOUBLE, max DOUBLE, last DOUBLE);
   CREATE TABLE newest (device_id UINTEGER, metric_id USMALLINT, time_ms BIGINT, value DOUBLE);
   CREATE TABLE kept (level VARCHAR NOT NULL, from_ms BIGINT NOT NULL);`,
]

/** Texts and their small numbers, both ways. Numbers are dense from 0 and never change. */
export interface Dictionary {
  ids: Map<string, number>
  names: string[]
}

/** An open file: its connections, and what is known of it in memory. */
export interface DuckdbFile {
  instance: DuckDBInstance
  /** Writes readings, batch after batch. */
  writer: DuckDBConnection
  /** Puts parts in order, one job after the other. */
  tidier: DuckDBConnection
  devices: Dictionary
  metrics: Dictionary
  newest: NewestIndex
  parts: Parts
  /** The one folder that may be written to beside the file. */
  exportsDir: string
}

/** Opens or makes the file, brings it to the newest version, and reads what must be known to write to it. */
export async function openDuckdbFile(settings: DuckdbSettings): Promise<DuckdbFile> {
  const exportsDir = join(dirname(settings.file), `${basename(settings.file)}.exports`)
  const instance = await open(settings)
  const writer = await instance.connect()
  try {
    // Nothing is ever fetched or read beside this one file, whatever a query says; exports are written to their own folder.
    await writer.run(`SET allowed_directories = [${quoted(`${exportsDir}/`)}]`)
    await writer.run('SET enable_external_access = false')
    await migrate(writer)
    // Where readings that may be repeats are looked up; a temporary table is in no file and no log.
    await writer.run(
      'CREATE TEMP TABLE late (position UINTEGER, device_id UINTEGER, metric_id USMALLINT, time_ms BIGINT)',
    )
    await moveOldReadings(writer)
    const devices = await readDictionary(writer, 'device')
    const metrics = await readDictionary(writer, 'metric')
    const parts = await readParts(writer)
    const newest = await readNewest(writer, parts)
    return { instance, writer, tidier: await instance.connect(), devices, metrics, newest, parts, exportsDir }
  } catch (error) {
    writer.closeSync()
    instance.closeSync()
    throw error
  }
}

/** Lets go of the file; nothing may be running any more. */
export function closeDuckdbFile({ instance, writer, tidier }: DuckdbFile): void {
  writer.closeSync()
  tidier.closeSync()
  instance.closeSync()
}

async function open({ file, memoryLimitMb, threads }: DuckdbSettings): Promise<DuckDBInstance> {
  try {
    await mkdir(dirname(file), { recursive: true })
    return await DuckDBInstance.create(file, {
      memory_limit: `${memoryLimitMb}MB`,
      threads: String(threads),
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
    })
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
  const version = (await numbersOf(writer, 'SELECT coalesce(max(version), 0) FROM schema_version'))[0] ?? 0
  if (version > MIGRATIONS.length) {
    throw new HarborError<TelemetryErrorCode>(
      'TELEMETRY_SCHEMA_TOO_NEW',
      `telemetry: the file is of version ${version}, this server knows up to ${MIGRATIONS.length}; run the newer server`,
    )
  }
  for (const [index, step] of MIGRATIONS.entries()) {
    if (index < version) continue
    await inTransaction(writer, async () => {
      await writer.run(step)
      await writer.run(`INSERT INTO schema_version VALUES (${index + 1})`)
    })
  }
}

async function readDictionary(writer: DuckDBConnection, table: 'device' | 'metric'): Promise<Dictionary> {
  const names = ((await columnsOf(writer, `SELECT name FROM ${table} ORDER BY id`))[0] ?? []).map(String)
  return { names, ids: new Map(names.map((name, id) => [name, id])) }
}

/** What the file says of its parts. A table that is none of them was left by a process that ended before it could drop it. */
async function readParts(writer: DuckDBConnection): Promise<Parts> {
  const [ids = [], days = [], kinds = []] = await columnsOf(writer, 'SELECT id, day, kind FROM part ORDER BY id')
  const known = new Set(ids.map(id => tableOf({ id: Number(id) })))
  const tables = (
    (await columnsOf(writer, "SELECT table_name FROM duckdb_tables() WHERE table_name LIKE 'part!_%' ESCAPE '!'"))[0] ??
    []
  ).map(String)
  for (const table of tables.filter(name => !known.has(name))) await writer.run(`DROP TABLE ${table}`)
  const [owners = [], columns = []] = await columnsOf(
    writer,
    "SELECT table_name, column_name FROM duckdb_columns() WHERE column_name NOT IN ('device_id', 'time_ms')",
  )
  const columnsByTable = Map.groupBy(columns.map(String), (_, row) => String(owners[row]))
  const parts: Part[] = []
  for (const [row, id] of ids.entries()) {
    const table = tableOf({ id: Number(id) })
    const kind = kinds[row] === 'wide' ? 'wide' : 'narrow'
    const day = Number(days[row])
    // Of several narrow parts of a day the youngest is written on.
    const isSealed =
      kind === 'wide' ||
      ids.some((other, at) => at > row && days[at] === days[row] && kinds[at] === kinds[row] && other !== id)
    parts.push({
      id: Number(id),
      day,
      kind,
      metrics: new Set(kind === 'wide' ? columnsByTable.get(table) : []),
      rows: (await numbersOf(writer, `SELECT count(*)::DOUBLE FROM ${table}`))[0] ?? 0,
      isSealed,
    })
  }
  const rolled = await numbersOf(writer, 'SELECT day FROM rolled_day')
  const found = createParts(parts, rolled, 1 + Math.max(0, ...parts.map(({ id }) => id)))
  const [levels = [], fromMs = []] = await columnsOf(writer, 'SELECT level, from_ms::DOUBLE FROM kept')
  const kept: Record<string, number> = Object.fromEntries(
    levels.map((level, row) => [String(level), Number(fromMs[row])]),
  )
  found.kept = { ...KEEPS_ALL, ...(kept as Partial<KeptFrom>) }
  return found
}

/** From what was noted when parts were put in order, and from those that were not yet. */
async function readNewest(writer: DuckDBConnection, parts: Parts): Promise<NewestIndex> {
  const newest = createNewestIndex()
  const sources = [
    'SELECT device_id, metric_id, time_ms, value FROM newest',
    ...parts
      .all()
      .filter(({ kind }) => kind === 'narrow')
      .map(part => `SELECT device_id, metric_id, time_ms, value FROM ${tableOf(part)}`),
  ]
  const [devices = [], metrics = [], timesMs = [], values = []] = await columnsOf(
    writer,
    `SELECT device_id, metric_id, max(time_ms)::DOUBLE, arg_max(value, time_ms)
     FROM (${sources.join(' UNION ALL ')}) GROUP BY device_id, metric_id`,
  )
  devices.forEach((device, row) =>
    newest.take({
      device: Number(device),
      metric: Number(metrics[row]),
      timeMs: Number(timesMs[row]),
      value: Number(values[row]),
    }),
  )
  return newest
}
