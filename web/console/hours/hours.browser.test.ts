import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { buildConsole } from '../test/built-console.ts'
import { STATION } from '../test/fixture-data.ts'
import { type Fixture, startFixture } from '../test/fixture-server.ts'
import { accessibilityProblems, launchBrowser, openPhone, signIn } from '../test/open-console.ts'

const LOOKS = [
  { locale: 'zh-CN', colorScheme: 'light' },
  { locale: 'en', colorScheme: 'dark' },
] as const
const SOON = { timeout: 10_000 }

let built: Awaited<ReturnType<typeof buildConsole>>
let browser: Browser
let fixture: Fixture

beforeAll(async () => {
  ;[built, browser] = await Promise.all([buildConsole(), launchBrowser()])
})
afterAll(async () => {
  await browser.close()
  await built.remove()
})
beforeEach(async () => {
  fixture = await startFixture(built.dir)
})
afterEach(() => fixture.close())

async function open(path: string, look: Parameters<typeof openPhone>[1] = LOOKS[1]) {
  const opened = await openPhone(browser, look)
  onTestFinished(opened.close)
  await opened.page.goto(`${fixture.url}/console${path}`)
  await signIn(opened.page)
  return opened
}

describe.each(LOOKS)('changing hours on a phone, $locale, $colorScheme', look => {
  it('leads from a station to a closure of some days, which a manager ends again', async () => {
    fixture.state.role = 'manager'
    const { page, problems } = await open(`/stations/${STATION}`, look)
    await page.locator(`a[href$="/hours?station=${STATION}"]`).click()
    await page.getByTestId('no-changes').waitFor()
    await page.locator('summary').click()
    expect(await accessibilityProblems(page)).toEqual([])
    await page.locator('input[name=to]').fill('2020-01-01')
    await page.locator('button[type=submit]').click()
    await vi.waitFor(async () => expect(await page.locator('input[name=to][aria-invalid=true]').count()).toBe(1), SOON)
    expect(await accessibilityProblems(page)).toEqual([])
    const day = await page.locator('input[name=from]').inputValue()
    await page.locator('input[name=to]').fill(day)
    await page.locator('button[type=submit]').click()
    const row = page.locator('[data-change]')
    await row.waitFor()
    expect(fixture.state.hours[0]).toMatchObject({ station: STATION, kind: 'closure', from: day, to: day })
    expect(fixture.state.hours[0]?.hours).toBeUndefined()
    expect(await row.textContent()).toContain(look.locale === 'en' ? 'Closed for now' : '临时关闭')
    expect(await accessibilityProblems(page)).toEqual([])
    await row.locator('button').click()
    await page.getByTestId('no-changes').waitFor()
    expect(problems).toEqual([])
  })
})

describe('changes of hours', () => {
  it('of a whole district have hours in the heat', async () => {
    fixture.state.role = 'administrator'
    const { page } = await open('/hours')
    await page.locator('summary').click()
    await page.locator('input[name=hours]').fill('06:00-23:00')
    await page.locator('input[name=reason-en]').fill('Heat wave')
    await page.locator('button[type=submit]').click()
    await page.locator('[data-change]').waitFor()
    expect(fixture.state.hours[0]).toMatchObject({
      district: '500103',
      kind: 'heat',
      hours: '06:00-23:00',
      reasonZh: '高温延长开放',
      reasonEn: 'Heat wave',
    })
  })

  it('are seen by everybody, and changed by nobody else', async () => {
    fixture.state.hours = [
      {
        id: 'h1',
        district: '500103',
        kind: 'heat',
        from: '2026-07-30',
        to: '2026-08-02',
        hours: '06:00-23:00',
        reasonZh: '高温',
        reasonEn: 'Heat',
        createdAt: '2026-07-29T00:00:00.000Z',
        createdBy: 'Li',
      },
    ]
    const { page } = await open('/hours')
    await page.locator('[data-change=h1]').waitFor()
    expect(await page.locator('[data-change=h1]').textContent()).toContain('2026-07-30 to 2026-08-02')
    expect(await page.locator('main form, main button').count()).toBe(0)
  })
})
