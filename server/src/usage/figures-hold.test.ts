import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Reading, fleetSchema } from '@harbor/protocol'
import * as fc from 'fast-check'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { twoDistrictFleet } from '../../test/fleet-fixture.ts'
import { loadDirectory } from '../registry/directory.ts'
import { importFleet } from '../registry/fleet-import.ts'
import { openTestRegistry } from '../../test/test-registry.ts'
import { createDuckdbStore } from '../telemetry/duckdb-store.ts'
import { createDayBook } from './day-book.ts'
import { DEFAULT_PRICE } from './tariffs.ts'
import { dayOfDate } from './local-day.ts'

/*
 * A second computation of a day's figures, from raw readings and as plainly as it can be written: minute by minute or reading by
 * reading, with none of the first one's code. Random readings come late, twice, with counters that were reset, and with gaps.
 */

const STATION = 'yuzhong-1'
/** 20 October 2026 in Chongqing, whose clocks never change. */
const FIRST_MS = Date.UTC(2026, 9, 19, 16)
/** Every run has a day of its own, far enough from the others. */
let startMs = FIRST_MS
const DAY_MS = 86_400_000
const FIRST_DAY = dayOfDate('2026-10-20')
const APART_DAYS = 40
const MINUTE_MS = 60_000
/** From these watts on a microwave heats (server/src/faults/rules/power-specs.ts). */
const HEATS_W = 500
const SILENT = pino({ level: 'silent' })

const fleet = fleetSchema.parse({
  ...twoDistrictFleet(),
  devices: [
    ...twoDistrictFleet().devices,
    { id: 'plug', gateway: 'gw-yuzhong-1', vendor: 'shelly', address: 'p', appliance: 'yuzhong-1-fridge' },
    { id: 'heater', gateway: 'gw-yuzhong-1', vendor: 'shelly', address: 'm', appliance: 'yuzhong-1-microwave' },
  ],
})

type Raw = { timeMs: number; value: number }

/** In order of time, one a time: the first that was written stays. */
function inOrder(readings: readonly Reading[], device: string, metric: string): Raw[] {
  const byTime = new Map<number, number>()
  for (const reading of readings)
    if (reading.device === device && reading.metric === metric && !byTime.has(reading.timeMs))
      byTime.set(reading.timeMs, reading.value)
  return [...byTime].map(([timeMs, value]) => ({ timeMs, value })).sort((a, b) => a.timeMs - b.timeMs)
}

/** How far a counter rose within the day; a lower value is a reset, and what it then shows was counted since. */
function counted(raw: readonly Raw[]): number | null {
  let sum = 0
  let heard = false
  for (let index = 0; index < raw.length; index++) {
    const now = raw[index]
    if (now === undefined || now.timeMs < startMs || now.timeMs >= startMs + DAY_MS) continue
    heard = true
    const before = raw[index - 1]
    if (before === undefined) continue
    sum += now.value >= before.value ? now.value - before.value : now.value
  }
  return heard ? sum : null
}

function peopleOf(raw: readonly Raw[]) {
  let rises = 0
  let peak: number | null = null
  let personMinutes = 0
  for (const [index, { timeMs, value }] of raw.entries()) {
    if (timeMs < startMs || timeMs >= startMs + DAY_MS) continue
    peak = Math.max(peak ?? 0, value)
    const before = raw[index - 1]
    if (before !== undefined && value > before.value) rises += value - before.value
    const next = raw[index + 1]?.timeMs ?? Number.POSITIVE_INFINITY
    // All times of this test are whole minutes.
    for (let at = timeMs; at < next && at < timeMs + 10 * MINUTE_MS && at < startMs + DAY_MS; at += MINUTE_MS)
      personMinutes += value
  }
  return { visits: peak === null ? null : rises, peak, hours: peak === null ? null : personMinutes / 60 }
}

function starts(raw: readonly Raw[]): number | null {
  const today = raw.filter(({ timeMs }) => timeMs >= startMs && timeMs < startMs + DAY_MS)
  let sum = 0
  for (const { timeMs, value } of today) {
    const before = raw.filter(reading => reading.timeMs < timeMs && reading.timeMs >= startMs - 3_600_000).at(-1)
    if (value >= HEATS_W && before !== undefined && before.value < HEATS_W) sum += 1
  }
  return today.length === 0 ? null : sum
}

/** A counter's readings a quarter of an hour apart at least, with resets; from an hour before the day on. */
const counterArbitrary = (device: string, metric: Reading['metric']) =>
  fc
    .array(
      fc.record({
        quarters: fc.integer({ min: 1, max: 20 }),
        rise: fc.integer({ min: 0, max: 90 }),
        resets: fc.boolean(),
      }),
      {
        maxLength: 40,
      },
    )
    .map(steps => {
      let quarter = -4
      let value = 500
      return steps.map(({ quarters, rise, resets }): Reading => {
        quarter += quarters
        value = resets && rise > 80 ? rise : value + rise
        return { device, metric, timeMs: quarter * 15 * MINUTE_MS, value }
      })
    })

