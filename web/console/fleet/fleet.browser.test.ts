import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { buildConsole } from '../test/built-console.ts'
import { GATEWAY } from '../test/fixture-fleet.ts'
import { type Fixture, startFixture } from '../test/fixture-server.ts'
import { type Look, accessibilityProblems, launchBrowser, openScreen, signIn } from '../test/open-console.ts'

const PHONE = { width: 390, height: 844 }
const DESK = { width: 1_280, height: 800 }
const LOOKS = [
  { locale: 'zh-CN', colorScheme: 'light', viewport: PHONE },
  { locale: 'en', colorScheme: 'dark', viewport: DESK },
] as const
/** Generous: the machine may be busy with other tests. */
const SOON = { timeout: 30_000 }

let built: Awaited<ReturnType<typeof buildConsole>>
let browser: Browser
let fixture: Fixture

beforeAll(async () => {
  ;[built, browser] = await Promise.all([buildConsole(), launchBrowser()])
}, 120_000)
afterAll(async () => {
  await browser?.close()
  await built?.remove()
})
beforeEach(async () => {
  fixture = await startFixture(built.dir)
  fixture.state.role = 'hardware'
})
afterEach(() => fixture.close())

async function open(path: string, look: Look & { viewport: { width: number; height: number } } = LOOKS[1]) {
  const opened = await openScreen(browser, look)
  onTestFinished(opened.close)
  opened.page.setDefaultTimeout(SOON.timeout)
  await opened.page.goto(`${fixture.url}/console${path}`)
  await signIn(opened.page)
  return opened
}

const PAGES = [
  { path: '/fleet/gateways', ready: '[data-gateway]', name: 'gateways' },
  { path: `/fleet/gateways/${GATEWAY}`, ready: '[data-part=audit] [data-act]', name: 'gateway' },
  { path: '/fleet/bench', ready: '[data-gateway]', name: 'bench-list' },
  { path: `/fleet/bench/${GATEWAY}`, ready: '[data-testid=verdict]', name: 'bench' },
  { path: '/fleet/rollouts', ready: '[data-rollout]', name: 'rollouts' },
  { path: '/fleet/new-rollout', ready: '[data-form=rollout]', name: 'new-rollout' },
  { path: '/fleet/rollouts/r-1', ready: '[data-part=record] [data-event]', name: 'rollout' },
] as const

describe.each(LOOKS)('in $locale, $colorScheme, $viewport.width px', look => {
  it("shows each of the fleet's pages, accessible and within its policy", async () => {
    const { page, problems } = await open('/fleet/bench', look)
    for (const { path, ready, name } of PAGES) {
      await page.goto(`${fixture.url}/console${path}`)
      await page.locator(ready).first().waitFor()
      expect([path, ...(await accessibilityProblems(page))]).toEqual([path])
      const shots = process.env['HARBOR_SCREENSHOTS']
      if (shots !== undefined)
        await page.screenshot({ path: join(shots, `${name}-${look.locale}.png`), fullPage: true })
    }
    expect(problems).toEqual([])
  }, 120_000)
})

describe('the gateways', () => {
  it('are narrowed by a press on a state, and the address says so', async () => {
    const { page } = await open('/fleet/gateways')
    await page.locator('[data-state=silent][aria-pressed=false]').click()
    await page.locator('[data-testid=gateways] li').first().waitFor()
    await vi.waitFor(() => expect(new URL(page.url()).search).toBe('?state=silent'), SOON)
    await vi.waitFor(
      async () => expect(await page.locator('[data-testid=gateways] li:not([data-state=silent])').count()).toBe(0),
      SOON,
    )
  }, 60_000)

  it('take in a device that is heard with one press', async () => {
    const { page } = await open(`/fleet/gateways/${GATEWAY}`)
    await page.locator('[data-act=adopt]').click()
    await vi.waitFor(() => expect(fixture.state.fleet.acts).toEqual([`POST gateways/${GATEWAY}/adopt`]), SOON)
  }, 60_000)
})

