import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { twoDistrictFleet } from '../../test/fleet-fixture.ts'
import { importFleet } from '../registry/fleet-import.ts'
import { openTestRegistry } from '../../test/test-registry.ts'
import { absencesOn } from './absence.ts'
import { makeShift } from './shift-writes.ts'

const HOUR_MS = 3_600_000
/** Midnight of 23 November 2026 in Chongqing. */
const MONDAY_MS = Date.parse('2026-11-22T16:00:00Z')

test('a day that was not as posted is nobody’s on the rota, or one to which nobody came, or the rota says nothing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'harbor-rota-'))
  const db = await openTestRegistry(folder)
  onTestFinished(async () => {
    await db.destroy()
    await rm(folder, { recursive: true, force: true })
  })
  await importFleet(db, twoDistrictFleet(), () => undefined)
  const needs = { needs_keeper: 1 as const, set_by: 'boss', at_ms: MONDAY_MS + 24 * HOUR_MS }
  await db
    .insertInto('rota_station')
    .values({ station: 'yuzhong-1', ...needs })
    .execute()
  const add = (id: string, day: number, { person, cameMs }: { person?: string; cameMs?: number }) =>
    db.transaction().execute(async tx => {
      const fromMs = MONDAY_MS + (day * 24 + 9) * HOUR_MS
      const shift = { id, station: 'yuzhong-1', district: '500103', fromMs, toMs: fromMs + 4 * HOUR_MS, person }
      await makeShift(tx, shift, { actor: 'boss', atMs: 0 })
      if (cameMs !== undefined)
        await tx.updateTable('shift').set({ checked_in_ms: cameMs }).where('id', '=', id).execute()
    })
  await add('open', 1, {})
  await add('missed', 2, { person: 'login:a' })
  await add('came', 3, { person: 'login:a', cameMs: MONDAY_MS + (3 * 24 + 10) * HOUR_MS })
  await add('running', 5, { person: 'login:a' })
  const dates = ['2026-11-23', '2026-11-24', '2026-11-25', '2026-11-26', '2026-11-27', '2026-11-28', '2026-11-29']
  const days = dates.flatMap(date => ['yuzhong-1', 'yubei-1'].map(station => ({ station, date })))
  // On Saturday at ten the shift of that day goes on.
  const atMs = MONDAY_MS + (5 * 24 + 10) * HOUR_MS
  const found = await absencesOn(db, days, { timeZone: 'Asia/Shanghai', atMs })
  expect([...found]).toEqual([
    ['yuzhong-1 2026-11-24', 'nobody_on_rota'],
    ['yuzhong-1 2026-11-25', 'nobody_came'],
    ['yuzhong-1 2026-11-27', 'nobody_on_rota'],
  ])
})
