import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type FeedbackTopic, type FeedbackView, type Person, topics } from '@harbor/protocol'
import { pino } from 'pino'
import sharp from 'sharp'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createCheckIns } from '../src/check-in/check-ins.ts'
import { createFeedbackBook } from '../src/feedback/feedback-book.ts'
import { createFeedbackDesk } from '../src/feedback/feedback-desk.ts'
import { createFeedbackWork } from '../src/feedback/feedback-work.ts'
import {
  NETWORK_KEPT_MS,
  PHOTO_KEPT_MS,
  REPORT_KEPT_MS,
  deleteOldFeedback,
  removeOrphans,
} from '../src/feedback/retention.ts'
import { createVisitorKeys } from '../src/feedback/visitor-keys.ts'
import { type PhotoStore, createPhotoStore } from '../src/photos/photo-store.ts'
import { type Directory, loadDirectory } from '../src/registry/directory.ts'
import { importFleet } from '../src/registry/fleet-import.ts'
import type { RegistryDb } from '../src/registry/open-registry.ts'
import { openTestRegistry } from './test-registry.ts'
import { twoDistrictFleet } from './fleet-fixture.ts'

const ZONE = 'Asia/Shanghai'
const HOUR_MS = 3_600_000
const ADMIN: Person = { login: 'admin', name: 'Admin', role: 'administrator', districts: [] }
const keys = createVisitorKeys('a secret of the tests')

let dir: string
let db: RegistryDb
let directory: Directory
let photos: PhotoStore
let nowMs: number
let views: FeedbackView[]

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'harbor-forgotten-'))
  db = await openTestRegistry(dir)
  await importFleet(db, twoDistrictFleet(), () => 'ab'.repeat(32))
  directory = await loadDirectory(db)
  photos = createPhotoStore({ folder: join(dir, 'photos'), quotaBytes: 1e8 })
  await photos.start()
  nowMs = Date.parse('2026-11-23T02:00:00Z')
  views = []
})

afterEach(async () => {
  await db.destroy()
  await rm(dir, { recursive: true, force: true })
})

let ids = 0
const newId = () => `id-${(ids += 1)}`
const newKey = () => randomBytes(16).toString('hex')

function visitors() {
  const work = createFeedbackWork({ db, nowMs: () => nowMs, onChanged: view => views.push(view) })
  const book = createFeedbackBook({
    db,
    directory,
    photos,
    nowMs: () => nowMs,
    newId,
    onChanged: (view, what) => {
      views.push(view)
      if (what === 'received') work.tellReport(view)
      if (what === 'fixed_answered') work.tellAnswer(view)
    },
  })
  const desk = createFeedbackDesk({
    db,
    photos,
    nowMs: () => nowMs,
    onChanged: view => views.push(view),
    onPhotosChanged: async () => undefined,
  })
  const tell = async (topic: FeedbackTopic, photoOf?: string): Promise<string> => {
    const key = newKey()
    await book.take('yuzhong-1', { key, topic, photos: photoOf === undefined ? 0 : 1 }, keys.network('1.2.3.4', nowMs))
    if (photoOf === undefined) return key
    const pixels = { width: 9, height: 9, channels: 3, background: photoOf } as const
    await book.takePhoto(key, 1, await sharp({ create: pixels }).png().toBuffer())
    return key
  }
  return { book, desk, tell, ...work }
}

const files = async () =>
  (await readdir(join(dir, 'photos'), { recursive: true })).filter(name => name.endsWith('.jpg')).length

test('the mark of a network goes after two days, the report stays', async () => {
  await visitors().tell('dirty')
  const networks = async () => (await db.selectFrom('feedback').select('network').execute()).map(row => row.network)
  nowMs += NETWORK_KEPT_MS
  await deleteOldFeedback(db, photos, nowMs)
  expect(await networks()).toEqual([expect.any(String)])
  await deleteOldFeedback(db, photos, nowMs + 1)
  expect(await networks()).toEqual([null])
})

test('photos go 90 days after their report was closed, unless staff released them or another report has the same', async () => {
  const { desk, tell } = visitors()
  for (const colour of ['red', 'green', 'blue']) await tell('dirty', colour)
  await tell('thanks', 'blue')
  const [, ...closing] = (await desk.list(ADMIN, { state: 'all', limit: 9 })).feedback
  for (const { id } of closing) await desk.close(ADMIN, id, undefined)
  const green = closing.at(-2)?.photos[0]?.id ?? ''
  await desk.release(ADMIN, green)
  // Red, green, green for the public, and blue once for both.
  expect(await files()).toBe(4)
  await deleteOldFeedback(db, photos, nowMs + PHOTO_KEPT_MS)
  expect(await files()).toBe(4)
  await deleteOldFeedback(db, photos, nowMs + PHOTO_KEPT_MS + 1)
  expect(await files()).toBe(3)
  expect(await desk.publicPhoto(green)).toBeDefined()
})

test('after 400 days a report is gone with all that is not released', async () => {
  const { book, desk, tell } = visitors()
  const key = await tell('dirty', 'red')
  const shown = await tell('thanks', 'green')
  const [newest] = (await desk.list(ADMIN, { state: 'all', limit: 9 })).feedback.filter(
    ({ topic }) => topic === 'thanks',
  )
  await desk.release(ADMIN, newest?.photos[0]?.id ?? '')
  await deleteOldFeedback(db, photos, nowMs + REPORT_KEPT_MS + 1)
  for (const gone of [key, shown]) await expect(book.status(gone)).rejects.toMatchObject({ code: 'not_found' })
  expect(await files()).toBe(2)
  expect(await desk.publicPhoto(newest?.photos[0]?.id ?? '')).toBeDefined()
})

