import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { PASSWORD, type RunningServer, startServer } from '../server/test/running-server.ts'
import { buildConsole } from '../web/console/test/built-console.ts'
import { accessibilityProblems, launchBrowser, openPhone } from '../web/console/test/open-console.ts'
import { buildFinder } from '../web/finder/test/finder-server.ts'

const SOON = { timeout: 20_000 }
const DESK = { width: 1_440, height: 900 }
const LOGINS = ['boss', 'other'].map(login => ({
  login,
  name: `${login}经理`,
  role: 'manager',
  districts: ['500103'],
  password: PASSWORD,
}))
const LOOKS = [
  { locale: 'zh-CN', colorScheme: 'light', size: undefined, name: '大礼堂驿站' },
  { locale: 'en', colorScheme: 'dark', size: DESK, name: '曾家岩驿站' },
] as const

let webDir: string
let browser: Browser
let server: RunningServer

beforeAll(async () => {
  webDir = await mkdtemp(join(tmpdir(), 'harbor-web-'))
  const [built, finder] = await Promise.all([buildConsole(), buildFinder()])
  await cp(built.dir, join(webDir, 'console'), { recursive: true })
  await cp(finder.folder, join(webDir, 'finder'), { recursive: true })
  await Promise.all([built.remove(), finder.remove()])
  ;[browser, server] = await Promise.all([launchBrowser(), startServer({ env: { WEB_DIR: webDir }, logins: LOGINS })])
}, 120_000)
afterAll(async () => {
  await browser?.close()
  await server?.[Symbol.asyncDispose]()
  await rm(webDir, { recursive: true, force: true })
})

async function signIn(page: Page, path: string, login = 'boss') {
  await page.goto(`${server.url}/console${path}`)
  await page.locator('input[name=login]').fill(login)
  await page.locator('input[name=password]').fill(PASSWORD)
  await page.locator('button[type=submit]').click()
}
const fill = async (page: Page, values: Record<string, string>) => {
  for (const [name, value] of Object.entries(values)) await page.locator(`[name=${name}]`).fill(value)
}
const save = (page: Page) => page.getByTestId('save').click()

