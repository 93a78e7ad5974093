import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type StationDetail, topics } from '@harbor/protocol'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { twoDistrictFleet } from '../server/test/fleet-fixture.ts'
import { PASSWORD, type RunningServer, startServer } from '../server/test/running-server.ts'
import { buildConsole } from '../web/console/test/built-console.ts'
import { accessibilityProblems, launchBrowser, openPhone } from '../web/console/test/open-console.ts'

const SOON = { timeout: 20_000 }
/** A photo of 16 by 16 pixels (PNG). */
const PHOTO = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAIAAACQkWg2AAAAFklEQVR4nGM44KBAEmIY1TCqYfhqAAC85yAQb7u4kAAAAABJRU5ErkJggg==',
  'base64',
)
const person = (login: string, role: string) => ({
  login,
  name: login,
  role,
  districts: ['500103'],
  password: PASSWORD,
})
/** 30 July 2026, noon in Chongqing. */
const NOON = Date.UTC(2026, 6, 30, 4)
const ZH = { locale: 'zh-CN', colorScheme: 'light' } as const
const EN = { locale: 'en', colorScheme: 'dark' } as const

let webDir: string
let browser: Browser
let server: RunningServer

beforeAll(async () => {
  webDir = await mkdtemp(join(tmpdir(), 'harbor-web-'))
  const built = await buildConsole()
  await cp(built.dir, join(webDir, 'console'), { recursive: true })
  await built.remove()
  const web = join(import.meta.dirname, '../web')
  const vite = join(import.meta.dirname, '../node_modules/vite/bin/vite.js')
  const config = ['--config', 'vite.config.display.ts', '--configLoader', 'native']
  const into = ['--outDir', join(webDir, 'display'), '--emptyOutDir']
  await promisify(execFile)(process.execPath, [vite, 'build', ...config, ...into], {
    cwd: web,
    env: { ...process.env, NODE_ENV: 'production' },
  })
  await mkdir(join(webDir, 'finder'))
  await writeFile(join(webDir, 'finder/index.html'), '<!doctype html><title>finder</title>')
  const fleet = twoDistrictFleet()
  const stations = fleet.stations.map(station => ({ ...station, hours: 'Mo-Su 08:00-18:00' }))
  ;[browser, server] = await Promise.all([
    launchBrowser(),
    startServer({
      env: { WEB_DIR: webDir },
      fleet: { ...fleet, stations },
      logins: [person('boss', 'manager'), person('keeper', 'keeper')],
      nowMs: () => NOON,
    }),
  ])
}, 120_000)
afterAll(async () => {
  await browser?.close()
  await server?.[Symbol.asyncDispose]()
  await rm(webDir, { recursive: true, force: true })
})

async function openAs(login: string, path: string, look: Parameters<typeof openPhone>[1]) {
  const opened = await openPhone(browser, look)
  onTestFinished(opened.close)
  const { page } = opened
  await page.goto(`${server.url}/console${path}`)
  await page.locator('input[name=login]').fill(login)
  await page.locator('input[name=password]').fill(PASSWORD)
  await page.locator('button[type=submit]').click()
  return opened
}
const shots = process.env['HARBOR_SHOTS']
const shoot = async (page: Awaited<ReturnType<typeof openAs>>['page'], name: string) => {
  if (shots !== undefined) await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true })
}

test('an order is written, previewed and issued; a keeper does it with a photo, and its writer sees it without a reload', async () => {
  const boss = await openAs('boss', '/notices/new', ZH)
  await boss.page.locator('select[name=template]').selectOption('heat-red', SOON)
  expect(await accessibilityProblems(boss.page)).toEqual([])
  await boss.page.locator('button[type=submit]').click()
  await boss.page.getByTestId('preview').waitFor(SOON)
  expect(await accessibilityProblems(boss.page)).toEqual([])
  await shoot(boss.page, 'notice-form')
  await boss.page.locator('[data-act=issue]').click()
  await boss.page.locator('[data-row="1"]').waitFor(SOON)

  const keeper = await openAs('keeper', '/notices', EN)
  const toDo = keeper.page.locator('[data-section=to-do] a')
  await toDo.first().waitFor(SOON)
  expect(await accessibilityProblems(keeper.page)).toEqual([])
  await shoot(keeper.page, 'notice-list')
  await toDo.first().click()
  await keeper.page.locator('[data-act=accept]').click(SOON)
  await keeper.page.locator('[data-receipt="1"][data-state=accepted]').waitFor(SOON)
  await boss.page.locator('[data-row="1"][data-state=accepted]').waitFor(SOON)
  // Not before there is a photo.
  expect(await keeper.page.locator('[data-act=done]').count()).toBe(0)
  // In the basement there is no network: the photo and the word wait on the phone, and go once, in this order.
  await keeper.page.context().setOffline(true)
  await keeper.page
    .locator('[data-receipt="1"] input[type=file]')
    .setInputFiles({ name: 'water.png', mimeType: 'image/png', buffer: PHOTO })
  await keeper.page.locator('[data-receipt="1"] [data-unsent=photo]').waitFor(SOON)
  await keeper.page.locator('[data-act=done]').click(SOON)
  await keeper.page.locator('[data-receipt="1"] [data-unsent=done]').waitFor(SOON)
  await keeper.page.locator('[data-testid=unsent-answers][data-waiting="2"]').waitFor(SOON)
  expect(await keeper.page.locator('[data-act=done]').count()).toBe(0)
  expect(await accessibilityProblems(keeper.page)).toEqual([])
  await shoot(keeper.page, 'notice-keeper')
  await keeper.page.context().setOffline(false)
  await keeper.page.locator('[data-receipt="1"][data-state=done]').waitFor(SOON)
  expect(await accessibilityProblems(keeper.page)).toEqual([])

  await boss.page.locator('[data-row="1"][data-state=done] img').waitFor(SOON)
  expect(await boss.page.locator('[data-count=done]').textContent()).toContain('1')
  expect(await accessibilityProblems(boss.page)).toEqual([])
  await shoot(boss.page, 'notice-issuer')
  // That its socket was cut is what the test did.
  const own = keeper.problems.filter(problem => !problem.includes('ERR_INTERNET_DISCONNECTED'))
  expect([...boss.problems, ...own]).toEqual([])
})

