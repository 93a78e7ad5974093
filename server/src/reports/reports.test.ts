import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Person } from '@harbor/protocol'
import { assert, date, property } from 'fast-check'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { confirmMail } from '../../test/confirmed-mail.ts'
import { MANAGER, openOrders } from '../../test/order-fixture.ts'
import { copyTestRegistry } from '../../test/test-registry.ts'
import { loadDirectory } from '../registry/directory.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import type { SendMail } from '../tell/channels.ts'
import { putChoice } from '../tell/tell-choices.ts'
import { type TellOutbox, createTellOutbox } from '../tell/tell-outbox.ts'
import { type StationDay, noFacts } from '../usage/facts.ts'
import { dayOfDate } from '../usage/local-day.ts'
import { addUp } from '../usage/sums.ts'
import { writeDays } from '../usage/write-days.ts'
import { dueMonth, monthOf, nextMakingMs } from './months.ts'
import { createReportBook } from './report-book.ts'
import { readReport, reportAttachment } from './report-files.ts'
import { reportSections } from './report-sections.ts'
import { type Reports, openReports } from './open-reports.ts'

const TIME_ZONE = 'Asia/Shanghai'
const YUBEI: Person = { login: 'yubei-boss', name: '渝北经理', role: 'manager', districts: ['500112'] }
const OFFICER: Person = { ...YUBEI, login: 'officer', streets: ['500112004'] }
const LOG = pino({ level: 'silent' })

let template: string
let dir: string
let db: RegistryDb
let nowMs: number
let letters: Parameters<SendMail>[0][]
let outbox: TellOutbox
let reports: Reports

beforeAll(async () => {
  template = await mkdtemp(join(tmpdir(), 'harbor-reports-'))
  const made = await openOrders(template, { nowMs: () => 0, people: [MANAGER, YUBEI, OFFICER] })
  await made.db.destroy()
})
afterAll(() => rm(template, { recursive: true, force: true }))
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'harbor-reports-'))
  await cp(template, dir, { recursive: true })
  await copyTestRegistry(template, dir)
  ;({ db } = await openOrders(dir, { nowMs: () => nowMs }))
  nowMs = at('2026-11-01T06:00')
  letters = []
  outbox = createTellOutbox({
    db,
    sendPush: () => Promise.resolve({ result: 'sent' }),
    sendMail: letter => {
      letters.push(letter)
      return Promise.resolve({ result: 'sent' })
    },
    publicUrl: 'https://harbor.example',
    timeZone: TIME_ZONE,
    attachmentOf: (_kind, subject, language) => reportAttachment(db, subject, { language, timeZone: TIME_ZONE }),
    nowMs: () => nowMs,
    log: LOG,
  })
  reports = openReports({ ...(await usageDeps()), tell: { outbox, sendsMail: true }, log: LOG })
})
afterEach(async () => {
  await reports.stop()
  await db.destroy()
  await rm(dir, { recursive: true, force: true })
})

const at = (local: string) => Date.parse(`${local}:00+08:00`)
const usageDeps = async () => ({
  store: { series: () => Promise.resolve({ level: 'raw' as const, truncated: false, series: [] }) },
  db,
  directory: await loadDirectory(db),
  dayOf: () => undefined,
  timeZone: TIME_ZONE,
  nowMs: () => nowMs,
})
const bookOf = async () =>
  createReportBook({
    db,
    sections: reportSections(await usageDeps()),
    wasCounted: () => Promise.resolve(true),
    timeZone: TIME_ZONE,
    nowMs: () => nowMs,
  })

/** Ninety visits on a day in October, at a station of Yubei. */
async function count(visits = 90) {
  const { directory } = await usageDeps()
  const entry = [...directory.stations.values()].find(({ record }) => record.district === '500112')
  if (entry === undefined) throw new Error('the fleet of the tests has no station in Yubei')
  const day = dayOfDate('2026-10-15')
  const result: StationDay = {
    station: entry.record.id,
    day,
    method: 'in_out',
    facts: { ...noFacts(), minutes: 1440, people_minutes: 1440, visits, people_in: visits, people_out: visits },
    hours: { visits: [], people: [], kWh: [], coolingKWh: [], waterKWh: [] },
    truth: 'as_posted',
    posted: undefined,
    firstSign: 480,
    lastSign: 1200,
  }
  await writeDays(db, [{ entry, result }], { day, nowMs })
  await addUp(db, { district: '500112', day }, true)
}

