import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import type { Reading } from '@harbor/protocol'
import { expect, it, onTestFinished } from 'vitest'
import { DAY_MS, KEEPS_ALL, LEVEL_MS } from '../levels.ts'
import { openEngine } from './engine.ts'
import { moveOldReadings } from './move-old-readings.ts'
import { type DuckdbFile, closeDuckdbFile, openDuckdbFile } from './open-file.ts'
import { packReadings } from './pack-readings.ts'
import { closePart, dropOld, mergeParts, rollDay } from './tidy.ts'
import { writeBatch } from './write-batch.ts'

const FIRST_DAY_MS = Date.UTC(2026, 2, 28)
const DAY = FIRST_DAY_MS / DAY_MS

async function tempFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'harbor-cut-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return join(folder, 'telemetry.duckdb')
}

const settingsOf = (file: string) => ({ file, memoryLimitMb: 256, threads: 1 })

/** The connection until it has run so many statements; after that nothing runs, as in a process that was killed. */
function cutAfter(statements: number, connection: DuckDBConnection): DuckDBConnection {
  let left = statements
  return new Proxy(connection, {
    get(target, name) {
      if (name === 'run')
        return (query: string) => {
          if (left === 0) throw new Error('cut short')
          left -= 1
          return target.run(query)
        }
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

/** Two batches of the same day, so that it has two parts, and one of the day after. */
const BATCHES: Reading[][] = [0, 1, 2].map(batch =>
  Array.from({ length: 60 }, (_, n) => ({
    device: `d${n % 3}`,
    metric: n % 2 === 0 ? 'power' : 'voltage',
    timeMs: FIRST_DAY_MS + (batch === 2 ? DAY_MS : 0) + n * 120_000 + batch * 7,
    value: n + 100 * batch,
  })),
)
const ALL = BATCHES.flat()

/** Everything in the file, through the engine that opens it next; also as hours, which have to agree with it. */
async function readBack(file: string): Promise<string[]> {
  const engine = await openEngine(settingsOf(file))
  try {
    const found: string[] = []
    for (const metric of ['power', 'voltage'] as const) {
      const query = {
        devices: ['d0', 'd1', 'd2'],
        metric,
        fromMs: FIRST_DAY_MS,
        toMs: FIRST_DAY_MS + 2 * DAY_MS,
        limit: 9_999,
      }
      const { device, columns } = await engine.series(query)
      device.forEach((place, row) => found.push(`d${place} ${metric} ${columns[0]?.[row]} = ${columns[1]?.[row]}`))
      const hours = await engine.series({ ...query, everyMs: LEVEL_MS.hour })
      expect(hours.columns[4]?.reduce((sum, count) => sum + count, 0)).toBe(device.length)
    }
    return found.toSorted()
  } finally {
    await engine.close()
  }
}

const EXPECTED = ALL.map(({ device, metric, timeMs, value }) => `${device} ${metric} ${timeMs} = ${value}`).toSorted()

/** Puts the first day in order, as the engine does. */
async function putInOrder(file: DuckdbFile): Promise<void> {
  for (const part of file.parts.ofDay(DAY)) await closePart(file, part)
  await mergeParts(file, file.parts.ofDay(DAY))
  await rollDay(file, DAY)
  await dropOld(file, { ...KEEPS_ALL, raw: FIRST_DAY_MS - DAY_MS })
}

/** Runs `work` with more and more statements until all of it fits; gives how many times it was cut short. */
async function cutEverywhere(work: (statements: number) => Promise<void>): Promise<number> {
  for (let statements = 0; ; statements += 1) {
    const isCut = await work(statements).then(
      () => false,
      (error: unknown) => {
        if (error instanceof Error && error.message === 'cut short') return true
        throw error
      },
    )
    if (!isCut) return statements
  }
}

it('has every reading once, wherever putting a day in order is cut short', async () => {
  const cuts = await cutEverywhere(async statements => {
    const path = await tempFile()
    const file = await openDuckdbFile(settingsOf(path))
    try {
      for (const batch of BATCHES) {
        await writeBatch(file, packReadings(batch).packed)
        for (const part of file.parts.ofDay(DAY)) part.isSealed = true
      }
      await putInOrder({ ...file, tidier: cutAfter(statements, file.tidier) })
    } finally {
      closeDuckdbFile(file)
      expect(await readBack(path)).toEqual(EXPECTED)
    }
  })
  // Two parts closed, one merge, the sums and the dropping: dozens of statements.
  expect(cuts).toBeGreaterThan(20)
}, 60_000)

/** The file as releases before parts made it. */
async function oldFile(path: string): Promise<void> {
  const instance = await DuckDBInstance.create(path)
  const connection = await instance.connect()
  await connection.run(`
    CREATE TABLE schema_version (version INTEGER NOT NULL); INSERT INTO schema_version VALUES (1);
    CREATE TABLE device (id UINTEGER NOT NULL, name VARCHAR NOT NULL);
    CREATE TABLE metric (id USMALLINT NOT NULL, name VARCHAR NOT NULL);
    CREATE TABLE reading (device_id UINTEGER NOT NULL, metric_id USMALLINT NOT NULL, time_ms BIGINT NOT NULL, value DOUBLE NOT NULL);
    INSERT INTO device VALUES (0, 'd0'), (1, 'd1'), (2, 'd2');
    INSERT INTO metric VALUES (0, 'voltage'), (1, 'power'), (2, 'a "metric" that went');
    INSERT INTO reading VALUES (0, 2, ${FIRST_DAY_MS}, 1.5);
    INSERT INTO reading VALUES ${ALL.map(
      ({ device, metric, timeMs, value }) => `(${device.slice(1)}, ${metric === 'power' ? 1 : 0}, ${timeMs}, ${value})`,
    ).join()}`)
  connection.closeSync()
  instance.closeSync()
}

const VERSION_2 = `
  INSERT INTO schema_version VALUES (2);
  CREATE TABLE part (id INTEGER NOT NULL, day INTEGER NOT NULL, kind VARCHAR NOT NULL);
  CREATE TABLE rolled_day (day INTEGER NOT NULL);
  CREATE TABLE quarter (metric_id USMALLINT, device_id UINTEGER, slot INTEGER, sum DOUBLE, count UINTEGER, min DOUBLE, max DOUBLE, last DOUBLE);
  CREATE TABLE hour (metric_id USMALLINT, device_id UINTEGER, slot INTEGER, sum DOUBLE, count UINTEGER, min DOUBLE, max DOUBLE, last DOUBLE);
  CREATE TABLE newest (device_id UINTEGER, metric_id USMALLINT, time_ms BIGINT, value DOUBLE);
  CREATE TABLE kept (level VARCHAR NOT NULL, from_ms BIGINT NOT NULL);`

it('takes over a file of before there were parts, wherever that is cut short', async () => {
  const cuts = await cutEverywhere(async statements => {
    const path = await tempFile()
    await oldFile(path)
    const instance = await DuckDBInstance.create(path)
    const connection = await instance.connect()
    try {
      // What opening does first: the tables that parts need.
      await connection.run(VERSION_2)
      await moveOldReadings(cutAfter(statements, connection))
    } finally {
      connection.closeSync()
      instance.closeSync()
      expect(await readBack(path)).toEqual(EXPECTED)
    }
  })
  // Two days of eight statements each, and the old table's end.
  expect(cuts).toBe(2 * 8 + 1)
}, 60_000)

it('opens a file of before there were parts with all its readings, and knows a repeat in it', async () => {
  const path = await tempFile()
  await oldFile(path)
  const engine = await openEngine(settingsOf(path))
  await engine.write(packReadings(ALL.map(reading => ({ ...reading, value: -1 }))).packed)
  await engine.maintain({ nowMs: FIRST_DAY_MS + 9 * DAY_MS, keepFromMs: KEEPS_ALL })
  await engine.close()
  expect(await readBack(path)).toEqual(EXPECTED)
})
