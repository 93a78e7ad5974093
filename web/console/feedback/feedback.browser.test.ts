import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { buildConsole } from '../test/built-console.ts'
import { STATION } from '../test/fixture-data.ts'
import { report } from '../test/fixture-feedback.ts'
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

async function open(look: Parameters<typeof openPhone>[1] = LOOKS[1]) {
  const opened = await openPhone(browser, look)
  onTestFinished(opened.close)
  await opened.page.goto(`${fixture.url}/console/alerts`)
  await signIn(opened.page)
  await opened.page.locator('nav a[href$="/feedback"]:visible').first().click()
  return opened
}

describe.each(LOOKS)('what visitors say, on a phone, $locale, $colorScheme', look => {
  it('comes in live, is read, answered and closed', async () => {
    fixture.state.role = 'keeper'
    const { page, problems } = await open(look)
    await page.getByTestId('nothing-said').waitFor()
    expect(await accessibilityProblems(page)).toEqual([])

    await vi.waitFor(() => expect(fixture.liveCount()).toBe(1), SOON)
    fixture.pushFeedback(report('r1', Date.now() - 60_000))
    const row = page.locator('[data-report=r1]')
    await row.waitFor()
    expect(await page.getByTestId('announcer').textContent()).toContain(look.locale === 'en' ? 'Broken' : '设备坏了')
    // A stranger's words stay words.
    expect(await row.locator('b').count()).toBe(0)
    expect(await row.textContent()).toContain('<b>not bold</b>')
    await vi.waitFor(
      async () => expect(await row.locator('img').evaluate(img => (img as HTMLImageElement).naturalWidth)).toBe(1),
      SOON,
    )
    await row.locator('[data-form=reply] summary').click()
    expect(await accessibilityProblems(page)).toEqual([])

    await row.locator('textarea').fill('谢谢，明天来修')
    await row.locator('[data-form=reply] button[type=submit]').click()
    await row.locator('blockquote').waitFor()
    expect(await row.locator('blockquote').textContent()).toContain('谢谢，明天来修')
    expect(await row.getAttribute('data-state')).toBe('answered')

    await row.locator('[data-photo] button').click()
    await row.locator('[data-released=true]').waitFor()
    await row.locator('[data-photo] button').click()
    await row.locator('[data-released=false]').waitFor()
    expect(await accessibilityProblems(page)).toEqual([])

    await row.getByRole('button', { name: look.locale === 'en' ? /^Close this report/ : /^结束这条反馈/ }).click()
    await vi.waitFor(async () => expect(await row.getAttribute('data-state')).toBe('closed'), SOON)
    expect(await row.locator('form').count()).toBe(0)
    expect(await accessibilityProblems(page)).toEqual([])
    expect(problems).toEqual([])
  })
})

describe('the list', () => {
  it('keeps its filters in the address, and leads to the station', async () => {
    fixture.state.feedback = [
      report('r1', Date.now() - 60_000),
      report('r2', Date.now() - 120_000, { topic: 'thanks', state: 'closed' }),
    ]
    const { page } = await open()
    await page.locator('[data-report=r1]').waitFor()
    expect(await page.locator('[data-report]').count()).toBe(1)
    await page.getByText('All', { exact: true }).click()
    await page.locator('[data-report=r2]').waitFor()
    await page.locator('select').first().selectOption('thanks')
    await vi.waitFor(async () => expect(await page.locator('[data-report]').count()).toBe(1), SOON)
    expect(new URL(page.url()).search).toBe('?state=all&topic=thanks')
    await page.reload()
    await page.locator('[data-report=r2]').waitFor()
    expect(await page.locator('[data-report]').count()).toBe(1)
    await page.locator(`a[href$="/stations/${STATION}"]`).click()
    await page.getByTestId('chart').waitFor()
  })

  it('offers a maintainer an answer but no photo for all, and says what is missing in a reply', async () => {
    fixture.state.feedback = [report('r1', Date.now())]
    const { page } = await open()
    const row = page.locator('[data-report=r1]')
    await row.waitFor()
    expect(await row.locator('[data-photo] button').count()).toBe(0)
    await row.locator('[data-form=reply] summary').click()
    await row.locator('[data-form=reply] button[type=submit]').click()
    await page.getByText('Please write a reply.').waitFor()
    expect(await accessibilityProblems(page)).toEqual([])
    // Gone meanwhile: nothing is shown as done.
    fixture.state.feedback = []
    await row.locator('textarea').fill('thanks')
    await row.locator('[data-form=reply] button[type=submit]').click()
    await page.getByTestId('nothing-said').waitFor()
  })
})
