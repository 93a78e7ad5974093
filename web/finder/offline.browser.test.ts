import { deepStrictEqual } from 'node:assert/strict'
import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type FinderServer, buildFinder, startFinderServer } from './test/finder-server.ts'
import { type Phone, axeViolations, launchChromium, openPhone } from './test/phone.ts'
import { sampleCityList, sampleStation } from './test/sample-stations.ts'

/** The machine may be busy with other tests, and a page keeps things some seconds after it has come to rest. */
const PATIENCE = { timeout: 30_000 }
const LIST_PATH = '/api/v1/cities/5001/stations'

let built: Awaited<ReturnType<typeof buildFinder>>
let browser: Browser
let server: FinderServer
let phone: Phone
let context: BrowserContext
/** The one page that is open. */
let page: Page

beforeAll(async () => {
  ;[built, browser] = await Promise.all([buildFinder(), launchChromium()])
  const nowMs = Date.now()
  server = await startFinderServer(built.folder)
  const seen = sampleStation({ id: 'seen', nameZh: '解放碑港湾' }, nowMs)
  const listed = sampleStation({ id: 'listed', nameZh: '江北嘴港湾', latDeg: 29.57 }, nowMs)
  server.answer.stations = [seen]
  server.answer.city = sampleCityList([seen, listed], {}, nowMs)
  phone = await openPhone(browser)
  ;({ page } = phone)
  context = page.context()
  await visit()
})
afterAll(async () => {
  await browser.close()
  await server.stop()
  await built.remove()
  deepStrictEqual(phone.problems, [])
})
beforeEach(() => server.cut())
afterEach(() => server.revive())

/** How many records the page keeps in a store of its database. */
const kept = (store: string) =>
  page.evaluate(
    name =>
      new Promise<number>((resolve, reject) => {
        const opening = indexedDB.open('harbor-finder')
        opening.addEventListener('error', () => reject(new RangeError('cannot be opened')))
        opening.addEventListener('success', () => {
          const counting = opening.result.transaction(name).objectStore(name).count()
          counting.addEventListener('success', () => {
            opening.result.close()
            resolve(counting.result)
          })
        })
      }),
    store,
  )

/** Visits the list and a station's page, and waits until all that is to be kept is kept. */
async function visit(): Promise<void> {
  await page.goto(`${server.url}/s/seen`)
  await page.waitForSelector('article h1')
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  await vi.waitFor(() => expect(server.sentBytes.has(LIST_PATH)).toBe(true), PATIENCE)
  await page.evaluate(() => window.dispatchEvent(new Event('pagehide')))
  for (const store of ['memory', 'cities', 'details']) {
    await vi.waitFor(async () => expect(await kept(store)).toBe(1), PATIENCE)
  }
  const workerState = () =>
    page.evaluate(() => navigator.serviceWorker.getRegistration().then(one => one?.active?.state))
  await vi.waitFor(async () => expect(await workerState()).toBe('activated'), PATIENCE)
}

/** The phone was switched off and on again: another page, and no network. */
async function coldStart(path: string): Promise<void> {
  const next = await context.newPage()
  await page.close()
  page = next
  await page.goto(server.url + path)
}

describe('without any network, after a cold start', () => {
  it('opens with the stations known last, says since when, draws the map, and finds what was never on the screen', async () => {
    await coldStart('/')
    await page.waitForSelector('[data-station=seen]', PATIENCE)
    await page.waitForSelector('.connection-bar', PATIENCE)
    await page.waitForSelector('path.outline-land', { state: 'attached', ...PATIENCE })
    await page.waitForSelector('.leaflet-marker-icon', PATIENCE)

    await page.getByRole('searchbox').fill('江北')
    await page.waitForSelector('[data-station=listed]', PATIENCE)
    const card = page.locator('[data-station=listed]')
    expect(await card.getAttribute('data-opening')).toBe('unknown')
    // Its hours are worked out on the phone.
    expect(await card.innerText()).toContain('公布时间：现在应开放')
    // Whether anybody counts people there is not kept: nothing is said of it.
    expect(await card.innerText()).not.toContain('没有人数统计')
    expect(await page.getByTestId('kept-note').count()).toBe(1)
    expect(await axeViolations(page)).toEqual([])
  })

  it("opens a station's page by its address, seen before or not", async () => {
    await coldStart('/s/seen')
    await page.getByRole('heading', { level: 1, name: '解放碑港湾' }).waitFor(PATIENCE)
    await coldStart('/s/listed')
    await page.getByRole('heading', { level: 1, name: '江北嘴港湾' }).waitFor(PATIENCE)
    expect(await page.locator('article').getAttribute('data-opening')).toBe('unknown')
  })

  it('comes back to life by itself when the network does', async () => {
    await coldStart('/?q=江北')
    await page.waitForSelector('[data-station=listed]', PATIENCE)
    await server.revive()
    await page.evaluate(() => window.dispatchEvent(new Event('online')))
    await expect.poll(() => page.getByTestId('connection-bar').innerText(), PATIENCE).toBe('')
    await expect.poll(() => page.getByTestId('kept-note').count(), PATIENCE).toBe(0)
    await server.cut()
  })
})

it('leaves the console, the API and files alone', async () => {
  await coldStart('/')
  await page.waitForSelector('[data-station=seen]', PATIENCE)
  const answers = await page.evaluate(async () => {
    const ask = async (path: string) =>
      await fetch(path).then(
        response => response.status,
        () => 0,
      )
    return { api: await ask('/api/v1/client-config'), shell: await ask('/index.html') }
  })
  expect(answers).toEqual({ api: 0, shell: 200 })
})

it('offers a newer version when there is one, and takes it when asked', async () => {
  await coldStart('/')
  await page.waitForSelector('[data-station=seen]', PATIENCE)
  await server.revive()
  await appendFile(join(built.folder, 'sw.js'), '\n// a newer version\n')
  // The page registers its worker once it has come to rest.
  const isWaiting = () =>
    page.evaluate(async () => {
      const registration = await navigator.serviceWorker.getRegistration()
      await registration?.update()
      return registration?.waiting !== null && registration?.waiting !== undefined
    })
  await expect.poll(isWaiting, PATIENCE).toBe(true)
  const update = page.getByRole('button', { name: '更新', exact: true })
  await update.waitFor(PATIENCE)
  await update.click()
  await expect.poll(() => page.getByRole('button', { name: '更新', exact: true }).count(), PATIENCE).toBe(0)
  await expect.poll(isWaiting, PATIENCE).toBe(false)
  await page.waitForSelector('[data-station=seen]', PATIENCE)
  await server.cut()
})
