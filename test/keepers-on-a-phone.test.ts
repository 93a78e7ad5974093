import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FeedbackList, MyRota, StockHistory, StockItem, StockList } from '@harbor/protocol'
import type { Browser } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { twoDistrictFleet } from '../server/test/fleet-fixture.ts'
import { PASSWORD, type RunningServer, startServer } from '../server/test/running-server.ts'
import { buildConsole } from '../web/console/test/built-console.ts'
import { accessibilityProblems, launchBrowser, openPhone } from '../web/console/test/open-console.ts'

const SOON = { timeout: 15_000 }
const LOOKS = [
  { locale: 'zh-CN', colorScheme: 'light' },
  { locale: 'en', colorScheme: 'dark' },
] as const
const LOGINS = [
  { login: 'keeper', name: '王站长', role: 'keeper', districts: ['500103'], password: PASSWORD },
  { login: 'boss', name: '渝中经理', role: 'manager', districts: ['500103'], password: PASSWORD },
]
const HOUR_MS = 3_600_000
/** Where pictures of the pages go; unset: none are taken. */
const PICTURES = process.env['HARBOR_PICTURES']

let webDir: string
let browser: Browser
let server: RunningServer
/** What the server's clock is ahead of the machine's. */
let aheadMs = 0
let cookies: Record<string, string> = {}

beforeAll(async () => {
  webDir = await mkdtemp(join(tmpdir(), 'harbor-web-'))
  const built = await buildConsole()
  await cp(built.dir, join(webDir, 'console'), { recursive: true })
  await built.remove()
  await mkdir(join(webDir, 'finder'))
  await writeFile(join(webDir, 'finder/index.html'), '<!doctype html><title>finder</title>')
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser?.close()
  await rm(webDir, { recursive: true, force: true })
})
beforeEach(async () => {
  aheadMs = 0
  const fleet = twoDistrictFleet()
  const stations = fleet.stations.map(station => ({ ...station, hours: 'Mo-Su 00:00-24:00' }))
  server = await startServer({
    env: { WEB_DIR: webDir },
    fleet: { ...fleet, stations },
    logins: LOGINS,
    nowMs: () => Date.now() + aheadMs,
  })
  cookies = { keeper: await server.signIn('keeper'), boss: await server.signIn('boss') }
})
afterEach(() => server[Symbol.asyncDispose]())

const ask = (login: string, call: string, body?: unknown) => {
  const [method = '', path = ''] = call.split(' ')
  const sent = body === undefined ? {} : { body }
  return server.request(method, `/api/v1/${path}`, { cookie: cookies[login] ?? '', ...sent })
}

async function open(login: string, path: string, look: Parameters<typeof openPhone>[1]) {
  const opened = await openPhone(browser, look)
  onTestFinished(opened.close)
  const { page } = opened
  await page.goto(`${server.url}/console${path}`)
  await page.locator('input[name=login]').fill(login)
  await page.locator('input[name=password]').fill(PASSWORD)
  await page.locator('button[type=submit]').click()
  const picture = async (name: string) => {
    if (PICTURES !== undefined)
      await page.screenshot({ path: join(PICTURES, `${name}-${look.locale}.png`), fullPage: true })
  }
  return { ...opened, picture }
}

/** The half hour that comes next on the stations' clock, and the day that it is on. */
function nextHalfHour(): { day: string; from: string } {
  const ms = Math.ceil((Date.now() + 60_000) / (HOUR_MS / 2)) * (HOUR_MS / 2)
  const text = new Date(ms + 8 * HOUR_MS).toISOString()
  return { day: text.slice(0, 10), from: text.slice(11, 16) }
}

