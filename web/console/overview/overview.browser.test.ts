import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { buildConsole } from '../test/built-console.ts'
import { STATION } from '../test/fixture-data.ts'
import { overviewStations } from '../test/fixture-management.ts'
import { type Fixture, startFixture } from '../test/fixture-server.ts'
import {
  DESK,
  type Look,
  WALL,
  accessibilityProblems,
  launchBrowser,
  openPhone,
  openScreen,
  signIn,
} from '../test/open-console.ts'

const LOOKS = [
  { locale: 'zh-CN', colorScheme: 'light' },
  { locale: 'en', colorScheme: 'dark' },
] as const
const ENGLISH: Look = { locale: 'en', colorScheme: 'light' }
const SOON = { timeout: 10_000 }
/** Type that is read from five metres, as a share of the screen's width (see wall.css). */
const LEAST_WALL_TYPE = 0.022
const LEAST_WALL_FIGURE = 0.06

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
  fixture.state.role = 'manager'
})
afterEach(() => fixture.close())

async function open(look: Look, path: string, viewport?: { width: number; height: number }) {
  const opened = await (viewport === undefined ? openPhone(browser, look) : openScreen(browser, { ...look, viewport }))
  onTestFinished(opened.close)
  opened.page.setDefaultTimeout(SOON.timeout)
  // Runs on by itself; a test may let it jump.
  await opened.page.clock.install()
  await opened.page.goto(`${fixture.url}/console${path}`)
  await signIn(opened.page)
  return opened
}

const PAGES = [
  { path: '/overview', ready: '[data-figure=open]' },
  { path: '/overview/stations?state=closedButShouldBeOpen', ready: 'table' },
  { path: '/usage', ready: '[data-testid=heat-map]' },
  { path: `/usage/${STATION}`, ready: '[data-testid=heat-map]' },
  { path: '/energy', ready: '[data-testid=course] canvas' },
  { path: '/opening', ready: '[data-figure=didNotOpen]' },
  { path: '/definitions', ready: '#visits' },
] as const

describe.each(LOOKS)('in $locale, $colorScheme', look => {
  it.each(PAGES)('$path is accessible on a phone and breaks no policy', async ({ path, ready }) => {
    const { page, problems } = await open(look, path)
    await page.locator(ready).first().waitFor()
    expect(await accessibilityProblems(page)).toEqual([])
    expect(problems).toEqual([])
  })

  it('the wall is accessible', async () => {
    const { page, problems } = await open(look, '/wall', WALL)
    await page.locator('[data-figure=open]').waitFor()
    expect(await accessibilityProblems(page)).toEqual([])
    expect(problems).toEqual([])
  })
})

describe('the navigation', () => {
  it('shows a manager every page in groups at a desk', async () => {
    const { page } = await open(ENGLISH, '/', DESK)
    await page.locator('[data-figure=open]').waitFor()
    expect(new URL(page.url()).pathname).toBe('/console/overview')
    for (const name of ['Overview', 'Usage', 'Energy', 'Truth of opening', 'Definitions'])
      expect(
        await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name, exact: true }).isVisible(),
      ).toBe(true)
    expect(await page.getByRole('button', { name: 'More' }).isVisible()).toBe(false)
  })

  it('opens on a phone by key, closes by Escape and gives the focus back', async () => {
    const { page } = await open(ENGLISH, '/')
    await page.locator('[data-figure=open]').waitFor()
    const more = page.getByRole('button', { name: 'More' })
    await more.focus()
    await page.keyboard.press('Enter')
    expect(await more.getAttribute('aria-expanded')).toBe('true')
    expect(await accessibilityProblems(page)).toEqual([])
    await page.keyboard.press('Escape')
    expect(await more.getAttribute('aria-expanded')).toBe('false')
    expect(await more.evaluate(element => element === document.activeElement)).toBe(true)
    await more.click()
    await page.getByRole('link', { name: 'Energy', exact: true }).click()
    await page.locator('[data-part=saving]').waitFor()
    expect(await more.getAttribute('aria-expanded')).toBe('false')
  })

  it('leaves a maintainer with the inbox, as before', async () => {
    fixture.state.role = 'maintainer'
    const { page } = await open(ENGLISH, '/')
    await page.getByTestId('nothing-broken').waitFor()
    expect(await page.locator('a[href$="/usage"]').count()).toBe(0)
  })
})

