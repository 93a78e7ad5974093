import { readFileSync } from 'node:fs'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { MonthlyReportList } from '@harbor/protocol'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { importFleet } from '../server/src/registry/fleet-import.ts'
import { loadDirectory } from '../server/src/registry/directory.ts'
import { openRegistry } from '../server/src/registry/open-registry.ts'
import { type StationDay, noFacts } from '../server/src/usage/facts.ts'
import { dateOfDay, dayAt, monthOfDay } from '../server/src/usage/local-day.ts'
import { addUp } from '../server/src/usage/sums.ts'
import { writeDays } from '../server/src/usage/write-days.ts'
import { twoDistrictFleet } from '../server/test/fleet-fixture.ts'
import { PASSWORD, type RunningServer, startServer } from '../server/test/running-server.ts'
import { buildConsole } from '../web/console/test/built-console.ts'
import { accessibilityProblems, launchBrowser, openPhone } from '../web/console/test/open-console.ts'

const DISTRICT = '500103'
const BOSS = { login: 'boss', name: '渝中经理', role: 'manager', districts: [DISTRICT], password: PASSWORD }
const LOOKS = [
  { locale: 'zh-CN', colorScheme: 'light' },
  { locale: 'zh-CN', colorScheme: 'dark' },
  { locale: 'en', colorScheme: 'light' },
  { locale: 'en', colorScheme: 'dark' },
] as const
/** Where pictures of the pages and a report go; unset: none are kept. */
const PICTURES = process.env['HARBOR_PICTURES']

/** The first days of this month and of the two before it, by the stations' calendar. */
const thisMonth = monthOfDay(dayAt(Date.now(), 'Asia/Shanghai'))
const lastMonth = monthOfDay(thisMonth - 1)
const monthBefore = monthOfDay(lastMonth - 1)
const textOf = (month: number) => dateOfDay(month).slice(0, 7)

let webDir: string
let browser: Browser
let server: RunningServer

beforeAll(async () => {
  webDir = await mkdtemp(join(tmpdir(), 'harbor-web-'))
  const built = await buildConsole()
  await cp(built.dir, join(webDir, 'console'), { recursive: true })
  await built.remove()
  await mkdir(join(webDir, 'finder'))
  await writeFile(join(webDir, 'finder/index.html'), '<!doctype html><title>finder</title>')
  browser = await launchBrowser()
  server = await startServer({ dataDir: await usedForTwoMonths(), env: { WEB_DIR: webDir }, logins: [BOSS] })
})
afterAll(async () => {
  await browser?.close()
  await server?.[Symbol.asyncDispose]()
  await rm(webDir, { recursive: true, force: true })
})

/** A registry in which each station of the district was used on every day of the last two months. */
async function usedForTwoMonths(): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'harbor-reports-'))
  const db = await openRegistry(join(dataDir, 'registry.sqlite'))
  try {
    await importFleet(db, twoDistrictFleet(), () => undefined)
    const entries = [...(await loadDirectory(db)).stations.values()].filter(
      ({ record }) => record.district === DISTRICT,
    )
    for (let day = monthBefore; day < thisMonth; day += 1) {
      const rows = entries.map((entry, index) => ({
        entry,
        result: dayOf(entry.record.id, day, 20 + ((day + index * 7) % 30)),
      }))
      await writeDays(db, rows, { day, nowMs: Date.now() })
      await addUp(db, { district: DISTRICT, day }, true)
    }
  } finally {
    await db.destroy()
  }
  return dataDir
}

function dayOf(station: string, day: number, visits: number): StationDay {
  const hours = Array.from({ length: 24 }, (_, hour) => (hour === 12 ? visits : 0))
  return {
    station,
    day,
    method: 'in_out',
    facts: {
      ...noFacts(),
      minutes: 1_440,
      people_minutes: 1_440,
      energy_minutes: 1_440,
      posted_minutes: 600,
      visits,
      people_in: visits,
      people_out: visits,
      people_hours: visits / 2,
      peak_people: 6,
      fridge_kwh: 1.2,
      cooling_kwh: visits / 10,
      other_kwh: 0.4,
      cost_fen: visits * 8,
      co2_kg: visits / 20,
      posted_days: 1,
      observed_days: 1,
      as_posted: day % 9 === 0 ? 0 : 1,
      opened_late: day % 9 === 0 ? 1 : 0,
      observed_posted_minutes: 600,
      open_minutes: 590,
    },
    hours: { visits: hours, people: hours, kWh: hours, coolingKWh: hours, waterKWh: hours },
    truth: day % 9 === 0 ? 'opened_late' : 'as_posted',
    posted: [[480, 1_080]],
    firstSign: 480,
    lastSign: 1_080,
  }
}

async function open(look: (typeof LOOKS)[number]) {
  const opened = await openPhone(browser, look)
  onTestFinished(opened.close)
  const { page } = opened
  await page.goto(`${server.url}/console/reports`)
  await page.locator('input[name=login]').fill(BOSS.login)
  await page.locator('input[name=password]').fill(PASSWORD)
  await page.locator('button[type=submit]').click()
  await page.locator(`[data-month="${textOf(lastMonth)}"]`).waitFor()
  return opened
}

const list = async () => {
  const { body } = await server.request('GET', '/api/v1/reports', { cookie: await server.signIn(BOSS.login) })
  return body as MonthlyReportList
}

test.each(['pdf', 'xlsx'] as const)('the report of last month, made by itself, is taken away as %s', async format => {
  const { page } = await open({ locale: 'zh-CN', colorScheme: 'light' })
  const waiting = page.waitForEvent('download')
  await page.locator(`[data-month="${textOf(lastMonth)}"] a[href*="report.${format}"]`).click()
  const path = await (await waiting).path()
  if (PICTURES !== undefined) await cp(path, join(PICTURES, `report.${format}`))
  expect(readFileSync(path).subarray(0, 4).toString('latin1')).toBe(format === 'pdf' ? '%PDF' : 'PK\u0003\u0004')
})

test('a manager chooses to be sent the report of the district, and takes the choice back', async () => {
  const { page } = await open({ locale: 'en', colorScheme: 'light' })
  const box = page.locator('input[name=mailed]')
  await box.check()
  await vi.waitFor(async () => expect((await list()).mailed).toEqual([DISTRICT]), { timeout: 10_000 })
  await page.reload()
  await vi.waitFor(async () => expect(await box.isChecked()).toBe(true), { timeout: 10_000 })
  await box.uncheck()
  await vi.waitFor(async () => expect((await list()).mailed).toEqual([]), { timeout: 10_000 })
})

test('a month that has no report gets one when a manager asks, with the name of who did', async () => {
  const { page } = await open({ locale: 'zh-CN', colorScheme: 'light' })
  await page.locator('[data-form=make] summary').click()
  await page.locator('input[name=month]').fill(textOf(monthBefore))
  await page.locator('[data-form=make] button[type=submit]').click()
  const made = page.locator(`[data-month="${textOf(monthBefore)}"]`)
  await made.waitFor()
  expect(await made.innerText()).toContain(BOSS.name)
})

describe.each(LOOKS)('$locale, $colorScheme', look => {
  test('the page is accessible, breaks no policy and does not scroll sideways', async () => {
    const { page, problems } = await open(look)
    await page.locator('[data-form=make] summary').click()
    if (PICTURES !== undefined)
      await page.screenshot({ path: join(PICTURES, `reports-${look.locale}-${look.colorScheme}.png`), fullPage: true })
    expect(await accessibilityProblems(page)).toEqual([])
    expect(problems).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
  })
})
