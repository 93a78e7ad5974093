import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { PASSWORD, type RunningServer, startServer } from '../server/test/running-server.ts'
import { codeOf } from '../server/test/second-factor-fixture.ts'
import { buildConsole } from '../web/console/test/built-console.ts'
import { accessibilityProblems, launchBrowser, openPhone } from '../web/console/test/open-console.ts'

const LOOKS = [
  { locale: 'zh-CN', colorScheme: 'light', login: 'yuzhong', must: 'boss' },
  { locale: 'en', colorScheme: 'dark', login: 'yubei', must: 'boss2' },
] as const
/** Another full run may go on beside this one. */
const PATIENCE_MS = 60_000

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
  const logins = ['boss', 'boss2'].map(login => ({
    login,
    name: login,
    role: 'manager',
    districts: ['500103'],
    password: PASSWORD,
  }))
  ;[browser, server] = await Promise.all([
    launchBrowser(),
    startServer({ env: { WEB_DIR: webDir, SECOND_FACTOR_ROLES: 'manager' }, logins }),
  ])
}, 120_000)
afterAll(async () => {
  await browser?.close()
  await server?.[Symbol.asyncDispose]()
  await rm(webDir, { recursive: true, force: true })
})

async function open(look: (typeof LOOKS)[number]) {
  const opened = await openPhone(browser, look)
  onTestFinished(opened.close)
  opened.page.setDefaultTimeout(PATIENCE_MS)
  return opened
}

async function givePassword(page: Page, login: string, path = '/account'): Promise<void> {
  await page.goto(`${server.url}/console${path}`)
  await page.locator('input[name=login]').fill(login)
  await page.locator('input[name=password]').fill(PASSWORD)
  await page.locator('button[type=submit]').click()
}

/** The secret as it is shown. */
async function secretOn(page: Page): Promise<{ secret: string }> {
  return { secret: ((await page.getByTestId('secret').textContent()) ?? '').replaceAll(' ', '') }
}

describe.each(LOOKS)('on a phone, $locale, $colorScheme', look => {
  test('a person sets up a second factor, signs out, and signs in with it', async () => {
    const { page, problems } = await open(look)
    await givePassword(page, look.login)
    const part = page.locator('[data-part=second-factor]')
    await part.locator('button').first().click()
    await part.locator('input[name=password]').fill(PASSWORD)
    await part.locator('button[type=submit]').click()
    const shown = await secretOn(page)
    expect(shown.secret).toMatch(/^[A-Z2-7]{32}$/)
    expect(await accessibilityProblems(page)).toEqual([])
    await part.locator('input[name=code]').fill('000000')
    await part.locator('button[type=submit]').click()
    await part.locator('input[name=code][aria-invalid=true]').waitFor()
    await part.locator('input[name=code]').fill(codeOf(shown, Date.now()))
    await part.locator('button[type=submit]').click()
    await page.getByTestId('recovery-codes').waitFor()
    expect(await page.getByTestId('recovery-codes').locator('li').count()).toBe(10)
    expect(await accessibilityProblems(page)).toEqual([])
    const recoveryCode = (await page.getByTestId('recovery-codes').locator('code').first().textContent()) ?? ''
    await page.context().clearCookies()

    await givePassword(page, look.login)
    const step = page.locator('[data-step=code]')
    await step.locator('input[name=code]').fill(codeOf(shown, Date.now(), 1))
    expect(await accessibilityProblems(page)).toEqual([])
    await step.locator('button[type=submit]').click()
    await page.locator('[data-part=second-factor][data-on=true]').waitFor()
    expect(await page.locator('[data-session=this]').count()).toBe(1)
    await page.locator('[data-session=other]').first().waitFor()
    expect(await accessibilityProblems(page)).toEqual([])
    await page.locator('[data-session=other] button').first().click()
    await page.locator('[data-session=other]').waitFor({ state: 'detached' })
    await page.context().clearCookies()

    await givePassword(page, look.login)
    await step.locator('input[name=code]').fill(recoveryCode)
    await step.locator('button[type=submit]').click()
    await page.locator('[data-part=second-factor][data-on=true]').waitFor()
    expect(problems).toEqual([])
  })

  test('whose role has to have one is led through it before anything else', async () => {
    const { page, problems } = await open(look)
    await givePassword(page, look.must)
    const step = page.locator('[data-step=enrol]')
    const shown = await secretOn(page)
    expect(await accessibilityProblems(page)).toEqual([])
    await step.locator('input[name=code]').fill(codeOf(shown, Date.now()))
    await step.locator('button[type=submit]').click()
    await page.getByTestId('recovery-codes').waitFor()
    await page.getByTestId('recovery-codes').locator('xpath=following-sibling::button').click()
    await page.locator('[data-part=second-factor][data-on=true]').waitFor()
    expect(problems).toEqual([])
  })
})

test('an administrator ends somebody’s sessions and resets their second factor, asked once more each time', async () => {
  const { page } = await open(LOOKS[1])
  const cookie = await server.signIn('yubei-hardware')
  await givePassword(page, 'admin')
  const person = page.locator('[data-person=yubei-hardware]')
  await person.locator('button').first().click()
  expect(await accessibilityProblems(page)).toEqual([])
  await person.locator('[role=alert] button').first().click()
  await vi.waitFor(async () => expect(await person.locator('button').count()).toBe(0), { timeout: 30_000 })
  expect((await server.request('GET', '/api/v1/session', { cookie })).status).toBe(401)
  // Set up by the test before.
  const other = page.locator('[data-person=yubei]')
  await other.locator('button').last().click()
  await other.locator('[role=alert] button').first().click()
  await other.locator('button').first().waitFor({ state: 'detached' })
  const body = { login: 'yubei', password: PASSWORD }
  expect((await server.request('POST', '/api/v1/session', { body })).body).toMatchObject({ login: 'yubei' })
})