describe.each(LOOKS)('the register, $locale, $colorScheme', ({ locale, colorScheme, size, name }) => {
  test('makes a station, opens it, changes it and shows it, and a finder that is open finds it', async () => {
    const { page, problems, close } = await openPhone(browser, { locale, colorScheme })
    onTestFinished(close)
    if (size !== undefined) await page.setViewportSize(size)
    const visitor = await openPhone(browser, { locale: 'zh-CN', colorScheme: 'light' })
    onTestFinished(visitor.close)
    await visitor.page.goto(`${server.url}/`)
    await signIn(page, '/register')
    await page.locator('[data-station=yuzhong-1]').waitFor(SOON)
    expect(await accessibilityProblems(page)).toEqual([])

    await page.getByTestId('new-station').click()
    await page.getByTestId('save').waitFor(SOON)
    await save(page)
    await page.locator('[name=nameZh][aria-invalid=true]').waitFor(SOON)
    expect(await accessibilityProblems(page)).toEqual([])
    await page.locator('select[name=district]').selectOption('500103')
    await fill(page, { nameZh: name, nameEn: 'Hall Rest Stop', floorArea: '40', addressZh: '人民路173号' })
    await page.locator('p:has-text("16") button').click()
    await page.locator('label:has(input[name=toilet])').click()
    await fill(page, { weekdays: '08:00-12:00,14:00-18:00', weekend: '09:00-17:00' })
    await page.locator('select[name=holiday-mode]').selectOption('off')
    expect(await page.locator('[name=hours]').inputValue()).toBe(
      'Mo-Fr 08:00-12:00,14:00-18:00; Sa-Su 09:00-17:00; PH off',
    )
    await page.getByTestId('week').waitFor(SOON)
    await fill(page, { lng: '106.5500', lat: '29.5640' })
    expect(await accessibilityProblems(page)).toEqual([])
    await save(page)
    await page.getByTestId('state').waitFor(SOON)
    const id = /register\/(cq-500103-\d+)$/.exec(page.url())?.[1] ?? ''
    expect(id).not.toBe('')

    for (const state of ['built', 'accepted', 'open']) {
      await fill(page, { reason: `to ${state}` })
      await page.locator(`[data-step=${state}]`).click()
      await page.locator(`[data-testid=state][data-state=${state}]`).waitFor(SOON)
    }
    const picture = await sharp({ create: { width: 800, height: 600, channels: 3, background: '#88aacc' } })
      .jpeg()
      .toBuffer()
    await page.locator('input[name=photo]').setInputFiles({ name: 'door.jpg', mimeType: 'image/jpeg', buffer: picture })
    await page.locator('[data-part=photos] img').waitFor(SOON)
    expect(await accessibilityProblems(page)).toEqual([])

    // A position of another map is asked about, and read as what it is with one press.
    await page.getByTestId('edit').click()
    const [lng, lat] = ['106.55385', '29.56125']
    await fill(page, { lng, lat, phone: '023-6381 0000' })
    await page.getByTestId('doubt').waitFor(SOON)
    expect(await accessibilityProblems(page)).toEqual([])
    await page.getByTestId('as-likely').click()
    await page.getByTestId('doubt').waitFor({ state: 'detached', ...SOON })
    await save(page)
    await page.locator('[data-change=phone]').waitFor(SOON)
    expect(await accessibilityProblems(page)).toEqual([])
    await page.locator('[data-testid=register-map] .pin-body').waitFor(SOON)
    const pin = await page.locator('[data-testid=register-map] .pin-body').boundingBox()
    expect(pin?.width).toBeGreaterThan(20)

    const shots = process.env['HARBOR_SCREENSHOTS']
    if (shots !== undefined) await page.screenshot({ path: join(shots, `register-${locale}.png`), fullPage: true })

    await visitor.page.locator('input[type=search]').first().fill(name)
    await visitor.page.locator(`a[href*="/s/${id}"]`).first().waitFor(SOON)
    await visitor.page.locator(`a[href*="/s/${id}"]`).first().click()
    await visitor.page.locator('img[src*="station-photos"]').first().waitFor(SOON)
    expect([...problems, ...visitor.problems]).toEqual([])
  }, 90_000)
})

test('of two who edit at once the second sees both versions and keeps theirs', async () => {
  const first = await openPhone(browser, { locale: 'en', colorScheme: 'light' })
  const second = await openPhone(browser, { locale: 'en', colorScheme: 'light' })
  onTestFinished(first.close)
  onTestFinished(second.close)
  await signIn(first.page, '/register/yuzhong-1')
  await signIn(second.page, '/register/yuzhong-1', 'other')
  for (const { page } of [first, second]) {
    await page.getByTestId('edit').click(SOON)
    await page.getByTestId('save').waitFor(SOON)
  }
  await fill(first.page, { capacity: '21' })
  await save(first.page)
  await first.page.locator('[data-change=capacity]').waitFor(SOON)
  await fill(second.page, { capacity: '22' })
  await save(second.page)
  await second.page.getByTestId('overtaken').waitFor(SOON)
  expect(await second.page.locator('[data-row=capacity]').textContent()).toMatch(/22.*21/)
  expect(await second.page.getByTestId('not-saved').textContent()).toContain('boss经理 changed it meanwhile')
  expect(await accessibilityProblems(second.page)).toEqual([])
  await second.page.getByTestId('keep-mine').click()
  await save(second.page)
  await second.page.locator('[data-change=capacity]').first().waitFor(SOON)
  expect(await second.page.locator('[data-change=capacity]').first().textContent()).toContain('21 → 22')
}, 60_000)
