import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { PASSWORD, type RunningServer, startServer } from '../server/test/running-server.ts'
import { buildConsole } from '../web/console/test/built-console.ts'
import { accessibilityProblems, launchBrowser, openPhone } from '../web/console/test/open-console.ts'
import { buildFinder } from '../web/finder/test/finder-server.ts'

const SOON = { timeout: 20_000 }
const TOKEN = '0f'.repeat(32)
const LOOKS = [
  { locale: 'zh-CN', colorScheme: 'light', silent: '自动化停止：node-red' },
  { locale: 'en', colorScheme: 'dark', silent: 'Automation is silent: node-red' },
] as const

let webDir: string
let browser: Browser
let server: RunningServer
let aheadMs = 0

beforeAll(async () => {
  webDir = await mkdtemp(join(tmpdir(), 'harbor-web-'))
  const [built, finder] = await Promise.all([buildConsole(), buildFinder()])
  await cp(built.dir, join(webDir, 'console'), { recursive: true })
  await cp(finder.folder, join(webDir, 'finder'), { recursive: true })
  await Promise.all([built.remove(), finder.remove()])
  browser = await launchBrowser()
}, 120_000)
afterAll(async () => {
  await browser?.close()
  await rm(webDir, { recursive: true, force: true })
})
beforeEach(async () => {
  aheadMs = 0
  const dataDir = await mkdtemp(join(tmpdir(), 'harbor-automation-'))
  await mkdir(join(dataDir, 'secrets'))
  await writeFile(join(dataDir, 'secrets/node-red-api'), `${TOKEN}\n`)
  server = await startServer({ env: { WEB_DIR: webDir }, dataDir, nowMs: () => Date.now() + aheadMs })
  onTestFinished(() => server[Symbol.asyncDispose]())
})

async function signIn(page: Page) {
  await page.goto(`${server.url}/console/automation`)
  await page.locator('input[name=login]').fill('admin')
  await page.locator('input[name=password]').fill(PASSWORD)
  await page.locator('button[type=submit]').click()
}
/** As whoever is signed in on the page. */
const fetchAs = (page: Page, path: string) => page.request.get(`${server.url}${path}`)
const ask = async (token: string, call: string, body?: unknown) => {
  const [method = '', path = ''] = call.split(' ')
  const headers = { authorization: `Bearer ${token}` }
  return (await server.request(method, path, { headers, ...(body !== undefined && { body }) })).status
}

test.each(LOOKS)(
  'an administrator gives a program its token and takes it away, $locale',
  async look => {
    const { page, problems, close } = await openPhone(browser, look)
    onTestFinished(close)
    await signIn(page)
    const form = page.locator('[data-part=new-account]')
    await form.waitFor(SOON)
    expect(await accessibilityProblems(page)).toEqual([])
    await form.locator('[name=name]').fill('digest')
    await form.locator('button[type=submit]').click()
    const token = (await page.getByTestId('token').textContent(SOON))?.trim() ?? ''
    expect(await ask(token, 'GET /api/v1/alerts')).toBe(200)
    expect(await accessibilityProblems(page)).toEqual([])
    await page.locator('[data-part=accounts] [role=status] button').click()
    await page.reload()
    const account = page.locator('[data-part=accounts] [data-account=digest]')
    await account.waitFor(SOON)
    expect(await page.content()).not.toContain(token)
    await account.locator('button', { hasText: /撤销|Revoke/ }).click()
    await account.locator('[role=alert] button').first().click()
    await vi.waitFor(async () => expect(await ask(token, 'GET /api/v1/alerts')).toBe(401), SOON)
    expect(problems).toEqual([])
  },
  60_000,
)

test.each(LOOKS)(
  'a channel is entered and removed, and what is wrong with one is said, $locale',
  async look => {
    const { page, problems, close } = await openPhone(browser, look)
    onTestFinished(close)
    await signIn(page)
    const form = page.locator('[data-part=new-channel]')
    await form.waitFor(SOON)
    const fill = (name: string, value: string) => form.locator(`[name=${name}]`).fill(value)
    await fill('id', 'yuzhong')
    await fill('name', '渝中值班群')
    await fill('target', 'not a name')
    await form.locator('button[type=submit]').click()
    await form.getByRole('alert').waitFor(SOON)
    await fill('target', 'yuzhong')
    await form.locator('[name=role-manager]').check()
    await form.locator('[name=role-keeper]').check()
    await fill('quietFrom', '22:00')
    await form.locator('button[type=submit]').click()
    // Quiet hours without an end are not sent.
    expect(await form.locator('[name=quietTo]').evaluate((input: HTMLInputElement) => input.validity.valid)).toBe(false)
    await fill('quietTo', '07:00')
    await form.locator('button[type=submit]').click()
    const channel = page.locator('[data-channel=yuzhong]')
    await channel.waitFor(SOON)
    expect(await channel.textContent()).toContain('22:00–07:00')
    const { channels } = (await (await fetchAs(page, '/api/v1/contact-channels')).json()) as { channels: object[] }
    expect(channels).toMatchObject([{ id: 'yuzhong', quiet: { from: '22:00', to: '07:00' } }])
    expect(new Set((channels[0] as { roles: string[] }).roles)).toEqual(new Set(['manager', 'keeper']))
    expect(await accessibilityProblems(page)).toEqual([])
    await channel.locator('button').click()
    await channel.waitFor({ ...SOON, state: 'detached' })
    expect(problems).toEqual([])
  },
  60_000,
)

test.each(LOOKS)(
  'an administrator sees on every page that automation is silent, until it is heard, $locale',
  async look => {
    const { page, problems, close } = await openPhone(browser, look)
    onTestFinished(close)
    const flows = [{ id: 'routing', name: '告警通知', state: 'off', reason: 'off: WECOM_WEBHOOK not set' }]
    const beat = () => ask(TOKEN, 'POST /api/v1/automation/heartbeat', { flows })
    expect(await beat()).toBe(200)
    await signIn(page)
    await page.locator('[data-account=node-red][data-state=running]').waitFor(SOON)
    expect(await page.locator('[data-part=running]').textContent()).toContain('WECOM_WEBHOOK not set')
    expect(await page.getByTestId('automation-silent').count()).toBe(0)
    aheadMs = 180_000
    await vi.waitFor(
      async () => {
        await page.goto(`${server.url}/console/stations`)
        await page.getByTestId('automation-silent').waitFor({ timeout: 2_000 })
      },
      { timeout: 25_000 },
    )
    expect(await page.getByTestId('automation-silent').textContent()).toContain(look.silent)
    expect(await accessibilityProblems(page)).toEqual([])
    await page.getByTestId('automation-silent').locator('a').click()
    await page.locator('[data-account=node-red][data-state=silent]').waitFor(SOON)
    await beat()
    await page.reload()
    await page.locator('[data-account=node-red][data-state=running]').waitFor(SOON)
    expect([await page.getByTestId('automation-silent').count(), problems]).toEqual([0, []])
  },
  60_000,
)
