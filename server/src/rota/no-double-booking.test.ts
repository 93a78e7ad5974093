import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { HALF_HOUR_MS, SHIFT_ACTS } from '@harbor/protocol'
import * as fc from 'fast-check'
import { sql } from 'kysely'
import { expect, onTestFinished, test } from 'vitest'
import { twoDistrictFleet } from '../../test/fleet-fixture.ts'
import { importFleet } from '../registry/fleet-import.ts'
import { isOnPostgres, openTestRegistry } from '../../test/test-registry.ts'
import { changeShift, makeShift } from './shift-writes.ts'

const START_MS = 1_000 * HALF_HOUR_MS
const PEOPLE = ['login:a', 'login:b', 'login:c']

const shifts = fc.array(fc.record({ from: fc.integer({ min: 0, max: 6 }), long: fc.integer({ min: 1, max: 4 }) }), {
  minLength: 2,
  maxLength: 4,
})
const acts = fc.array(
  fc.record({
    at: fc.nat({ max: 3 }),
    // What makes somebody a shift's holder comes often.
    act: fc.constantFrom('sign_up', 'assign', 'offer', 'take', 'confirm', ...SHIFT_ACTS),
    actor: fc.constantFrom(...PEOPLE),
    person: fc.constantFrom(...PEOPLE),
    isManager: fc.boolean(),
    afterMs: fc.integer({ min: 0, max: 12 * HALF_HOUR_MS }),
  }),
  { minLength: 10, maxLength: 30, size: 'max' },
)

test('nobody has two shifts at once, in whatever order whoever does what', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'harbor-rota-'))
  const db = await openTestRegistry(folder)
  onTestFinished(async () => {
    await db.destroy()
    await rm(folder, { recursive: true, force: true })
  })
  await importFleet(db, twoDistrictFleet(), () => undefined)
  // Every run begins with no shift at all: what guards their history is in the way of that alone.
  await (
    isOnPostgres ? sql`drop trigger shift_act_append_only on shift_act` : sql`drop trigger shift_act_no_delete`
  ).execute(db)
  let done = 0
  const refusals: unknown[] = []
  await fc.assert(
    fc.asyncProperty(shifts, acts, async (...[given, steps]) => {
      for (const table of ['shift_half_hour', 'shift_act', 'shift'] as const) await db.deleteFrom(table).execute()
      const ids = await Promise.all(
        given.map(async ({ from, long }, index) => {
          const id = `s${index}`
          const fromMs = START_MS + from * HALF_HOUR_MS
          const shift = { id, station: 'yuzhong-1', district: '500103', fromMs, toMs: fromMs + long * HALF_HOUR_MS }
          await db.transaction().execute(tx => makeShift(tx, shift, { actor: 'boss', atMs: 0 }))
          return id
        }),
      )
      for (const { at, afterMs, ...who } of steps) {
        const acting = { ...who, atMs: START_MS - 4 * HALF_HOUR_MS + afterMs, isAtDoor: false }
        await db
          .transaction()
          .execute(async tx => {
            const row = await tx
              .selectFrom('shift')
              .selectAll()
              .where('id', '=', ids[at % ids.length] ?? '')
              .executeTakeFirstOrThrow()
            await changeShift(tx, row, { ...acting, login: who.actor })
            done += 1
          })
          .catch((error: { code: unknown }) => refusals.push(error.code))
      }
      const rows = await db.selectFrom('shift').selectAll().where('cancelled_at_ms', 'is', null).execute()
      const clashes = rows.filter(one =>
        rows.some(
          other =>
            one.id !== other.id &&
            one.person !== null &&
            one.person === other.person &&
            one.from_ms < other.to_ms &&
            other.from_ms < one.to_ms,
        ),
      )
      expect(clashes).toEqual([])
      // The person's time is exactly that of their shifts.
      const held = rows
        .filter(({ person }) => person !== null)
        .reduce((sum, row) => sum + (Number(row.to_ms) - Number(row.from_ms)) / HALF_HOUR_MS, 0)
      const kept = await db.selectFrom('shift_half_hour').select('shift').execute()
      expect(kept.length).toBe(held)
      const history = await db.selectFrom('shift_act').select('shift').execute()
      const all = await db.selectFrom('shift').select('revision').execute()
      expect(history.length).toBe(all.reduce((sum, { revision }) => sum + revision, 0))
    }),
    { numRuns: 60 },
  )
  expect([...new Set(refusals)]).toEqual(['conflict'])
  expect(done).toBeGreaterThan(100)
})

test('the table itself refuses a half hour that a person has already', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'harbor-rota-'))
  const db = await openTestRegistry(folder)
  onTestFinished(async () => {
    await db.destroy()
    await rm(folder, { recursive: true, force: true })
  })
  await importFleet(db, twoDistrictFleet(), () => undefined)
  const time = { station: 'yuzhong-1', district: '500103', fromMs: START_MS, toMs: START_MS + HALF_HOUR_MS }
  await db
    .transaction()
    .execute(tx => makeShift(tx, { id: randomUUID(), ...time, person: 'login:a' }, { actor: 'x', atMs: 0 }))
  const twice = { person: 'login:a', half_hour: 1_000, shift: 'another' }
  await expect(db.insertInto('shift_half_hour').values(twice).execute()).rejects.toThrow(/unique/i)
})