describe('the one screen', () => {
  it('leads from the city to a station in three steps by keyboard, and back by the crumbs', async () => {
    const { page } = await open(ENGLISH, '/overview', DESK)
    for (const name of ['Yuzhong', 'Daping', 'Meijian Xincun Harbor']) {
      const link = page.getByRole('main').getByRole('table').getByRole('link', { name, exact: true })
      await link.waitFor()
      await link.focus()
      await page.keyboard.press('Enter')
    }
    await vi.waitFor(() => expect(new URL(page.url()).pathname).toBe(`/console/stations/${STATION}`), SOON)
    await page.goBack()
    const crumbs = page.getByTestId('crumbs')
    await crumbs.getByRole('link', { name: 'Yuzhong' }).press('Enter')
    await vi.waitFor(() => expect(new URL(page.url()).search).toBe('?region=500103'), SOON)
    await crumbs.getByRole('link', { name: 'Whole city' }).press('Enter')
    await vi.waitFor(() => expect(new URL(page.url()).search).toBe(''), SOON)
  })

  it('changes its counts without a reload, for the region that is looked at alone', async () => {
    const { page } = await open(ENGLISH, '/overview?region=500103', DESK)
    const offline = page.locator('[data-figure=offline]')
    await offline.waitFor()
    await vi.waitFor(() => expect([...fixture.state.lookedOver.values()]).toEqual(['500103']), SOON)
    fixture.pushOverview({ offline: 4 }, '')
    fixture.pushOverview({ offline: 3 }, '500103')
    await vi.waitFor(async () => expect(await offline.textContent()).toMatch(/Offline3/), SOON)
  })

  it('keeps no green when its feed dies: every count loses its colour and says that it is old', async () => {
    const { page } = await open(ENGLISH, '/overview', DESK)
    const tile = page.locator('[data-figure=open]')
    await vi.waitFor(async () => expect(await tile.getAttribute('data-tone')).toBe('good'), SOON)
    await page.context().setOffline(true)
    fixture.setLive(false)
    await page.clock.fastForward(90_000)
    await page.getByTestId('stale-banner').waitFor()
    for (const name of ['open', 'offline', 'appliances', 'faults', 'orders', 'heat']) {
      const figure = page.locator(`[data-figure=${name}]`)
      expect([name, await figure.getAttribute('data-freshness')]).toEqual([name, 'stale'])
      expect([name, await figure.getAttribute('data-tone')]).toEqual([name, 'plain'])
    }
    expect(await accessibilityProblems(page)).toEqual([])
  })

  it('draws a city of 5,000 stations as some hundred pins and clusters, and every one is in the list', async () => {
    fixture.state.overviewStations = overviewStations(5_000)
    const { page } = await open(ENGLISH, '/overview', DESK)
    const map = page.getByTestId('map')
    await vi.waitFor(async () => expect(Number(await map.getAttribute('data-drawn'))).toBeGreaterThan(20), SOON)
    expect(Number(await map.getAttribute('data-drawn'))).toBeLessThan(400)
    await page.goto(`${fixture.url}/console/overview/stations`)
    await page.getByText('5,000').or(page.getByText('5000')).first().waitFor()
  })
})

describe('setting a figure by hand', () => {
  it('needs a reason, and shows what was measured beside it', async () => {
    const { page } = await open(ENGLISH, `/usage/${STATION}`, DESK)
    await page.getByText('Set a day’s figure by hand').click()
    await page.getByLabel('Right figure').fill('88')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Please give a reason').waitFor()
    expect(await accessibilityProblems(page)).toEqual([])
    await page.getByLabel('Reason').fill('The counter hung over night.')
    await page.getByRole('button', { name: 'Save' }).click()
    const row = page.getByRole('row', { name: /The counter hung over night/ })
    await row.waitFor()
    expect(await row.textContent()).toMatch(/100.*88/)
  })
})

