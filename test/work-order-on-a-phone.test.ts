import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AlertList, Reading } from '@harbor/protocol'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { PASSWORD, type RunningServer, startServer } from '../server/test/running-server.ts'
import { buildConsole } from '../web/console/test/built-console.ts'
import { accessibilityProblems, launchBrowser, openPhone } from '../web/console/test/open-console.ts'

const MINUTE_MS = 60_000
const SOON = { timeout: 20_000 }
/** A photo of 16 by 16 pixels (PNG). */
const PHOTO = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAIAAACQkWg2AAAAFklEQVR4nGM44KBAEmIY1TCqYfhqAAC85yAQb7u4kAAAAABJRU5ErkJggg==',
  'base64',
)
const LOGINS = [{ login: 'boss', name: '渝中经理', role: 'manager', districts: ['500103'], password: PASSWORD }]

let webDir: string
let browser: Browser
let server: RunningServer
/** How far the server's clock is ahead: nobody waits two hours for a fridge. */
let aheadMs = 0
const now = () => Date.now() + aheadMs

beforeAll(async () => {
  webDir = await mkdtemp(join(tmpdir(), 'harbor-web-'))
  const built = await buildConsole()
  await cp(built.dir, join(webDir, 'console'), { recursive: true })
  await built.remove()
  await mkdir(join(webDir, 'finder'))
  await writeFile(join(webDir, 'finder/index.html'), '<!doctype html><title>finder</title>')
  ;[browser, server] = await Promise.all([
    launchBrowser(),
    startServer({ env: { WEB_DIR: webDir }, logins: LOGINS, nowMs: now }),
  ])
})
afterAll(async () => {
  await browser?.close()
  await server?.[Symbol.asyncDispose]()
  await rm(webDir, { recursive: true, force: true })
})

/** The fridge of the model whose rules run sixty times faster, second by second up to now. */
function lastSeconds(seconds: number, temperatureC: number): Reading[] {
  return Array.from({ length: seconds }, (_one, index) => ({
    device: 'yuzhong-fridge-temp',
    metric: 'temperature' as const,
    timeMs: now() - (seconds - index) * 1_000,
    value: temperatureC,
  }))
}

async function openAs(login: string, look: Parameters<typeof openPhone>[1]) {
  const opened = await openPhone(browser, look)
  onTestFinished(opened.close)
  const { page } = opened
  await page.goto(`${server.url}/console/work-orders`)
  await page.locator('input[name=login]').fill(login)
  await page.locator('input[name=password]').fill(PASSWORD)
  await page.locator('button[type=submit]').click()
  await page.getByTestId('no-orders').waitFor(SOON)
  return opened
}

const stateOf = (page: Page) => page.getByTestId('state').getAttribute('data-state')
const press = (page: Page, step: string) => page.locator(`[data-next=${step}]:not([aria-disabled=true])`).click(SOON)

