import { BIGINT, DOUBLE, UINTEGER, USMALLINT, VARCHAR } from '@duckdb/node-api'
import type { Dictionary, DuckdbFile } from './open-file.ts'
import type { NumberedReading } from './newest-index.ts'
import { type Day, type Part, dayOf, tableOf } from './parts.ts'
import { appendColumns, columnsOf, inTransaction, integer, named } from './sql.ts'

/** Readings as they come from another thread: each row points at its names. Rows are of equal length. */
export interface PackedReadings {
  devices: string[]
  metrics: string[]
  device: Uint32Array
  metric: Uint16Array
  timeMs: Float64Array
  value: Float64Array
}

const READING_TYPES = [UINTEGER, USMALLINT, BIGINT, DOUBLE] as const

/**
 * Writes one batch in one transaction. Each identity is written once, without a key on the tables:
 * a reading newer than the newest known of its (device, metric) cannot be a repeat; only the others are looked up. Of
 * several readings of one identity the first stays. What is older than what is kept raw is left out.
 *
 * After an error nothing of the batch is in the file, and what is known of it is as before.
 */
export async function writeBatch(file: DuckdbFile, packed: PackedReadings): Promise<void> {
  const { writer, devices, metrics, parts } = file
  const known = { devices: devices.names.length, metrics: metrics.names.length }
  try {
    const rows = numberRows(file, packed).filter(({ timeMs }) => timeMs >= parts.kept.raw)
    const fresh = await withoutRepeats(file, rows)
    const added: Part[] = []
    await inTransaction(writer, async () => {
      await appendNames(file, 'device', known.devices)
      await appendNames(file, 'metric', known.metrics)
      for (const [day, ofDay] of Map.groupBy(fresh, ({ timeMs }) => dayOf(timeMs))) {
        const part = parts.openOf(day) ?? (await addPart(file, day))
        if (parts.openOf(day) === undefined) added.push(part)
        await appendColumns(writer, { table: tableOf(part), types: READING_TYPES }, [
          ofDay.map(row => row.device),
          ofDay.map(row => row.metric),
          ofDay.map(row => BigInt(row.timeMs)),
          ofDay.map(row => row.value),
        ])
      }
    })
    added.forEach(parts.add)
    for (const row of fresh) {
      const part = parts.openOf(dayOf(row.timeMs))
      if (part !== undefined) part.rows += 1
      file.newest.take(row)
    }
  } catch (error) {
    forgetFrom(devices, known.devices)
    forgetFrom(metrics, known.metrics)
    throw error
  }
}

function numberRows({ devices, metrics }: DuckdbFile, packed: PackedReadings): NumberedReading[] {
  const device = packed.devices.map(name => numberOf(devices, name))
  const metric = packed.metrics.map(name => numberOf(metrics, name))
  return Array.from(packed.timeMs, (timeMs, row) => ({
    device: device[packed.device[row] ?? 0] ?? 0,
    metric: metric[packed.metric[row] ?? 0] ?? 0,
    timeMs,
    value: packed.value[row] ?? 0,
  }))
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

async function addPart({ writer, parts }: DuckdbFile, day: Day): Promise<Part> {
  const part: Part = { id: parts.newId(), day, kind: 'narrow', metrics: new Set(), rows: 0, isSealed: false }
  await writer.run(
    `CREATE TABLE ${tableOf(part)} (device_id UINTEGER NOT NULL, metric_id USMALLINT NOT NULL, time_ms BIGINT NOT NULL, value DOUBLE NOT NULL);
     INSERT INTO part VALUES (${integer(part.id)}, ${integer(day)}, 'narrow')`,
  )
  return part
}

async function appendNames(
  { writer, devices, metrics }: DuckdbFile,
  table: 'device' | 'metric',
  first: number,
): Promise<void> {
  const added = (table === 'device' ? devices : metrics).names.slice(first)
  const types = [table === 'device' ? UINTEGER : USMALLINT, VARCHAR]
  await appendColumns(writer, { table, types }, [added.map((_, index) => first + index), added])
}

async function withoutRepeats(file: DuckdbFile, rows: readonly NumberedReading[]): Promise<NumberedReading[]> {
  const unique = withoutOwnRepeats(rows)
  const doubtful = unique.filter(({ device, metric, timeMs }) => timeMs <= file.newest.timeMs(device, metric))
  if (doubtful.length === 0) return unique
  const stored = await findStored(file, doubtful)
  return unique.filter(row => !stored.has(row))
}

/** Drops what the batch itself repeats. Times that only grow, the usual case, need no set of identities. */
function withoutOwnRepeats(rows: readonly NumberedReading[]): NumberedReading[] {
  const lastMs = new Map<number, number>()
  // Metrics are a few dozen: 2^16 times the device number stays an exact integer.
  const key = ({ device, metric }: NumberedReading) => device * 65_536 + metric
  const growing = rows.every(row => {
    const grows = row.timeMs > (lastMs.get(key(row)) ?? -1)
    lastMs.set(key(row), row.timeMs)
    return grows
  })
  if (growing) return [...rows]
  const seen = new Set<string>()
  return rows.filter(row => {
    const identity = `${key(row)}@${row.timeMs}`
    if (seen.has(identity)) return false
    seen.add(identity)
    return true
  })
}

/** Those of `rows` whose identity is in the file. An inner join with the small side second lets DuckDB skip what lies outside its range. */
async function findStored(file: DuckdbFile, rows: readonly NumberedReading[]): Promise<Set<NumberedReading>> {
  const { writer, parts, metrics } = file
  const lookUps: string[] = []
  for (const [day, ofDay] of Map.groupBy(rows, ({ timeMs }) => dayOf(timeMs))) {
    const [oldestMs, newestMs] = ofDay.reduce(
      ([low, high], { timeMs }) => [Math.min(low, timeMs), Math.max(high, timeMs)],
      [Infinity, -Infinity],
    )
    const within = `part.time_ms BETWEEN ${integer(oldestMs)} AND ${integer(newestMs)}`
    for (const part of parts.ofDay(day)) {
      if (part.kind === 'narrow') {
        lookUps.push(
          `SELECT late.position FROM ${tableOf(part)} AS part JOIN late USING (device_id, metric_id, time_ms) WHERE ${within}`,
        )
        continue
      }
      const isThere = [...part.metrics].map(
        name => `(late.metric_id = ${integer(metrics.ids.get(name) ?? 0)} AND part.${named(name)} IS NOT NULL)`,
      )
      lookUps.push(
        `SELECT late.position FROM ${tableOf(part)} AS part JOIN late USING (device_id, time_ms) WHERE ${within} AND (${isThere.join(' OR ')})`,
      )
    }
  }
  const stored = new Set<NumberedReading>()
  if (lookUps.length === 0) return stored
  await writer.run('DELETE FROM late')
  await appendColumns(writer, { table: 'late', types: [UINTEGER, UINTEGER, USMALLINT, BIGINT], catalog: 'temp' }, [
    rows.map((_, position) => position),
    rows.map(row => row.device),
    rows.map(row => row.metric),
    rows.map(row => BigInt(row.timeMs)),
  ])
  for (const position of (await columnsOf(writer, lookUps.join(' UNION ALL ')))[0] ?? []) {
    const row = rows[Number(position)]
    if (row !== undefined) stored.add(row)
  }
  return stored
}
