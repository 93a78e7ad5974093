import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type NoticeRequest, noticeRequestSchema } from '@harbor/protocol'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { confirmMail } from '../../test/confirmed-mail.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import { openTestRegistry } from '../../test/test-registry.ts'
import type { RegistryTables } from '../registry/schema.ts'
import { createTell } from '../tell/tell.ts'
import { createTellOutbox } from '../tell/tell-outbox.ts'
import { issueNotice } from './issue.ts'
import { noticeDetail } from './notice-queries.ts'
import { createNoticeRounds } from './notice-rounds.ts'
import { recipientsOf } from './recipients.ts'

const STATIONS = 1_500
const LOG = pino({ level: 'silent' })
const CITY = { login: 'city', name: 'City', role: 'manager' as const, districts: [] }
const NOON = Date.UTC(2026, 6, 30, 4)

let dir: string
let db: RegistryDb
let nowMs: number

beforeEach(async () => {
  nowMs = NOON
  dir = await mkdtemp(join(tmpdir(), 'harbor-notices-'))
  db = await openTestRegistry(dir)
  await fill()
})
afterEach(async () => {
  await db.destroy()
  await rm(dir, { recursive: true, force: true })
})

const street = (n: number) => `500103${String(100 + (n % 900)).padStart(3, '0')}`

/** A city of 1,500 stations in 900 streets, each street with a keeper; every tenth keeper has no mailbox. */
async function fill() {
  await db.insertInto('region').values({ district: '500103', name_zh: '渝中区', name_en: 'Yuzhong' }).execute()
  await insert(
    'station',
    Array.from({ length: STATIONS }, (_one, n) => ({
      id: `s-${n}`,
      district: '500103',
      street: street(n),
      name_zh: `站${n}`,
      name_en: `Station ${n}`,
      address_zh: null,
      address_en: null,
      lat_deg: 29.5,
      lng_deg: 106.5,
      hours: null,
      capacity: null,
      facilities: '[]',
      host_kind: null,
      phone: null,
      hint_zh: null,
      hint_en: null,
      floor_area_m2: null,
      notes: null,
      state_since_ms: null,
    })),
  )
  const keepers = Array.from({ length: 900 }, (_one, n) => ({ login: `k-${n}`, n }))
  await insert('person', [
    { login: 'city', name: 'City', role: 'manager' as const, password_hash: '', created_at_ms: 0 },
    ...keepers.map(({ login }) => ({
      login,
      name: login,
      role: 'keeper' as const,
      password_hash: '',
      created_at_ms: 0,
    })),
  ])
  await insert(
    'person_district',
    keepers.map(({ login }) => ({ login, district: '500103' })),
  )
  await insert(
    'person_street',
    keepers.map(({ login, n }) => ({ login, street: street(n) })),
  )
  const choice = (login: string) => JSON.stringify({ mail: `${login}@harbor.example`, severities: [], language: 'zh' })
  await insert(
    'tell_choice',
    keepers.filter(({ n }) => n % 10 !== 0).map(({ login }) => ({ login, choice: choice(login) })),
  )
  await confirmMail(
    db,
    keepers.map(({ login }) => ({ login, address: `${login}@harbor.example` })),
    NOON,
  )
}

async function insert<Table extends 'station' | 'person' | 'person_district' | 'person_street' | 'tell_choice'>(
  table: Table,
  rows: Parameters<ReturnType<typeof db.insertInto<Table>>['values']>[0] & readonly object[],
) {
  for (let from = 0; from < rows.length; from += 500)
    await db
      .insertInto<keyof RegistryTables>(table)
      .values(rows.slice(from, from + 500) as never)
      .execute()
}

test('all of 1,500 addressees are delivered or failed with the reason, each person told once, whatever is sent or tried twice', async () => {
  const letters: { to: string; id: string }[] = []
  const tries = new Map<string, number>()
  const outbox = createTellOutbox({
    db,
    sendPush: () => Promise.resolve({ result: 'sent' }),
    // Every third mailbox is away at first; every hundredth refuses for good.
    sendMail: ({ to, id }) => {
      const tried = (tries.get(to) ?? 0) + 1
      tries.set(to, tried)
      const n = Number(/\d+/.exec(to)?.[0])
      if (n % 100 === 7) return Promise.resolve({ result: 'refused', reason: 'no such mailbox' })
      if (n % 3 === 0 && tried === 1) return Promise.resolve({ result: 'later', reason: 'busy' })
      letters.push({ to, id })
      return Promise.resolve({ result: 'sent' })
    },
    publicUrl: undefined,
    timeZone: 'Asia/Shanghai',
    attachmentOf: () => Promise.resolve(undefined),
    nowMs: () => nowMs,
    log: LOG,
  })
  const tell = createTell({ db, outbox, rules: [], nowMs: () => nowMs, newId: () => 'id', log: LOG })
  const directory = {
    stations: new Map(
      Array.from({ length: STATIONS }, (_one, n) => [`s-${n}`, { record: { district: '500103', street: street(n) } }]),
    ),
  } as never
  const rounds = () =>
    createNoticeRounds({
      db,
      directory,
      tell,
      changes: { add: () => Promise.reject(new Error('no hours')), end: () => Promise.reject(new Error('no hours')) },
      heatStands: () => true,
      onEnded: () => Promise.resolve(),
      onChanged: () => undefined,
      nowMs: () => nowMs,
      log: LOG,
    })
  const request: NoticeRequest = noticeRequestSchema.parse({
    key: 'ab'.repeat(16),
    kind: 'heat',
    severity: 'urgent',
    titleZh: '高温',
    titleEn: 'Heat',
    textZh: '开放至 22:00',
    textEn: 'Open until 22:00',
    to: { wholeCity: true },
    expected: STATIONS,
  })
  expect((await recipientsOf(db, CITY, request.to)).count).toBe(STATIONS)
  const deps = { db, planOf: () => undefined, nowMs: () => nowMs, newId: () => 'n-1' }
  const both = await Promise.all([issueNotice(deps, CITY, request), issueNotice(deps, CITY, request)])
  expect(both.map(({ isNew }) => isNew).sort()).toEqual([false, true])

  // A new one each time, as after a restart: all that it knows is in the tables.
  for (let turn = 0; turn < 20; turn += 1) {
    await rounds().round()
    await outbox.deliver()
    nowMs += 31_000
    if (nowMs - NOON > 14 * 60_000) break
  }
  await rounds().round()
  const { counts, receipts, addressees } = await noticeDetail(db, CITY, 'n-1')
  // Streets 0, 10, … have a keeper without a mailbox, streets 7, 107, … one that refuses; stations 900 to 1,499 repeat streets 0 to 599.
  const failed = Array.from({ length: STATIONS }, (_one, n) => n % 900).filter(
    n => n % 10 === 0 || n % 100 === 7,
  ).length
  expect(counts).toMatchObject({ sent: 0, failed, delivered: STATIONS - failed })
  expect(addressees).toBe(STATIONS)
  expect(new Set(receipts.filter(({ state }) => state === 'failed').map(({ note }) => note))).toEqual(
    new Set(['no_way', 'no such mailbox']),
  )
  // 900 keepers but 90 without a mailbox and 9 whose mailbox refuses; no letter twice.
  expect(letters).toHaveLength(900 - 90 - 9)
  expect(new Set(letters.map(({ id }) => id)).size).toBe(letters.length)
  await tell.stop()
}, 60_000)
