import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { array, assert, asyncProperty, boolean, constantFrom, record } from 'fast-check'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { twoDistrictFleet } from '../../test/fleet-fixture.ts'
import { importFleet } from '../registry/fleet-import.ts'
import { openTestRegistry } from '../../test/test-registry.ts'
import { createWaitingDays } from './waiting-days.ts'

const TODAY = 20_000
const log = pino({ level: 'silent' })

async function open() {
  const dir = await mkdtemp(join(tmpdir(), 'harbor-waiting-'))
  const db = await openTestRegistry(dir)
  onTestFinished(async () => {
    await db.destroy()
    await rm(dir, { recursive: true, force: true })
  })
  await importFleet(db, twoDistrictFleet(), () => 'ab')
  const stations = (await db.selectFrom('station').select('id').orderBy('id').execute()).map(({ id }) => id)
  const start = async () => {
    const waiting = createWaitingDays({ db, log })
    await waiting.load({ today: TODAY, lateDays: 8, stations })
    return waiting
  }
  const countedAs = async (day: number, minutes: number, of: readonly string[] = stations) => {
    for (const station of of)
      await db
        .insertInto('usage_day')
        .values({
          station,
          day,
          district: '500103',
          method: 'none',
          truth: 'not_observed',
          doubts: '[]',
          counted_at_ms: 0,
          minutes,
        } as never)
        .execute()
  }
  return { db, stations, start, countedAs }
}

test('the first start counts all of the last days; a start after they were counted counts none of them', async () => {
  const { stations, start, countedAs } = await open()
  const first = await start()
  expect(first.days().sort()).toEqual(Array.from({ length: 8 }, (_, back) => TODAY - 8 + back))
  expect(first.take(TODAY - 3)).toEqual(stations)
  for (let back = 1; back <= 8; back++) await countedAs(TODAY - back, 1_440)
  const days = (await start()).days()
  expect(days.filter(day => day !== TODAY - 1)).toEqual([])
})

test('a day that was counted before it was over, stations not reached and days without a server are counted', async () => {
  const { stations, start, countedAs } = await open()
  for (let back = 3; back <= 8; back++) await countedAs(TODAY - back, back === 3 ? 700 : 1_440)
  const waiting = await start()
  expect(waiting.take(TODAY - 3)).toEqual(stations)
  expect(waiting.take(TODAY - 2)).toEqual(stations)
  expect(waiting.take(TODAY - 1)).toEqual(stations)
  expect(waiting.take(TODAY - 4)).toEqual([])
  await countedAs(TODAY - 1, 1_440, stations.slice(1))
  expect((await start()).take(TODAY - 1)).toEqual(stations.slice(0, 1))
})

test('whatever comes late and is counted in whatever order, a restart knows exactly what is left', async () => {
  const { db, stations, countedAs } = await open()
  for (let back = 1; back <= 8; back++) await countedAs(TODAY - back, 1_440)
  const step = record({
    late: boolean(),
    day: constantFrom(TODAY - 1, TODAY - 5),
    station: constantFrom(...stations),
    again: boolean(),
  })
  await assert(
    asyncProperty(array(step, { maxLength: 20 }), async steps => {
      await db.deleteFrom('usage_waiting').execute()
      const waiting = createWaitingDays({ db, log })
      const left = new Set<string>()
      for (const { late, day, station, again } of steps) {
        if (late) {
          waiting.add(day, [station], true)
          left.add(`${station} ${day}`)
          continue
        }
        const taken = waiting.take(day)
        // What comes while it is counted waits again.
        if (again && taken.length > 0) waiting.add(day, taken.slice(0, 1), true)
        waiting.counted(day, taken)
        for (const [index, one] of taken.entries()) if (!again || index > 0) left.delete(`${one} ${day}`)
      }
      await waiting.settled()
      const restarted = createWaitingDays({ db, log })
      await restarted.load({ today: TODAY, lateDays: 8, stations })
      const found = restarted.days().flatMap(day => restarted.take(day).map(station => `${station} ${day}`))
      expect(found.sort()).toEqual([...left].sort())
    }),
    { numRuns: 60 },
  )
})