test('a fridge too warm becomes an alert, an order, accepted, on site, done, and verified by its own readings', async () => {
  const { page, problems } = await openAs('yuzhong', { locale: 'zh-CN', colorScheme: 'light' })
  const boss = await openAs('boss', { locale: 'en', colorScheme: 'dark' })
  expect(await accessibilityProblems(page)).toEqual([])

  await server.receive(lastSeconds(110, 14))
  const cookie = await server.signIn('yuzhong')
  const standing = async () =>
    ((await server.request('GET', '/api/v1/alerts', { cookie })).body as AlertList).alerts.map(({ rule }) => rule)
  await vi.waitFor(async () => expect(await standing()).toContain('fridge_too_warm'), SOON)
  // Whatever its grade, two minutes later it is an order, without a reload.
  aheadMs += 2 * MINUTE_MS
  const row = page.locator('[data-order]')
  await row.waitFor(SOON)
  expect(await row.textContent()).toContain('冰箱')
  await boss.page.locator('[data-order]').waitFor(SOON)
  expect(await accessibilityProblems(page)).toEqual([])
  expect(await accessibilityProblems(boss.page)).toEqual([])

  await row.getByRole('link').first().click()
  await boss.page.locator('[data-order]').getByRole('link').first().click()
  await vi.waitFor(async () => expect(await stateOf(page)).toBe('assigned'), SOON)
  expect(await page.getByTestId('because').textContent()).toContain('手上')
  expect(await page.getByTestId('fault').getAttribute('data-stands')).toBe('true')

  // What the manager is to see as old has to be there first.
  await boss.page.locator('[data-form=cancel] summary').waitFor(SOON)
  // Both press. The manager's page does not hear of the other in time: it shows what is old, and is then told who was faster.
  let isCut = true
  await boss.page.route('**/api/v1/work-orders/*', route => (isCut ? route.abort() : route.continue()))
  boss.page.on('response', response => {
    if (response.url().endsWith('/acts')) isCut = false
  })
  await boss.page.locator('[data-form=cancel] summary').click(SOON)
  await boss.page.locator('input[name=cancel-note]').fill('duplicate')
  await press(page, 'accept')
  await vi.waitFor(async () => expect(await stateOf(page)).toBe('accepted'), SOON)
  expect(await stateOf(boss.page)).toBe('assigned')
  await boss.page.locator('[data-form=cancel] button[type=submit]').click()
  await boss.page.getByTestId('conflict').waitFor(SOON)
  expect(await boss.page.getByTestId('conflict').textContent()).toContain('渝中维修 was faster')
  expect(await stateOf(boss.page)).toBe('accepted')
  expect(await accessibilityProblems(boss.page)).toEqual([])

  await page.locator('[data-form=promise] summary').click()
  await page.locator('[data-form=promise] button[type=submit]').click()
  await page.locator('[data-act=promise]').waitFor(SOON)
  await page.locator('[data-form=pause] summary').click()
  await page.locator('[data-form=pause] button[type=submit]').click()
  await page.getByText('请填写。').waitFor()
  await page.locator('input[name=pause-note]').fill('等温控器')
  await page.locator('[data-form=pause] button[type=submit]').click()
  await page.locator('li[data-act=pause]').waitFor(SOON)
  await page.locator('button[data-act=resume]').click()
  await page.locator('li[data-act=resume]').waitFor(SOON)

  await press(page, 'arrive')
  await vi.waitFor(async () => expect(await stateOf(page)).toBe('on_site'), SOON)
  await page
    .locator('input[name=photo-after]')
    .setInputFiles({ name: 'after.png', mimeType: 'image/png', buffer: PHOTO })
  await page.locator('[data-part=photos] img').waitFor(SOON)
  await page.locator('[data-form=part] summary').click()
  await page.locator('input[name=part-name]').fill('温控器')
  await page.locator('input[name=part-cost]').fill('45.5')
  await page.locator('[data-form=part] button[type=submit]').click()
  await page.getByText('合计 ¥45.50').waitFor(SOON)
  await page.locator('input[name=step-note]').fill('换了温控器')
  await press(page, 'finish')
  await page.getByTestId('waiting').waitFor(SOON)
  await vi.waitFor(async () => expect(await stateOf(page)).toBe('done'), SOON)
  expect(await accessibilityProblems(page)).toEqual([])

  // Cold again; and that for two hours, which for this model are two minutes.
  aheadMs += 2 * MINUTE_MS
  await server.receive(lastSeconds(115, 3))
  await vi.waitFor(async () => expect(await standing()).not.toContain('fridge_too_warm'), SOON)
  expect(await stateOf(page)).toBe('done')
  aheadMs += 3 * MINUTE_MS
  await vi.waitFor(async () => expect(await stateOf(page)).toBe('verified'), SOON)
  const acts = await page
    .locator('[data-part=history] li')
    .evaluateAll(all => all.map(li => li.getAttribute('data-act')))
  expect(acts.toReversed()).toEqual([
    'create',
    'assign',
    'accept',
    'promise',
    'pause',
    'resume',
    'arrive',
    'photo',
    'part',
    'finish',
    'verify',
  ])

  // From the alert to its order, and back.
  await page.locator('[data-part=alerts] a').click()
  await page.locator('[data-part=order] a').click(SOON)
  await page.getByTestId('state').waitFor(SOON)
  expect(await accessibilityProblems(page)).toEqual([])
  expect(problems).toEqual([])
})
