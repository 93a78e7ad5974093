import { mkdtemp, rm, stat } from 'node:fs/promises'
import { cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { pino } from 'pino'
import { createDuckdbStore } from '../../src/telemetry/duckdb-store.ts'
import { DAY_MS, KEEPS_ALL } from '../../src/telemetry/levels.ts'
import type { TelemetryStore } from '../../src/telemetry/telemetry-store.ts'
import { type FleetCourse, createFleetCourse } from './realistic.ts'

const FIRST_MS = Date.UTC(2026, 9, 1)
const BATCH = 5_000
/** As the server gives it. */
const SHARE = { memoryLimitMb: 512, threads: 2 }
const RUNS = 15
const MANY_DEVICES = 1_000_000

export interface TelemetryBenchOptions {
  /** Devices of the city; 1,000 of them are asked for their map. */
  devices: number
  days: number
  /** Between two reports of a device. */
  everyMs: number
  now: () => number
  print: (line: string) => void
}

interface Row {
  of: string
  values: number[]
  unit: string
  /** At most this (or at least, for a rate). */
  target?: number
  isRate?: boolean
}

/** @returns whether every target was met. */
export async function benchTelemetry(options: TelemetryBenchOptions): Promise<boolean> {
  const { print } = options
  const folder = await mkdtemp(join(tmpdir(), 'harbor-bench-telemetry-'))
  try {
    print(
      `${cpus().length} × ${cpus()[0]?.model}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}, DuckDB with ${SHARE.threads} threads and ${SHARE.memoryLimitMb} MB`,
    )
    const rows = [
      ...(await benchCity(join(folder, 'city.duckdb'), options)),
      ...(await benchNewest(join(folder, 'many.duckdb'), options)),
    ]
    print(`${'what'.padEnd(62)} ${['median', 'least', 'most', 'target'].map(word => word.padStart(11)).join(' ')}`)
    for (const row of rows) print(lineOf(row))
    return rows.every(isMet)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function open(file: string): TelemetryStore {
  return createDuckdbStore({ file, ...SHARE }, { log: pino({ level: 'warn' }) })
}

async function benchCity(file: string, { devices, days, everyMs, now, print }: TelemetryBenchOptions): Promise<Row[]> {
  const course = createFleetCourse(devices, everyMs, 1)
  let store = open(file)
  await store.start()
  const delay = monitorEventLoopDelay({ resolution: 5 })
  delay.enable()
  const rates: number[] = []
  const upkeeps: number[] = []
  let readings = 0
  let compacted = { sizeBytes: 0, readings: 0 }
  // The last day is not over: it is asked as today.
  for (let day = 0; day < days; day += 1) {
    const fromMs = FIRST_MS + day * DAY_MS
    const isToday = day === days - 1
    // Compacted: what is not is a day at most, and would weigh more here than in thirty days.
    if (isToday) {
      await store.stop()
      compacted = { sizeBytes: (await stat(file)).size, readings }
      store = open(file)
      await store.start()
    }
    const written = await writeAll({ store, now }, course, { fromMs, toMs: fromMs + (isToday ? DAY_MS * 0.6 : DAY_MS) })
    readings += written.readings
    rates.push(written.readings / (written.ms / 1_000))
    upkeeps.push(
      await timed(now, () =>
        store.maintain({ nowMs: fromMs + DAY_MS * (isToday ? 0.6 : 1.05), keepFromMs: KEEPS_ALL }),
      ),
    )
  }
  delay.disable()
  print(`city: ${devices} devices, ${days} days, a report each ${everyMs / 1_000} s: ${readings} readings`)
  await store.stop()
  const starts: number[] = []
  for (let run = 0; run < 3; run += 1) {
    store = open(file)
    starts.push(
      await timed(now, async () => {
        await store.start()
        await store.newest()
      }),
    )
    if (run < 2) await store.stop()
  }
  const thousand = course.devices.slice(0, 1_000)
  const todayMs = FIRST_MS + (days - 1) * DAY_MS
  const dayOf = (fromMs: number) => (run: number) =>
    store.series({
      devices: [thousand[(run * 5 * 13) % thousand.length] ?? ''],
      metric: 'power',
      fromMs,
      toMs: fromMs + DAY_MS,
      everyMs: 300_000,
      limit: 20_000,
    })
  const map = (timeZone: string) => () =>
    store.usageMap({ devices: thousand, metric: 'power', fromMs: FIRST_MS, toMs: FIRST_MS + days * DAY_MS, timeZone })
  const rows: Row[] = [
    { of: 'appended, readings a second', values: rates, unit: '', isRate: true, target: 100_000 },
    { of: 'the asker’s thread is held up by at most (99.9 %)', values: [delay.percentile(99.9) / 1e6], unit: ' ms' },
    { of: 'a day put in order and summed up', values: upkeeps, unit: ' ms' },
    {
      of: 'stored, bytes a reading, sums included',
      values: [compacted.sizeBytes / compacted.readings],
      unit: ' B',
      target: 3,
    },
    { of: 'start with it all, to every newest reading', values: starts, unit: ' ms', target: 10_000 },
    {
      of: 'a device’s day in 5-minute windows: a day that is over',
      values: await repeat(now, dayOf(todayMs - 5 * DAY_MS)),
      unit: ' ms',
      target: 10,
    },
    {
      of: 'a device’s day in 5-minute windows: today',
      values: await repeat(now, dayOf(todayMs)),
      unit: ' ms',
      target: 10,
    },
    {
      of: `${thousand.length} devices’ hours and weekdays, Asia/Shanghai`,
      values: await repeat(now, map('Asia/Shanghai')),
      unit: ' ms',
      target: 100,
    },
    {
      of: `${thousand.length} devices’ hours and weekdays, Asia/Kolkata`,
      values: await repeat(now, map('Asia/Kolkata')),
      unit: ' ms',
    },
  ]
  await store.stop()
  return rows
}

/** A million devices with two metrics: how long it takes to know the newest of each after a start. */
async function benchNewest(file: string, { now }: TelemetryBenchOptions): Promise<Row[]> {
  let store = open(file)
  await store.start()
  for (let first = 0; first < MANY_DEVICES; first += BATCH)
    await store.write(
      Array.from({ length: BATCH }, (_, n) => [
        { device: `device-${first + n}`, metric: 'power' as const, timeMs: FIRST_MS + n, value: n },
        { device: `device-${first + n}`, metric: 'online' as const, timeMs: FIRST_MS + n, value: 1 },
      ]).flat(),
    )
  await store.stop()
  const startOnce = async () => {
    store = open(file)
    await store.start()
    const { length } = await store.newest()
    if (length !== 2 * MANY_DEVICES) throw new RangeError(`expected ${2 * MANY_DEVICES} newest readings, got ${length}`)
  }
  const open1 = await timed(now, startOnce)
  await store.maintain({ nowMs: FIRST_MS + 2 * DAY_MS, keepFromMs: KEEPS_ALL })
  await store.stop()
  const settled = await timed(now, startOnce)
  await store.stop()
  return [
    {
      of: 'newest of 1,000,000 devices after a start: day not yet in order',
      values: [open1],
      unit: ' ms',
      target: 5_000,
    },
    { of: 'newest of 1,000,000 devices after a start: day in order', values: [settled], unit: ' ms', target: 5_000 },
  ]
}

async function writeAll(
  { store, now }: { store: TelemetryStore; now: () => number },
  course: FleetCourse,
  span: { fromMs: number; toMs: number },
) {
  let readings = 0
  let ms = 0
  for (const piece of course.pieces(span, BATCH)) {
    readings += piece.length
    // What makes the readings is not what is measured.
    ms += await timed(now, () => store.write(piece))
  }
  return { readings, ms }
}

async function timed(now: () => number, work: () => Promise<unknown>): Promise<number> {
  const startMs = now()
  await work()
  return now() - startMs
}

async function repeat(now: () => number, work: (run: number) => Promise<unknown>): Promise<number[]> {
  const values: number[] = []
  for (let run = 0; run < RUNS; run += 1) values.push(await timed(now, () => work(run)))
  return values
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

function isMet({ values, target, isRate }: Row): boolean {
  if (target === undefined) return true
  return isRate === true ? median(values) >= target : median(values) <= target
}

function lineOf(row: Row): string {
  const { of, values, unit, target } = row
  const text = (value: number | undefined) =>
    (value === undefined ? '' : `${value.toFixed(value < 100 ? 2 : 0)}${unit}`).padStart(11)
  const numbers = [median(values), Math.min(...values), Math.max(...values), target].map(text).join(' ')
  return `${of.padEnd(62)} ${numbers}${isMet(row) ? '' : '  missed'}`
}