const gaugeArbitrary = (device: string, metric: Reading['metric'], value: fc.Arbitrary<number>) =>
  fc.array(fc.tuple(fc.integer({ min: 0, max: 1_439 }), value), { maxLength: 60 }).map(points =>
    points.map(([minute, amount]): Reading => ({
      device,
      metric,
      timeMs: minute * MINUTE_MS,
      value: amount,
    })),
  )

const readingsArbitrary = fc
  .tuple(
    counterArbitrary('plug', 'energy'),
    counterArbitrary('yuzhong-people', 'people_in'),
    counterArbitrary('yuzhong-people', 'people_out'),
    gaugeArbitrary('yuzhong-people', 'people', fc.integer({ min: 0, max: 12 })),
    gaugeArbitrary('heater', 'power', fc.constantFrom(0, 60, HEATS_W - 1, HEATS_W, 1_200)),
    fc.boolean(),
  )
  .map(([energy, ins, outs, people, power, hasDoors]) => [
    ...energy,
    ...(hasDoors ? [...ins, ...outs] : []),
    ...people,
    ...power,
  ])

test('a second computation from raw readings gives the same figures: late, doubled, reset and with gaps', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'harbor-figures-'))
  const db = await openTestRegistry(folder)
  const store = createDuckdbStore(
    { file: join(folder, 'telemetry.duckdb'), memoryLimitMb: 256, threads: 1 },
    { log: SILENT },
  )
  try {
    await store.start()
    await importFleet(db, fleet, () => 'ab'.repeat(32))
    const directory = await loadDirectory(db)
    let runs = 0
    await fc.assert(
      fc.asyncProperty(readingsArbitrary, fc.nat({ max: 100 }), async (made, cut) => {
        const day = FIRST_DAY + runs * APART_DAYS
        startMs = FIRST_MS + runs * APART_DAYS * DAY_MS
        runs += 1
        const readings = made.map(reading => ({ ...reading, timeMs: startMs + reading.timeMs }))
        let nowMs = startMs + DAY_MS - MINUTE_MS
        const book = createDayBook({
          db,
          directory,
          store,
          openingAt: () => ({ state: 'unknown' }),
          openingsOn: async () => () => ({ state: 'unknown' }),
          tariffs: { priceOf: () => DEFAULT_PRICE },
          timeZone: 'Asia/Shanghai',
          nowMs: () => nowMs,
          log: SILENT,
        })
        // Some come in time, and twice; the others when the day is over.
        const early = readings.slice(0, Math.floor((readings.length * cut) / 100))
        const late = readings.slice(early.length)
        await store.write([...early, ...early])
        await book.count()
        nowMs = startMs + DAY_MS + 3 * 3_600_000
        await book.count()
        await store.write(late)
        book.take(late)
        await book.count()
        const once = await db
          .selectFrom('usage_day')
          .selectAll()
          .where('station', '=', STATION)
          .where('day', '=', day)
          .executeTakeFirst()
        book.take(late)
        await book.count()
        const row = await db
          .selectFrom('usage_day')
          .selectAll()
          .where('station', '=', STATION)
          .where('day', '=', day)
          .executeTakeFirst()
        expect(row).toEqual(once)

        const written = [...early, ...late]
        const energy = counted(inOrder(written, 'plug', 'energy'))
        const entered = counted(inOrder(written, 'yuzhong-people', 'people_in'))
        const left = counted(inOrder(written, 'yuzhong-people', 'people_out'))
        const people = peopleOf(inOrder(written, 'yuzhong-people', 'people'))
        const hasDoors = entered !== null || left !== null
        expectSame(row?.fridge_kwh ?? null, energy === null ? null : energy / 1_000)
        expectSame(row?.visits ?? null, hasDoors ? ((entered ?? 0) + (left ?? 0)) / 2 : people.visits)
        expectSame(row?.peak_people ?? null, people.peak)
        expectSame(row?.people_hours ?? null, people.hours)
        expectSame(row?.microwave_starts ?? null, starts(inOrder(written, 'heater', 'power')))
        const sum = await db
          .selectFrom('usage_sum')
          .selectAll()
          .where('kind', '=', 'district')
          .where('place', '=', '500103')
          .where('host_kind', '=', '*')
          .where('span', '=', 'day')
          .where('start', '=', day)
          .executeTakeFirst()
        expect(sum?.visits ?? null).toEqual(row?.visits ?? null)
        expect(sum?.fridge_kwh ?? null).toEqual(row?.fridge_kwh ?? null)
      }),
      { numRuns: 20 },
    )
  } finally {
    await store.stop()
    await db.destroy()
    await rm(folder, { recursive: true, force: true })
  }
}, 120_000)

/** Sums of the same numbers in another order differ in the last digits; null is no zero. */
function expectSame(received: number | null, expected: number | null): void {
  expect(received === null).toBe(expected === null)
  expect(received ?? 0).toBeCloseTo(expected ?? 0, 6)
}