describe.each(LOOKS)('$locale, $colorScheme', look => {
  test('a keeper signs up, checks in by the code on the door, checks out, and the hours count', async () => {
    // In the last minute before a half hour the next but one is taken, and one may not check in so early.
    aheadMs = 60_000
    await ask('boss', 'PUT stations/yuzhong-1/rota', { needsKeeper: true })
    await ask('boss', 'POST stations/yuzhong-1/rota/members', { login: 'keeper' })
    await ask('boss', 'POST stations/yuzhong-1/rota/shifts', { ...nextHalfHour(), halfHours: 4 })
    const { code } = (await ask('keeper', 'GET stations/yuzhong-1/door-code')).body as { code: string }
    // As the page behind the code on the door leads here.
    const { page, problems, picture } = await open('keeper', `/rota?code=${code}`, look)
    const free = page.getByTestId('free-shifts')
    await free.locator('[data-act=sign_up]').waitFor(SOON)
    await page.locator('[data-gap=yuzhong-1]').first().waitFor(SOON)
    expect(await accessibilityProblems(page)).toEqual([])
    await picture('rota-keeper')
    await free.locator('[data-act=sign_up]').click()
    const mine = page.getByTestId('my-shifts')
    await mine.locator('[data-act=check_in]').waitFor(SOON)
    await mine.locator('[data-act=check_in]').click()
    await mine.locator('[data-state=present]').waitFor(SOON)
    aheadMs = 1.6 * HOUR_MS
    await mine.locator('[data-act=check_out]').click()
    await mine.locator('[data-state=served]').waitFor(SOON)
    expect(await accessibilityProblems(page)).toEqual([])
    await picture('rota-served')
    const { hours, mine: shifts } = (await ask('keeper', 'GET rota/mine')).body as MyRota
    expect([hours, shifts[0]?.shownBy]).toEqual([1.5, 'door'])
    expect(problems).toEqual([])
  })

  test('a manager sees the gaps, puts people on the rota and makes a weekly shift', async () => {
    const { page, problems, picture } = await open('boss', '/rota?station=yuzhong-1', look)
    await page.locator('input[name=needs-keeper]').check(SOON)
    await page.locator('[data-gap=yuzhong-1]').first().waitFor(SOON)
    await page.locator('summary').last().click()
    await page.locator('form[data-form=volunteer] input[name=volunteer]').fill('陈阿姨')
    await page.locator('form[data-form=volunteer] button').click()
    await page.getByTestId('calendar-address').waitFor(SOON)
    expect(await page.getByTestId('calendar-address').textContent()).toMatch(/\/api\/v1\/rota\/calendar\/[0-9a-f]{32}$/)
    await page.locator('[data-form=shift] summary').click()
    await page.locator('[data-form=shift] select[name=person]').selectOption({ label: '陈阿姨' })
    await page.locator('[data-form=shift] select[name=from]').selectOption('23:30')
    await page.locator('[data-form=shift] button[type=submit]').click()
    await page.locator('[data-pattern]').waitFor(SOON)
    // It is given to somebody else, and then it is theirs.
    await ask('boss', 'POST stations/yuzhong-1/rota/members', { login: 'keeper' })
    await page.reload()
    const given = page.getByTestId('station-week').locator('[data-shift]').first()
    await given.locator('select[name=assignee]').selectOption({ label: '王站长' }, SOON)
    await given.locator('[data-act=assign]').click()
    await vi.waitFor(async () => expect(await given.textContent()).toContain('· 王站长'), SOON)
    expect(await accessibilityProblems(page)).toEqual([])
    await picture('rota-manager')
    await page.goto(`${server.url}/console/rota/week`)
    await vi.waitFor(async () => expect(await page.locator('[data-gap-hours]').count()).toBe(7), SOON)
    expect(await accessibilityProblems(page)).toEqual([])
    await picture('rota-week')
    // Beside the state of a station that should be open stands why it may not be.
    await page.goto(`${server.url}/console/overview/stations?state=all`)
    await page.locator('[data-gap-now=yuzhong-1]').waitFor(SOON)
    expect(await accessibilityProblems(page)).toEqual([])
    expect(problems).toEqual([])
  })

  test('what a station keeps is listed by expiry, used, and counted without a network', async () => {
    const item = (
      await ask('keeper', 'POST stations/yuzhong-1/stock', {
        kind: 'heat_medicine',
        name: '藿香正气水',
        unit: '支',
        low: 8,
      })
    ).body as StockItem
    const soon = new Date(Date.now() + 5 * 24 * HOUR_MS).toISOString().slice(0, 10)
    await ask('keeper', `POST stock/${item.id}/batches`, { batch: 'L-1', quantity: 10, expiresOn: soon })
    await ask('keeper', `POST stock/${item.id}/batches`, { batch: 'L-0', quantity: 2, expiresOn: '2026-01-01' })
    await ask('boss', 'PUT stations/yuzhong-1/rota', { needsKeeper: true })
    await ask('boss', 'POST stations/yuzhong-1/rota/members', { login: 'keeper' })
    await ask('boss', 'POST stations/yuzhong-1/rota/shifts', {
      ...nextHalfHour(),
      halfHours: 2,
      person: 'login:keeper',
    })
    const { page, problems, picture } = await open('keeper', '/', look)
    const toDo = page.getByTestId('to-do')
    await toDo.locator('[data-to-do=check]').waitFor(SOON)
    await toDo.locator('[data-to-do=shift]').waitFor(SOON)
    expect(await accessibilityProblems(page)).toEqual([])
    await picture('to-do')
    await page.goto(`${server.url}/console/stock`)
    await page.locator('[data-expiry=expired]').waitFor(SOON)
    await page.locator('[data-expiry=in_7]').waitFor(SOON)
    expect(await accessibilityProblems(page)).toEqual([])
    await picture('stock')
    await page.goto(`${server.url}/console/`)
    await toDo.locator('[data-to-do=check]').click(SOON)
    const fields = page.locator('input[name^=count-]')
    await fields.first().waitFor(SOON)
    await page.locator('button[type=submit]').click()
    await vi.waitFor(async () => expect(await page.locator('input[aria-invalid=true]').count()).toBe(2), SOON)
    expect(await accessibilityProblems(page)).toEqual([])
    await picture('stock-check')
    await fields.nth(0).fill('0')
    await page
      .locator('input[type=file]')
      .first()
      .setInputFiles({
        name: 'water.png',
        mimeType: 'image/png',
        buffer: await sharp({ create: { width: 80, height: 60, channels: 3, background: '#88aacc' } })
          .png()
          .toBuffer(),
      })
    await page.locator('canvas').waitFor(SOON)
    // The phone is put away in the middle of it.
    await page.reload()
    await page.getByTestId('goes-on').waitFor(SOON)
    expect(await fields.nth(0).inputValue()).toBe('0')
    await page.locator('canvas').waitFor(SOON)
    await page.context().setOffline(true)
    await fields.nth(1).fill('7')
    await page.locator('button[type=submit]').click()
    await page.locator('[data-testid=check-state][data-sent=false]').waitFor(SOON)
    await page.context().setOffline(false)
    await page.locator('[data-testid=check-state][data-sent=true]').waitFor(SOON)
    const { items, checks } = (await ask('keeper', 'GET stock')).body as StockList
    expect([items[0]?.usable, items[0]?.isLow, checks[0]?.isDue]).toEqual([7, true, false])
    const { changes } = (await ask('keeper', `GET stock/${item.id}/history`)).body as StockHistory
    expect(changes.flatMap(({ photos }) => photos).length).toBe(1)
    // That its socket was cut is what the test did.
    expect(problems.filter(text => !text.includes('ERR_INTERNET_DISCONNECTED'))).toEqual([])
  })

  test('what visitors say is added up by theme, week and place, each with the way to the reports', async () => {
    for (const [index, topic] of ['dirty', 'dirty', 'thanks'].entries())
      await server.request('POST', '/api/v1/stations/yuzhong-1/feedback', {
        body: { key: String(index).repeat(32), topic, text: '地面有水', ...(index === 2 && { stars: 5 }) },
      })
    const { page, problems, picture } = await open('boss', '/voices', look)
    await page.locator('[data-theme=dirty]').waitFor(SOON)
    expect(await page.getByTestId('total').textContent()).toMatch(/3$/)
    await page.locator('[data-testid=trend-count] canvas').waitFor(SOON)
    await page.locator('[data-testid=trend-stars] canvas').waitFor(SOON)
    expect(await accessibilityProblems(page)).toEqual([])
    await picture('voices')
    await page.locator('[data-theme=dirty] a').click()
    await vi.waitFor(async () => expect(await page.locator('[data-report]').count()).toBe(2), SOON)
    // One word of thanks asks for work that nobody else would make of it; and it is answered and closed in one go.
    await page.goto(`${server.url}/console/feedback?topic=thanks`)
    const thanks = page.locator('[data-topic=thanks]')
    await thanks.locator('[data-form=work] summary').click(SOON)
    await thanks.locator('input[name=title]').fill('再添两把椅子')
    expect(await accessibilityProblems(page)).toEqual([])
    await picture('make-work')
    await thanks.locator('[data-form=work] button[type=submit]').click()
    await page.locator('[data-topic=thanks][data-state=in_work]').waitFor(SOON)
    await thanks.locator('[data-form=reply] summary').click()
    await thanks.locator('textarea[name=reply]').fill('椅子下周到。')
    await thanks.locator('[data-act=reply-and-close]').click()
    await page.locator('[data-topic=thanks][data-state=closed]').waitFor(SOON)
    const { feedback } = (await ask('boss', 'GET feedback?state=all&topic=thanks')).body as FeedbackList
    expect(feedback[0]).toMatchObject({ state: 'closed', reply: { text: '椅子下周到。' } })
    expect(problems).toEqual([])
  })
})
