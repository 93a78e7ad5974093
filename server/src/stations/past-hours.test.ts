import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { twoDistrictFleet } from '../../test/fleet-fixture.ts'
import { loadDirectory } from '../registry/directory.ts'
import { importFleet } from '../registry/fleet-import.ts'
import { openTestRegistry } from '../../test/test-registry.ts'
import { createPostedHours } from './opening.ts'
import { openingsOn } from './past-hours.ts'

const timeZone = 'Asia/Shanghai'
const at = (date: string, hour: number) => Date.parse(`${date}T${String(hour).padStart(2, '0')}:00:00+08:00`)

async function open() {
  const dir = await mkdtemp(join(tmpdir(), 'harbor-past-hours-'))
  const db = await openTestRegistry(dir)
  onTestFinished(async () => {
    await db.destroy()
    await rm(dir, { recursive: true, force: true })
  })
  const fleet = twoDistrictFleet()
  const stations = fleet.stations.map(station => ({ ...station, hours: 'Mo-Su 08:00-18:00' }))
  await importFleet(db, { ...fleet, stations }, () => 'ab')
  const [own] = stations
  if (own === undefined) throw new RangeError('the fixture has a station')
  const change = {
    district: own.district,
    kind: 'closure' as const,
    from_date: '2026-10-18',
    to_date: '2026-10-19',
    hours: null,
    reason_zh: '装修',
    reason_en: 'Works',
    created_by: 'boss',
    ended_at_ms: null,
    ended_by: null,
  }
  const deps = {
    db,
    directory: await loadDirectory(db),
    posted: createPostedHours({ dayOf: () => undefined, dates: () => [], knownUntil: '2099-12-31' }),
    timeZone,
  }
  const isOpen = async (date: string) => (await openingsOn(deps, date))(own.id, at(date, 12)).state === 'open'
  return { db, own, change, isOpen }
}

test('a day that is over is told by the change that held on it, and its neighbours by the usual hours', async () => {
  const { db, own, change, isOpen } = await open()
  await db
    .insertInto('hours_change')
    .values({ ...change, id: 'c1', station: own.id, created_at_ms: at('2026-10-17', 9) })
    .execute()
  expect(await Promise.all(['2026-10-17', '2026-10-18', '2026-10-19', '2026-10-20'].map(isOpen))).toEqual([
    true,
    false,
    false,
    true,
  ])
})

test('a change made after the day, or taken back before it was over, did not hold on it; one of the district did', async () => {
  const { db, own, change, isOpen } = await open()
  await db
    .insertInto('hours_change')
    .values([
      { ...change, id: 'late', station: own.id, created_at_ms: at('2026-10-19', 9) },
      { ...change, id: 'back', station: own.id, created_at_ms: 0, ended_at_ms: at('2026-10-18', 15) },
    ])
    .execute()
  expect(await isOpen('2026-10-18')).toBe(true)
  expect(await isOpen('2026-10-19')).toBe(false)
  await db
    .insertInto('hours_change')
    .values({ ...change, id: 'all', station: null, created_at_ms: at('2026-10-17', 9) })
    .execute()
  expect(await isOpen('2026-10-18')).toBe(false)
})