test('a month is due from six in the morning of the first on, by the stations’ clock', () => {
  expect(dueMonth(at('2026-11-01T05:59'), TIME_ZONE)).toBe('2026-09')
  expect(dueMonth(at('2026-11-01T06:00'), TIME_ZONE)).toBe('2026-10')
  expect(dueMonth(at('2027-01-31T23:59'), TIME_ZONE)).toBe('2026-12')
  expect(monthOf('2028-02')).toEqual({ month: '2028-02', from: '2028-02-01', to: '2028-02-29' })
})

test('the next making lies ahead, and makes another month than now', () => {
  assert(
    property(date({ min: new Date('2024-01-01'), max: new Date('2040-01-01'), noInvalidDate: true }), now => {
      const nextMs = nextMakingMs(now.getTime(), TIME_ZONE)
      expect(nextMs).toBeGreaterThan(now.getTime())
      expect(dueMonth(nextMs, TIME_ZONE) > dueMonth(nextMs - 1, TIME_ZONE)).toBe(true)
      expect(dueMonth(nextMs - 1, TIME_ZONE)).toBe(dueMonth(now.getTime(), TIME_ZONE))
    }),
  )
})

test('a district in which something was counted gets its report by itself, once, and it stays as it was made', async () => {
  await count()
  await reports.look()
  const made = await db.selectFrom('monthly_report').select(['district', 'month', 'made_by']).execute()
  expect(made).toEqual([{ district: '500112', month: '2026-10', made_by: null }])
  const first = await readReport(db, { district: '500112', month: '2026-10' })
  const visits = first?.tables[0]
  expect(visits?.rows.flat()).toContain(90)

  await count(500)
  await reports.look()
  expect(await readReport(db, { district: '500112', month: '2026-10' })).toEqual(first)
})

test('a report tells of its own district alone', async () => {
  await count()
  await reports.look()
  const names = await db.selectFrom('station').select(['id', 'name_zh']).where('district', '!=', '500112').execute()
  const text = JSON.stringify((await readReport(db, { district: '500112', month: '2026-10' }))?.tables)
  for (const { id, name_zh: name } of names) {
    expect(text).not.toContain(`"${id}"`)
    expect(text).not.toContain(name)
  }
})

test('whoever asked for it is sent it once as a PDF; who lost the district meanwhile is not', async () => {
  await count()
  const book = await bookOf()
  for (const { login } of [MANAGER, YUBEI]) {
    await putChoice(db, login, { mail: `${login}@example.org`, severities: [], language: 'en' })
    await confirmMail(db, [{ login, address: `${login}@example.org` }], nowMs)
  }
  await book.setMailed(MANAGER, ['500112'])
  await book.setMailed(YUBEI, ['500112'])
  await db.updateTable('person_district').set({ district: '500103' }).where('login', '=', YUBEI.login).execute()
  await reports.look()
  await reports.look()
  await outbox.deliver()
  expect(letters.map(({ to, attachment }) => [to, attachment?.name, attachment?.type])).toEqual([
    [`${MANAGER.login}@example.org`, '500112-2026-10.pdf', 'application/pdf'],
  ])
  expect(
    Buffer.from(letters[0]?.attachment?.bytes ?? [])
      .subarray(0, 5)
      .toString(),
  ).toBe('%PDF-')
  expect(letters[0]?.text).toContain('https://harbor.example/console/reports')
})

test('who gives it up before it is sent gets none', async () => {
  await count()
  const book = await bookOf()
  await putChoice(db, MANAGER.login, { mail: 'boss@example.org', severities: [], language: 'zh' })
  await confirmMail(db, [{ login: MANAGER.login, address: 'boss@example.org' }], nowMs)
  await book.setMailed(MANAGER, ['500112'])
  await reports.look()
  await book.setMailed(MANAGER, [])
  await outbox.deliver()
  expect(letters).toEqual([])
})

test('reports are seen, made and ordered only by who governs the whole district', async () => {
  const book = await bookOf()
  const key = { district: '500103', month: '2026-10' }
  await expect(book.make(YUBEI, key)).rejects.toMatchObject({ code: 'not_found' })
  await expect(book.setMailed(YUBEI, ['500103'])).rejects.toMatchObject({ code: 'not_found' })
  await expect(book.make(OFFICER, { ...key, district: '500112' })).rejects.toMatchObject({ code: 'not_found' })
  await book.make(MANAGER, key)
  expect((await book.list(YUBEI)).reports).toEqual([])
  expect((await book.list(OFFICER)).reports).toEqual([])
  expect((await book.list(MANAGER)).reports).toMatchObject([{ ...key, madeBy: MANAGER.name }])
})

test('a month that is not over has no report', async () => {
  const book = await bookOf()
  await expect(book.make(MANAGER, { district: '500112', month: '2026-11' })).rejects.toMatchObject({
    code: 'invalid_request',
  })
})
