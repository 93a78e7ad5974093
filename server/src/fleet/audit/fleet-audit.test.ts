import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FleetAuditQuery, Person } from '@harbor/protocol'
import { expect, onTestFinished, test } from 'vitest'
import { twoDistrictFleet } from '../../../test/fleet-fixture.ts'
import { importFleet } from '../../registry/fleet-import.ts'
import { openRegistry } from '../../registry/open-registry.ts'
import { insertToken } from '../claim-tokens.ts'
import { createFleetAudit } from './fleet-audit.ts'
import { recordFleetAct, recordFleetActs } from './record-fleet-act.ts'
import { recordReport } from './record-report.ts'
import { createRefusedClaims } from './refused-claims.ts'

const person = (districts: string[]): Person => ({ login: 'li', name: 'Li', role: 'hardware', districts })
const CITY = person([])
const GATEWAY = 'gw-yuzhong-1'

async function open() {
  const dir = await mkdtemp(join(tmpdir(), 'harbor-audit-'))
  const db = await openRegistry(join(dir, 'registry.sqlite'))
  onTestFinished(async () => {
    await db.destroy()
    await rm(dir, { recursive: true, force: true })
  })
  await importFleet(db, twoDistrictFleet(), () => 'ab')
  const audit = createFleetAudit(db)
  const rowsOf = async (query: Partial<FleetAuditQuery> = {}, who = CITY) =>
    (await audit.page(who, { limit: 500, ...query })).rows
  return { db, audit, rowsOf }
}

test('what was written down stays as it is, whatever is asked of the database', async () => {
  const { db, rowsOf } = await open()
  await db.transaction().execute(tx => recordFleetAct(tx, { act: 'claimed', atMs: 1, by: 'box', gateway: GATEWAY }))
  await expect(db.updateTable('fleet_audit').set({ actor: 'nobody' }).execute()).rejects.toThrow(/append-only/)
  await expect(db.deleteFrom('fleet_audit').execute()).rejects.toThrow(/append-only/)
  expect(await rowsOf()).toMatchObject([
    { seq: 1, act: 'claimed', by: 'box', gateway: GATEWAY, station: 'yuzhong-1', district: '500103' },
  ])
})

test('an act whose work is undone is undone with it', async () => {
  const { db, rowsOf } = await open()
  const work = db.transaction().execute(async tx => {
    await recordFleetAct(tx, { act: 'claimed', atMs: 1, by: 'box', gateway: GATEWAY })
    throw new Error('it failed after all')
  })
  await expect(work).rejects.toThrow('it failed after all')
  expect(await rowsOf()).toEqual([])
})

test('pages hold every row once, newest first, and each person sees what lies within their districts', async () => {
  const { db, audit, rowsOf } = await open()
  const acts = Array.from({ length: 25 }, (_, index) => ({
    act: 'config-issued' as const,
    atMs: index,
    by: 'li',
    gateway: index % 2 === 0 ? GATEWAY : 'gw-yubei-1',
    detail: { version: index, reason: undefined },
  }))
  await db.transaction().execute(tx => recordFleetActs(tx, acts))
  await db.transaction().execute(tx => recordFleetAct(tx, { act: 'claim-refused', atMs: 30, by: 'box' }))
  const seen: number[] = []
  for (let before: number | undefined; ;) {
    const { rows, next } = await audit.page(CITY, { limit: 10, before })
    seen.push(...rows.map(({ seq }) => seq))
    if (next === undefined) break
    before = next
  }
  expect(seen).toEqual(Array.from({ length: 26 }, (_, index) => 26 - index))
  const yuzhong = await rowsOf({}, person(['500103']))
  expect(new Set(yuzhong.map(({ gateway }) => gateway))).toEqual(new Set([GATEWAY]))
  // What belongs to no place is for whoever sees all of them.
  expect((await rowsOf({ act: 'claim-refused' }, person(['500103', '500112']))).length).toBe(0)
  expect(await rowsOf({ act: 'claim-refused' })).toMatchObject([{ seq: 26, detail: {} }])
})

test(
  'a flood of made-up tokens is written down within bounds, and hides no token that is real',
  { timeout: 60_000 },
  async () => {
    const { db, rowsOf } = await open()
    let nowMs = 1_000
    const refused = createRefusedClaims({ db, nowMs: () => nowMs })
    const real = `harbor1-7k2m${'0'.repeat(22)}`
    const of = { station: 'yuzhong-1', gateway: GATEWAY, by: 'li', atMs: 1, expiresAtMs: 2 }
    await db.transaction().execute(tx => insertToken(tx, { token: real, ...of }))
    for (let n = 0; n < 150; n += 1)
      await refused.note({
        token: `harbor1-${String(n).padStart(26, '0')}`,
        code: 'token_unknown',
        address: '192.0.2.1',
      })
    for (let n = 0; n < 5; n += 1) await refused.note({ token: real, code: 'token_expired', address: '192.0.2.2' })
    const rows = await rowsOf({ act: 'claim-refused' })
    expect(rows).toHaveLength(101)
    expect(rows[0]).toMatchObject({
      station: 'yuzhong-1',
      gateway: GATEWAY,
      detail: { token: 'harbor1-7k2m', code: 'token_expired', address: '192.0.2.2' },
    })
    expect(JSON.stringify(rows)).not.toContain(real)
    nowMs += 15 * 60_000
    await refused.note({ token: real, code: 'token_expired', address: '192.0.2.2' })
    expect((await rowsOf({ act: 'claim-refused', limit: 1 }))[0]?.detail).toMatchObject({ timesBefore: 4 })
  },
)

test(
  'a gateway that is made to refuse again and again fills no disk, and is heard again an hour later',
  { timeout: 60_000 },
  async () => {
    const { db, rowsOf } = await open()
    const refuse = (reason: string, nowMs: number) =>
      db.transaction().execute(tx => recordReport(tx, GATEWAY, { version: 1, state: 'refused', reason, nowMs }))
    for (let n = 0; n < 50; n += 1) await refuse(`reason ${n}`, 1_000 + n)
    expect(await rowsOf({ act: 'config-refused' })).toHaveLength(30)
    await refuse('later', 3_700_000)
    expect((await rowsOf({ limit: 1 }))[0]).toMatchObject({ by: 'box', detail: { reason: 'later', version: 1 } })
  },
)