test('a display shows what is public, in both languages, and keeps it with its age when the network goes', async () => {
  const cookie = await server.signIn('keeper')
  const { url } = (await server.request('GET', '/api/v1/stations/yuzhong-1/display', { cookie })).body as {
    url: string
  }
  const opened = await openPhone(browser, ZH)
  onTestFinished(opened.close)
  const { page } = opened
  await page.setViewportSize({ width: 1_280, height: 720 })
  await page.clock.install()
  await page.goto(url)
  await page.locator('article.notice').first().waitFor(SOON)
  expect(await page.locator('h1').textContent()).toBe('渝中一号')
  expect(await accessibilityProblems(page)).toEqual([])
  await shoot(page, 'display')
  await page.clock.fastForward(15_500)
  await vi.waitFor(async () => expect(await page.locator('h1').textContent()).toBe('yuzhong-1'), SOON)
  // Kept whole before the network goes.
  await page.evaluate(async () => (await navigator.serviceWorker.ready).active?.state)
  await page.context().setOffline(true)
  await page.clock.fastForward(5 * 60_000)
  await page.locator('.old').waitFor(SOON)
  expect(await page.locator('article.notice').count()).toBeGreaterThan(0)
  // Its power is cut, too: it comes back with what it showed.
  await page.reload()
  await page.locator('article.notice').first().waitFor(SOON)
  await page.locator('.old').waitFor(SOON)
  await page.context().setOffline(false)
  // A manager makes the address anew: whoever has the old one sees nothing any more.
  const boss = await server.signIn('boss')
  const renewed = await server.request('POST', '/api/v1/stations/yuzhong-1/display/renew', { cookie: boss, body: {} })
  await page.goto(url)
  await page.locator('.problem').waitFor(SOON)
  await page.goto((renewed.body as { url: string }).url)
  await page.locator('article.notice').first().waitFor(SOON)
  await page.goto(url.replace(/key=.*/, 'key=wrong'))
  await page.locator('.problem').waitFor(SOON)
  expect(opened.problems.filter(problem => !/ERR_INTERNET_DISCONNECTED|404/.test(problem))).toEqual([])
})

test('heat over the weather topic becomes a proposal, and hours only after a manager confirms twice', async () => {
  const at = (ms: number) => new Date(ms).toISOString()
  const warning = {
    signal: 'orange',
    kind: 'heat',
    from: at(NOON),
    to: at(NOON + 6 * 3_600_000),
    source: '重庆市气象台',
  }
  const weather = { at: at(NOON), outdoorC: 38, maxTodayC: 39, warning }
  await server.bus.receive(topics.weather('500103'), new TextEncoder().encode(JSON.stringify(weather)))
  const { page, problems } = await openAs('boss', '/heat?until=23:00', EN)
  await page.locator('[data-station=yuzhong-1]').waitFor(SOON)
  expect(await accessibilityProblems(page)).toEqual([])
  await shoot(page, 'heat')
  const opening = async () =>
    ((await server.request('GET', '/api/v1/stations/yuzhong-1')).body as StationDetail).opening
  const before = (await opening()).changesAt
  await page.locator('[data-act=confirm]').click()
  await page.locator('[data-act=confirm]').filter({ hasText: '23:00' }).waitFor(SOON)
  expect((await opening()).changesAt).toBe(before)
  await page.locator('[data-act=confirm]').click()
  await page.locator('[data-row="1"]').waitFor(SOON)
  // 23:00 in Chongqing.
  await vi.waitFor(async () => expect((await opening()).changesAt).toBe('2026-07-30T15:00:00.000Z'), SOON)
  expect(await accessibilityProblems(page)).toEqual([])
  expect(problems).toEqual([])
})