describe('the wall', () => {
  it('goes from panel to panel, pauses by the space bar and goes on', async () => {
    const { page } = await open(ENGLISH, '/wall?every=5', WALL)
    const wall = page.locator('.wall')
    await page.locator('[data-figure=open]').waitFor()
    expect(await wall.getAttribute('data-panel')).toBe('counts')
    await vi.waitFor(async () => expect(await wall.getAttribute('data-panel')).toBe('map'), SOON)
    await page.keyboard.press('Space')
    await page.getByText('Paused').waitFor()
    await page.keyboard.press('ArrowRight')
    expect(await wall.getAttribute('data-panel')).toBe('faults')
    await page.keyboard.press('ArrowRight')
    await page.getByRole('row', { name: /Yuzhong/ }).waitFor()
    await page.keyboard.press('Space')
    await vi.waitFor(async () => expect(await wall.getAttribute('data-panel')).toBe('counts'), SOON)
  })

  it('is read from five metres on every panel, fits the screen, is dark, and has no navigation and nobody’s name', async () => {
    const { page } = await open({ locale: 'en', colorScheme: 'light' }, '/wall', WALL)
    await page.locator('[data-figure=open]').waitFor()
    for (const panel of ['counts', 'map', 'faults', 'ranking']) {
      await vi.waitFor(async () => expect(await page.locator('.wall').getAttribute('data-panel')).toBe(panel), SOON)
      const seen = await page.evaluate(() => {
        const isText = (node: Node) => node.nodeType === Node.TEXT_NODE && (node.textContent ?? '').trim() !== ''
        const sizes = [...document.querySelectorAll<HTMLElement>('.wall *')]
          // Controls come with the pointer; the map's own writing is not what is read from afar.
          .filter(one => one.closest('.wall-controls, .station-map, .for-screen-readers') === null)
          .filter(one => [...one.childNodes].some(isText))
          .map(one => ({ text: one.textContent, px: Number.parseFloat(getComputedStyle(one).fontSize) }))
        const figures = [...document.querySelectorAll<HTMLElement>('.wall-figures dd')]
        const over = [...document.querySelectorAll<HTMLElement>('.wall-figures > div, .wall-table, .wall-foot')].filter(
          one => one.getBoundingClientRect().bottom > innerHeight || one.scrollWidth > one.clientWidth + 1,
        )
        return {
          least: sizes.toSorted((a, b) => a.px - b.px)[0],
          figure: Math.min(...figures.map(one => Number.parseFloat(getComputedStyle(one).fontSize)), innerWidth),
          over: over.map(one => one.textContent),
        }
      })
      expect(seen.least?.px).toBeGreaterThanOrEqual(WALL.width * LEAST_WALL_TYPE)
      expect(seen.figure).toBeGreaterThanOrEqual(WALL.width * LEAST_WALL_FIGURE)
      expect({ panel, over: seen.over }).toEqual({ panel, over: [] })
      await page.keyboard.press('ArrowRight')
    }
    expect(await page.getByRole('navigation', { name: 'Main' }).count()).toBe(0)
    expect(await page.locator('body').textContent()).not.toContain('王师傅')
    const ground = await page.locator('.wall').evaluate(one => getComputedStyle(one).backgroundColor)
    expect(ground).toBe('rgb(10, 17, 20)')
  })

  it('says in large type that its data stopped, and takes the colours away', async () => {
    const { page } = await open(ENGLISH, '/wall', WALL)
    await page.locator('[data-figure=open][data-tone=good]').waitFor()
    await page.context().setOffline(true)
    fixture.setLive(false)
    await page.clock.fastForward(90_000)
    const banner = page.getByTestId('wall-stale')
    await banner.waitFor()
    expect(await banner.evaluate(one => Number.parseFloat(getComputedStyle(one).fontSize))).toBeGreaterThan(
      WALL.width * LEAST_WALL_TYPE,
    )
    expect(await page.locator('.wall [data-tone=good]').count()).toBe(0)
  })
})
