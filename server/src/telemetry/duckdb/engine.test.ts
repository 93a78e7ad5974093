import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Reading } from '@harbor/protocol'
import * as fc from 'fast-check'
import { expect, it, onTestFinished } from 'vitest'
import { DAY_MS, KEEPS_ALL, LEVEL_MS } from '../levels.ts'
import { type Engine, openEngine } from './engine.ts'
import { packReadings } from './pack-readings.ts'

const FIRST_DAY_MS = Date.UTC(2026, 2, 28)
const DAYS = 3
const DEVICES = ['a', 'b', 'c']
const METRICS = ['power', 'voltage'] as const

async function tempFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'harbor-engine-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return join(folder, 'telemetry.duckdb')
}

/** Parts of so few readings that days have many of them, and they are merged. */
const SEAL_ROWS = 6

const open = (file: string) => openEngine({ file, memoryLimitMb: 256, threads: 1 }, SEAL_ROWS)

const readingArbitrary = fc.record({
  device: fc.constantFrom(...DEVICES),
  metric: fc.constantFrom(...METRICS),
  // Few moments in each quarter of an hour, so that repeats and conflicts are common.
  timeMs: fc
    .tuple(fc.nat({ max: DAYS * 96 - 1 }), fc.constantFrom(0, 1, 60_000, 899_999))
    .map(([quarter, ms]) => FIRST_DAY_MS + quarter * LEVEL_MS.quarter + ms),
  value: fc.integer({ min: -50, max: 1_000 }),
})

const stepArbitrary = fc.oneof(
  { weight: 5, arbitrary: fc.array(readingArbitrary, { minLength: 1, maxLength: 40 }) },
  { weight: 2, arbitrary: fc.record({ maintainAtMs: fc.nat({ max: (DAYS + 1) * DAY_MS }) }) },
  { weight: 1, arbitrary: fc.constant('restart' as const) },
)

const spanArbitrary = fc
  .tuple(fc.nat({ max: DAYS * DAY_MS }), fc.nat({ max: DAYS * DAY_MS }))
  .map(([from, length]) => ({ fromMs: FIRST_DAY_MS + from, toMs: FIRST_DAY_MS + from + length }))

type Span = { fromMs: number; toMs: number }

/** What the answer has to be, from a list of readings. */
function windowsIn(readings: readonly Reading[], { fromMs, toMs }: Span, everyMs: number) {
  return DEVICES.flatMap((device, place) => {
    const own = readings.filter(
      r => r.device === device && r.metric === 'power' && r.timeMs >= fromMs && r.timeMs < toMs,
    )
    return [...Map.groupBy(own, ({ timeMs }) => timeMs - (timeMs % everyMs))].map(([startMs, inside]) => {
      const values = inside.map(({ value }) => value)
      const sum = values.reduce((all, value) => all + value, 0)
      return [place, startMs, sum / values.length, Math.min(...values), Math.max(...values), values.length]
    })
  }).toSorted(byTime)
}

const byTime = (a: number[], b: number[]) => (a[1] ?? 0) - (b[1] ?? 0) || (a[0] ?? 0) - (b[0] ?? 0)

async function askWindows(engine: Engine, span: Span, everyMs: number) {
  const { device, columns } = await engine.series({
    devices: DEVICES,
    metric: 'power',
    ...span,
    everyMs,
    limit: 100_000,
  })
  return Array.from(device, (place, row) => [place, ...columns.map(column => column[row] ?? 0)])
}