/** Which gateways are in a list. */
const shown = (page: Page, list: string) =>
  page.locator(`${list} li[data-gateway]`).evaluateAll(rows => rows.map(row => row.getAttribute('data-gateway')))

describe.each([
  { path: '/fleet/gateways', list: '[data-testid=gateways]' },
  { path: '/fleet/rollouts/r-1', list: '[data-part=gateways]' },
])('the pages of $path', ({ path, list }) => {
  it('are turned by a button, on and back, and show no gateway twice', async () => {
    const { page } = await open(path)
    await page.locator('[data-act=page-on]').waitFor()
    const first = await shown(page, list)
    await page.locator('[data-act=page-on]').click()
    await vi.waitFor(async () => {
      const second = await shown(page, list)
      expect(second.length).toBeGreaterThan(0)
      expect(second.filter(gateway => first.includes(gateway))).toEqual([])
    }, SOON)
    await page.locator('[data-page="2"]').waitFor()
    expect(await page.locator('[data-act=page-on]').count()).toBe(0)
    expect(await accessibilityProblems(page)).toEqual([])
    await page.locator('[data-act=page-back]').click()
    await vi.waitFor(async () => expect(await shown(page, list)).toEqual(first), SOON)
  }, 60_000)
})

describe('the bench', () => {
  it('asks why a gateway is accepted of which not all is good', async () => {
    const { page } = await open(`/fleet/bench/${GATEWAY}`)
    await page.getByTestId('accept').click()
    await page.locator('[name=exceptions][aria-invalid=true]').waitFor()
    expect(fixture.state.fleet.acts).toEqual([])
    await page.locator('[name=exceptions]').fill('the dispenser comes on Friday')
    await page.getByTestId('accept').click()
    await page.getByTestId('accepted').waitFor()
  }, 60_000)

  it('turns green by itself when the gateway is said to be another than before', async () => {
    const { page } = await open(`/fleet/bench/${GATEWAY}`)
    await page.locator('[data-testid=verdict][data-mark=waiting]').waitFor()
    fixture.state.fleet.mark = 'green'
    fixture.pushTwin(GATEWAY)
    await page.locator('[data-testid=verdict][data-mark=green]').waitFor()
    expect(await accessibilityProblems(page)).toEqual([])
    fixture.state.fleet.mark = 'red'
    await page.locator('[data-testid=verdict][data-mark=red]').waitFor()
    expect(await accessibilityProblems(page)).toEqual([])
  }, 60_000)
})

describe('a rollout', () => {
  it('is looked at before it is made, and made before it begins', async () => {
    const { page } = await open('/fleet/new-rollout?tag=pilot')
    expect(await page.locator('[name=tags]').inputValue()).toBe('pilot')
    await page.getByTestId('preview').click()
    await page.getByTestId('problems').waitFor()
    expect(fixture.state.fleet.acts).toEqual([])
  }, 60_000)

  it('is paused and resumed with a press, and aborted with a second one', async () => {
    const { page } = await open('/fleet/rollouts/r-1')
    await page.locator('[data-act=pause]').click()
    await page.locator('[data-act=resume]').click()
    await page.locator('[data-act=abort]').click()
    expect(fixture.state.fleet.acts).not.toContain('POST rollouts/r-1/abort')
    await page.locator('[data-act=confirm-abort]').click()
    await page.locator('[data-testid=rollout-state][data-state=rolling_back]').first().waitFor()
    expect(fixture.state.fleet.acts).toEqual([
      'POST rollouts/r-1/pause',
      'POST rollouts/r-1/resume',
      'POST rollouts/r-1/abort',
    ])
  }, 60_000)
})

it('is not in the menu of those who have nothing to do with it', async () => {
  fixture.state.role = 'keeper'
  const { page } = await open('/inbox')
  await page.locator('nav a').first().waitFor()
  expect(await page.locator('nav a[href*="/fleet/"]').count()).toBe(0)
}, 60_000)
