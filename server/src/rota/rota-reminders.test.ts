import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { twoDistrictFleet } from '../../test/fleet-fixture.ts'
import { importFleet } from '../registry/fleet-import.ts'
import { openTestRegistry } from '../../test/test-registry.ts'
import { createTellOutbox } from '../tell/tell-outbox.ts'
import { createTell } from '../tell/tell.ts'
import { REMIND_BEFORE_MS, remind } from './rota-reminders.ts'
import { changeShift, makeShift } from './shift-writes.ts'

const FROM_MS = Date.parse('2026-11-23T01:00:00Z')
const HOUR_MS = 3_600_000

test('a holder is reminded once, two hours before, through a restart, and not of a shift given back meanwhile', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'harbor-rota-'))
  const db = await openTestRegistry(folder)
  onTestFinished(async () => {
    await db.destroy()
    await rm(folder, { recursive: true, force: true })
  })
  await importFleet(db, twoDistrictFleet(), () => undefined)
  const person = { login: 'keeper', name: '站长', role: 'keeper', password_hash: '', created_at_ms: 0 } as const
  await db.insertInto('person').values(person).execute()
  const device = { id: 'd', login: 'keeper', endpoint: 'https://push.test/1', p256dh: 'x', auth: 'y', label: 'p' }
  await db
    .insertInto('tell_device')
    .values({ ...device, created_at_ms: 0 })
    .execute()
  let nowMs = FROM_MS - REMIND_BEFORE_MS - 1
  const sent: string[] = []
  const log = pino({ level: 'silent' })
  const common = { db, timeZone: 'Asia/Shanghai', nowMs: () => nowMs, log }
  const look = async () => {
    // Made anew each time, as after a restart.
    const outbox = createTellOutbox({
      ...common,
      sendPush: async (_device, message) => {
        sent.push(message.title)
        return { result: 'sent' }
      },
      sendMail: undefined,
      publicUrl: undefined,
    })
    const tell = createTell({ ...common, outbox, rules: [], newId: () => 'id' })
    await remind({ ...common, tell, hours: { planOf: () => undefined }, onEvent: () => undefined })
    await tell.settle()
  }
  const shift = (id: string, fromMs: number) =>
    db
      .transaction()
      .execute(tx =>
        makeShift(
          tx,
          { id, station: 'yuzhong-1', district: '500103', fromMs, toMs: fromMs + HOUR_MS, person: 'login:keeper' },
          { actor: 'boss', atMs: 0 },
        ),
      )
  await shift('s1', FROM_MS)
  await look()
  expect(sent).toEqual([])
  nowMs += 1
  await look()
  await look()
  expect(sent).toEqual(['值守提醒：渝中一号'])
  await shift('s2', FROM_MS + HOUR_MS)
  await db.transaction().execute(async tx => {
    const row = await tx.selectFrom('shift').selectAll().where('id', '=', 's2').executeTakeFirstOrThrow()
    const me = 'login:keeper'
    const acting = { act: 'withdraw', person: me, actor: me, isManager: false, atMs: nowMs, isAtDoor: false } as const
    await changeShift(tx, row, { ...acting, login: 'keeper' })
  })
  nowMs += HOUR_MS
  await look()
  expect(sent.length).toBe(1)
})