it('answers as a list of readings would, over late data, repeats, days put in order at any time, and restarts', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(stepArbitrary, { minLength: 3, maxLength: 12 }),
      fc.array(spanArbitrary, { minLength: 3, maxLength: 3 }),
      async (steps, spans) => {
        const file = await tempFile()
        let engine = await open(file)
        const model = new Map<string, Reading>()
        try {
          for (const step of steps) {
            if (step === 'restart') {
              await engine.close()
              engine = await open(file)
            } else if ('maintainAtMs' in step) {
              await engine.maintain({ nowMs: FIRST_DAY_MS + step.maintainAtMs, keepFromMs: KEEPS_ALL })
            } else {
              await engine.write(packReadings(step).packed)
              for (const reading of step) {
                const identity = `${reading.device} ${reading.metric} ${reading.timeMs}`
                if (!model.has(identity)) model.set(identity, reading)
              }
            }
          }
          const readings = [...model.values()]
          for (const span of spans)
            for (const everyMs of [LEVEL_MS.raw * 60_000, LEVEL_MS.quarter, LEVEL_MS.hour, 7 * LEVEL_MS.hour])
              expect(await askWindows(engine, span, everyMs)).toEqual(windowsIn(readings, span, everyMs))
          const newest = engine.newest()
          const byseries = Map.groupBy(readings, ({ device, metric }) => `${device} ${metric}`)
          const expected = [...byseries].map(([key, own]) => {
            const last = own.reduce((a, b) => (b.timeMs > a.timeMs ? b : a))
            return `${key} ${last.timeMs} ${last.value}`
          })
          const found = Array.from(
            newest.timeMs,
            (timeMs, row) =>
              `${newest.devices[newest.device[row] ?? 0]} ${newest.metrics[newest.metric[row] ?? 0]} ${timeMs} ${newest.value[row]}`,
          )
          expect(found.toSorted()).toEqual(expected.toSorted())
        } finally {
          await engine.close()
        }
      },
    ),
    { numRuns: 15 },
  )
}, 60_000)

it('keeps writing while days are put in order, and loses nothing', async () => {
  const file = await tempFile()
  let engine = await open(file)
  onTestFinished(() => engine.close())
  const written: Reading[] = []
  const tidying: Promise<void>[] = []
  for (let batch = 0; batch < 60; batch += 1) {
    const readings = Array.from({ length: 50 }, (_, n): Reading => {
      const timeMs = FIRST_DAY_MS + (n % DAYS) * DAY_MS + batch * 1_000 + Math.floor(n / 9)
      return { device: DEVICES[n % 3] ?? 'a', metric: 'power', timeMs, value: batch }
    })
    written.push(...readings)
    await engine.write(packReadings(readings).packed)
    if (batch % 10 === 0) tidying.push(engine.maintain({ nowMs: FIRST_DAY_MS + DAYS * DAY_MS, keepFromMs: KEEPS_ALL }))
  }
  await Promise.all(tidying)
  await engine.close()
  engine = await open(file)
  const span = { fromMs: FIRST_DAY_MS, toMs: FIRST_DAY_MS + DAYS * DAY_MS }
  const first = new Map(written.toReversed().map(reading => [`${reading.device} ${reading.timeMs}`, reading]))
  expect(await askWindows(engine, span, LEVEL_MS.hour)).toEqual(windowsIn([...first.values()], span, LEVEL_MS.hour))
})

it('leaves the sums of a day alone whose readings were dropped, though some were written while that was done', async () => {
  const engine = await open(await tempFile())
  onTestFinished(() => engine.close())
  const at = (n: number): Reading => ({ device: 'a', metric: 'power', timeMs: FIRST_DAY_MS + n * 1_000, value: n })
  await engine.write(packReadings(Array.from({ length: 50 }, (_, n) => at(n))).packed)
  const upkeep = {
    nowMs: FIRST_DAY_MS + 3 * DAY_MS,
    keepFromMs: { ...KEEPS_ALL, raw: FIRST_DAY_MS + DAY_MS },
  }
  const dropping = engine.maintain(upkeep)
  // Ten a batch, so that parts are sealed by their size as well.
  for (let n = 50; n < 400; n += 10)
    await engine.write(packReadings(Array.from({ length: 10 }, (_, more) => at(n + more))).packed)
  await dropping
  const span = { fromMs: FIRST_DAY_MS, toMs: FIRST_DAY_MS + DAY_MS }
  const counted = async () => (await askWindows(engine, span, DAY_MS))[0]?.[5] ?? 0
  const before = await counted()
  expect(before).toBeGreaterThanOrEqual(50)
  await engine.maintain(upkeep)
  expect(await counted()).toBe(before)
})
