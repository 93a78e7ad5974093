import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { METRIC_NAMES, type Reading } from '@harbor/protocol'
import { pino } from 'pino'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { describeRetentionContract } from '../../test/telemetry-retention-contract.ts'
import { describeStoreContract } from '../../test/telemetry-store-contract.ts'
import { type WorkerLink, openWorkerLink } from './duckdb/worker-link.ts'
import { createDuckdbStore } from './duckdb-store.ts'
import { DAY_MS, KEEPS_ALL } from './levels.ts'
import type { TelemetryStore } from './telemetry-store.ts'

const HOUR_MS = Date.UTC(2026, 6, 1, 4)

async function tempFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'harbor-duckdb-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return join(folder, 'telemetry', 'telemetry.duckdb')
}

async function openStore(file: string): Promise<TelemetryStore> {
  const store = createDuckdbStore({ file, memoryLimitMb: 256, threads: 2 }, { log: pino({ level: 'silent' }) })
  await store.start()
  return store
}

describe('a DuckDB store', () => {
  describeStoreContract({
    hourMs: HOUR_MS,
    prefix: 'duck',
    async open() {
      const file = await tempFile()
      return { store: await openStore(file), again: () => openStore(file) }
    },
  })

  describeRetentionContract({
    prefix: 'duck',
    async open() {
      const file = await tempFile()
      return { store: await openStore(file), again: () => openStore(file) }
    },
  })

  it('keeps the first of two values of one identity, in one batch and over batches', async () => {
    const store = await openStore(await tempFile())
    onTestFinished(() => store.stop())
    const reading = (value: number): Reading => ({ device: 'a', metric: 'power', timeMs: HOUR_MS, value })
    await store.write([reading(1), reading(2)])
    await store.write([reading(3)])
    const query = { devices: ['a'], metric: 'power', fromMs: HOUR_MS, toMs: HOUR_MS + 1, limit: 10 } as const
    expect((await store.series(query)).series[0]?.points).toEqual([[HOUR_MS, 1]])
  })

  it('has nothing of a batch that failed, says so, and writes the next', async () => {
    const file = await tempFile()
    const store = await openStore(file)
    const reading = (device: string, timeMs: number): Reading => ({ device, metric: 'power', timeMs, value: 1 })
    await store.write([reading('a', HOUR_MS)])
    // Half a millisecond cannot be stored: the batch fails after the new device was numbered.
    const failing = store.write([reading('new', HOUR_MS), reading('a', HOUR_MS + 0.5)])
    await expect(failing).rejects.toMatchObject({ code: 'TELEMETRY_WRITE_FAILED' })
    expect(await store.health()).toMatchObject({ ok: false })
    await store.write([reading('other', HOUR_MS), reading('new', HOUR_MS + 1)])
    expect(await store.health()).toMatchObject({ ok: true })
    await store.stop()
    // Read back from the file, where devices are numbers: none may have got another's name.
    const reopened = await openStore(file)
    onTestFinished(() => reopened.stop())
    expect((await reopened.newest()).toSorted((a, b) => a.device.localeCompare(b.device))).toEqual([
      reading('a', HOUR_MS),
      reading('new', HOUR_MS + 1),
      reading('other', HOUR_MS),
    ])
  })

  it('refuses a file of a newer server', async () => {
    const file = await tempFile()
    await (await openStore(file)).stop()
    const { DuckDBInstance } = await import('@duckdb/node-api')
    const instance = await DuckDBInstance.create(file)
    const connection = await instance.connect()
    await connection.run('INSERT INTO schema_version VALUES (99)')
    connection.closeSync()
    instance.closeSync()
    await expect(openStore(file)).rejects.toMatchObject({ code: 'TELEMETRY_SCHEMA_TOO_NEW' })
  })

  it('writes a batch of many chunks whole', async () => {
    const store = await openStore(await tempFile())
    onTestFinished(() => store.stop())
    // 5,000 rows are two whole chunks of 2,048 and a part.
    await store.write(
      Array.from({ length: 5_000 }, (_, n) => ({ device: `d${n}`, metric: 'power', timeMs: HOUR_MS + n, value: n })),
    )
    expect(await store.newest()).toHaveLength(5_000)
  })

  it('holds every metric of the contract', async () => {
    const store = await openStore(await tempFile())
    onTestFinished(() => store.stop())
    await store.write(METRIC_NAMES.map(metric => ({ device: 'a', metric, timeMs: HOUR_MS, value: 1 })))
    expect(new Set((await store.newest()).map(reading => reading.metric))).toEqual(new Set(METRIC_NAMES))
  })

  it('says that the file is open elsewhere instead of corrupting it', async () => {
    const file = await tempFile()
    const { spawn } = await import('node:child_process')
    const holder = spawn(process.execPath, [join(import.meta.dirname, '../../test/duckdb-writer-child.ts'), file])
    onTestFinished(() => void holder.kill('SIGKILL'))
    await new Promise(resolve => holder.stdout.once('data', resolve))
    await expect(openStore(file)).rejects.toMatchObject({ code: 'TELEMETRY_STORE_UNAVAILABLE' })
  })

  it('starts its thread again when that ended, with all that was durable; until then writes fail and may be tried again', async () => {
    const file = await tempFile()
    const links: WorkerLink[] = []
    const store = createDuckdbStore(
      { file, memoryLimitMb: 256, threads: 1 },
      {
        log: pino({ level: 'silent' }),
        openLink: async (...args) => {
          const link = await openWorkerLink(...args)
          links.push(link)
          return link
        },
      },
    )
    onTestFinished(() => store.stop())
    await store.start()
    const reading = (n: number): Reading => ({ device: `d${n % 7}`, metric: 'power', timeMs: HOUR_MS + n, value: n })
    for (let round = 0; round < 3; round += 1) {
      const durable = Array.from({ length: 500 }, (_, n) => reading(round * 1_000 + n))
      await store.write(durable)
      const cutOff = Array.from({ length: 500 }, (_, n) => reading(round * 1_000 + 500 + n))
      const written = store.write(cutOff).then(
        () => true,
        (error: { code?: string }) => error.code,
      )
      await links.at(-1)?.upset()
      expect([true, 'TELEMETRY_WRITE_FAILED']).toContain(await written)
      await expect(store.write([reading(0)])).rejects.toMatchObject({ code: 'TELEMETRY_WRITE_FAILED' })
      expect(await store.health()).toMatchObject({ ok: false })
      await vi.waitFor(() => store.write(cutOff), { timeout: 60_000, interval: 100 })
    }
    await store.stop()
    const reopened = await openStore(file)
    onTestFinished(() => reopened.stop())
    const devices = [0, 1, 2, 3, 4, 5, 6].map(n => `d${n}`)
    const query = { devices, metric: 'power', fromMs: HOUR_MS, toMs: HOUR_MS + 9_999, limit: 9_999 } as const
    const values = (await reopened.series(query)).series.flatMap(({ points }) => points.map(([, value]) => value))
    expect(values.toSorted((a = 0, b = 0) => a - b)).toEqual(Array.from({ length: 3_000 }, (_, n) => n))
  }, 120_000)

  it('writes what is exported to a file that others can read', async () => {
    const file = await tempFile()
    const store = await openStore(file)
    onTestFinished(() => store.stop())
    const days = [-2, -1, 0].map(day => HOUR_MS + day * DAY_MS)
    await store.write(
      days.flatMap((timeMs, value) => [
        { device: "o'hara", metric: 'power' as const, timeMs, value },
        { device: 'b', metric: 'voltage' as const, timeMs, value: 230 },
      ]),
    )
    await store.maintain({ nowMs: HOUR_MS, keepFromMs: KEEPS_ALL })
    const parquet = join(file, '..', "it's.parquet")
    const span = { fromMs: HOUR_MS - DAY_MS, toMs: HOUR_MS + 1, file: parquet }
    const read = async (): Promise<unknown[]> => {
      const { DuckDBInstance } = await import('@duckdb/node-api')
      const instance = await DuckDBInstance.create()
      const connection = await instance.connect()
      const reader = await connection.runAndReadAll(
        `SELECT COLUMNS(* EXCLUDE time), epoch_ms(time)::DOUBLE FROM read_parquet('${parquet.replaceAll("'", "''")}') ORDER BY ALL`,
      )
      connection.closeSync()
      instance.closeSync()
      return reader.getRows()
    }
    expect(await store.exportTo({ ...span, level: 'raw' })).toMatchObject({ rows: 4 })
    expect(await read()).toEqual([
      ['b', 'voltage', 230, HOUR_MS - DAY_MS],
      ['b', 'voltage', 230, HOUR_MS],
      ["o'hara", 'power', 1, HOUR_MS - DAY_MS],
      ["o'hara", 'power', 2, HOUR_MS],
    ])
    expect(await store.exportTo({ ...span, level: 'hour', devices: ["o'hara", 'nobody'] })).toMatchObject({ rows: 2 })
    expect(await store.exportTo({ ...span, level: 'raw', devices: [] })).toMatchObject({ rows: 0 })
    await expect(store.exportTo({ ...span, level: 'raw', file: join(file, 'no', 'x.parquet') })).rejects.toMatchObject({
      code: 'TELEMETRY_STORE_UNAVAILABLE',
    })
  })
})