test('a photo that was kept but never noted is removed at the next start, and no other', async () => {
  await visitors().tell('dirty', 'red')
  await photos.keep(
    await sharp({ create: { width: 9, height: 9, channels: 3, background: 'blue' } })
      .png()
      .toBuffer(),
  )
  expect(await files()).toBe(2)
  expect([await removeOrphans(db, photos), await removeOrphans(db, photos), await files()]).toEqual([1, 0, 1])
})

test('check-ins of a month are deleted seven days after its end, and not before', async () => {
  const log = pino({ level: 'silent' })
  const checkIns = createCheckIns({
    db,
    directory,
    keys,
    timeZone: ZONE,
    nowMs: () => nowMs,
    onChanged: () => undefined,
    log,
  })
  const at = async (text: string) => {
    nowMs = Date.parse(text)
    const { code } = await checkIns.doorCode(ADMIN, 'yuzhong-1')
    await checkIns.byCode('yuzhong-1', { key: 'ab'.repeat(16), code, leaving: false })
  }
  const hours = async () => (await db.selectFrom('check_in').selectAll().orderBy('hour_ms').execute()).map(row => row)
  await at('2026-10-31T23:59:00+08:00')
  await at('2026-11-01T00:01:00+08:00')
  const [october, november] = await hours()
  // The same phone, two minutes later, is somebody else in the next month.
  expect(october?.pseudonym).not.toBe(november?.pseudonym)
  nowMs = Date.parse('2026-11-07T23:59:59+08:00')
  expect([await checkIns.deleteOld(), (await hours()).length]).toEqual([0, 2])
  nowMs = Date.parse('2026-11-08T00:00:00+08:00')
  expect([await checkIns.deleteOld(), await hours()]).toEqual([1, [november]])
})

test('a thousand check-ins of an hour are kept and no more, however many phones are made up', async () => {
  const checkIns = createCheckIns({
    db,
    directory,
    keys,
    timeZone: ZONE,
    nowMs: () => nowMs,
    onChanged: () => undefined,
    log: pino({ level: 'silent' }),
  })
  const rows = Array.from({ length: 1_000 }, (_, n) => ({ station: 'yuzhong-1', hour_ms: nowMs, pseudonym: `p${n}` }))
  await db.insertInto('check_in').values(rows).execute()
  const { code } = await checkIns.doorCode(ADMIN, 'yuzhong-1')
  await checkIns.byCode('yuzhong-1', { key: newKey(), code, leaving: false })
  expect(await db.selectFrom('check_in').selectAll().execute()).toHaveLength(1_000)
  nowMs += HOUR_MS
  await checkIns.byCode('yuzhong-1', { key: newKey(), code, leaving: false })
  expect(await db.selectFrom('check_in').selectAll().execute()).toHaveLength(1_001)
})

test('a report that became work is followed by its visitor to the question whether it is fixed', async () => {
  const { book, tell, work } = visitors()
  const taken = vi.fn<(report: { id: string }) => void>()
  const answered = vi.fn()
  work.onReport(taken)
  work.onFixedAnswered(answered)
  const key = await tell('broken')
  const id = taken.mock.calls[0]?.[0].id ?? ''
  expect(await work.untaken()).toEqual([{ id, station: 'yuzhong-1', appliance: undefined, topic: 'broken' }])
  await expect(book.answerFixed(key, true)).rejects.toMatchObject({ code: 'conflict' })
  const promisedAtMs = nowMs + HOUR_MS
  await work.progress({ report: id, state: 'in_work', workOrder: 'order-1', promisedAtMs })
  expect(await book.status(key)).toMatchObject({ state: 'in_work', promisedAt: new Date(promisedAtMs).toISOString() })
  expect(await work.untaken()).toEqual([])
  await work.progress({ report: id, state: 'fixed' })
  expect(await book.answerFixed(key, false)).toMatchObject({ state: 'in_work', fixed: false })
  // Asked again after the second repair; the same answer given twice is one.
  await work.progress({ report: id, state: 'fixed' })
  for (let n = 0; n < 2; n += 1)
    expect(await book.answerFixed(key, true)).toMatchObject({ state: 'closed', fixed: true })
  await expect(book.answerFixed(key, false)).rejects.toMatchObject({ code: 'conflict' })
  expect(answered.mock.calls).toEqual([
    [id, false],
    [id, true],
  ])
  const changes = views.length
  await work.progress({ report: id, state: 'in_work' })
  expect([(await book.status(key)).state, views.length]).toEqual(['closed', changes])
})

test('an event stands in the outbox for every change, and for nothing that changed nothing', async () => {
  const { book, tell, work } = visitors()
  const key = await tell('broken')
  const id = views[0]?.id ?? ''
  for (let n = 0; n < 3; n += 1) await work.progress({ report: id, state: 'fixed' })
  for (let n = 0; n < 3; n += 1) await book.answerFixed(key, true)
  const events = await db.selectFrom('event_outbox').select(['topic', 'payload']).orderBy('seq').execute()
  expect(events.map(({ topic }) => topic)).toEqual([
    topics.event('500103', 'feedback-received'),
    topics.event('500103', 'feedback-changed'),
    topics.event('500103', 'feedback-changed'),
  ])
  const states = events.map(({ payload }) => (JSON.parse(payload) as { data: { state: string } }).data.state)
  expect(states).toEqual(['received', 'fixed', 'closed'])
})
