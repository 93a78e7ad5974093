import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { METRIC_NAMES, type Reading } from '@harbor/protocol'
import * as fc from 'fast-check'
import { pino } from 'pino'
import { describe, expect, it, onTestFinished } from 'vitest'
import { describeStoreContract } from '../../test/telemetry-store-contract.ts'
import { createDuckdbStore } from './duckdb-store.ts'
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

  it('keeps the first of two values of one identity, in one batch and over batches', async () => {
    const store = await openStore(await tempFile())
    onTestFinished(() => store.stop())
    const reading = (value: number): Reading => ({ device: 'a', metric: 'power', timeMs: HOUR_MS, value })
    await store.write([reading(1), reading(2)])
    await store.write([reading(3)])
    const query = { devices: ['a'], metric: 'power', fromMs: HOUR_MS, toMs: HOUR_MS + 1, limit: 10 } as const
    expect((await store.series(query)).series[0]?.points).toEqual([[HOUR_MS, 1]])
  })

  it('holds each identity once with its first value, over any batches with repeats and restarts', async () => {
    const readingArbitrary = fc.record({
      device: fc.constantFrom('a', 'b', 'c'),
      metric: fc.constantFrom('power', 'voltage'),
      timeMs: fc.integer({ min: HOUR_MS, max: HOUR_MS + 20 }),
      value: fc.integer({ min: 0, max: 1_000 }),
    })
    const stepArbitrary = fc.oneof(
      { weight: 5, arbitrary: fc.array(readingArbitrary, { maxLength: 30 }) },
      { weight: 1, arbitrary: fc.constant('restart' as const) },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(stepArbitrary, { maxLength: 8 }), async steps => {
        const file = await tempFile()
        let store = await openStore(file)
        const first = new Map<string, number>()
        try {
          for (const step of steps) {
            if (step === 'restart') {
              await store.stop()
              store = await openStore(file)
              continue
            }
            await store.write(step as Reading[])
            for (const { device, metric, timeMs, value } of step) {
              const identity = `${device} ${metric} ${timeMs}`
              if (!first.has(identity)) first.set(identity, value)
            }
          }
          const found: string[] = []
          for (const metric of ['power', 'voltage'] as const) {
            const query = { devices: ['a', 'b', 'c'], metric, fromMs: HOUR_MS, toMs: HOUR_MS + 100, limit: 10_000 }
            for (const { device, points } of (await store.series(query)).series)
              for (const [timeMs, value] of points) found.push(`${device} ${metric} ${timeMs} = ${value}`)
          }
          expect(found.toSorted()).toEqual([...first].map(([identity, value]) => `${identity} = ${value}`).toSorted())
        } finally {
          await store.stop()
        }
      }),
      { numRuns: 12 },
    )
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
})
