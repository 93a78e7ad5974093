import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type AlertList, type Fleet, type TellSettings, type WorkOrderDetail, fleetSchema } from '@harbor/protocol'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { fridgeTransition, openAlerts } from '../server/test/seeded-alerts.ts'
import { PASSWORD, type RunningServer, startServer } from '../server/test/running-server.ts'
import { buildConsole } from '../web/console/test/built-console.ts'
import { accessibilityProblems, launchBrowser, openPhone } from '../web/console/test/open-console.ts'

const SOON = { timeout: 20_000 }
/** More than the list asks for. */
const STATIONS = 620

let webDir: string
let dataDir: string
let browser: Browser
let server: RunningServer
/** How far the server's clock is ahead: what comes within a day of a repair is the same work. */
let aheadMs = 0

beforeAll(async () => {
  webDir = await mkdtemp(join(tmpdir(), 'harbor-web-'))
  dataDir = await mkdtemp(join(tmpdir(), 'harbor-inbox-'))
  const built = await buildConsole()
  await cp(built.dir, join(webDir, 'console'), { recursive: true })
  await built.remove()
  await mkdir(join(webDir, 'finder'))
  await writeFile(join(webDir, 'finder/index.html'), '<!doctype html><title>finder</title>')
  const { db, alerts } = await openAlerts(dataDir, Date.now, stormyFleet())
  const transitions = Array.from({ length: STATIONS }, (_one, n) =>
    fridgeTransition('raised', `s${n}-fridge`, n % 10 === 0 ? 'P1' : 'P2'),
  )
  await alerts.apply(transitions, async () => {})
  await db.destroy()
  ;[browser, server] = await Promise.all([
    launchBrowser(),
    startServer({ env: { WEB_DIR: webDir }, fleet: stormyFleet(), dataDir, nowMs: () => Date.now() + aheadMs }),
  ])
})
afterAll(async () => {
  await browser?.close()
  await server?.[Symbol.asyncDispose]()
  await rm(webDir, { recursive: true, force: true })
  await rm(dataDir, { recursive: true, force: true })
})

/** A city in which every fridge is too warm: stations every 300 m or so. */
function stormyFleet(): Fleet {
  const ids = Array.from({ length: STATIONS }, (_one, n) => `s${n}`)
  return fleetSchema.parse({
    regions: [{ district: '500103', nameZh: '渝中区', nameEn: 'Yuzhong' }],
    stations: ids.map((id, n) => ({
      id,
      district: '500103',
      nameZh: `港湾${n}`,
      nameEn: `Harbor ${n}`,
      latDeg: 29.5 + Math.floor(n / 25) * 0.003,
      lngDeg: 106.5 + (n % 25) * 0.003,
      hours: '24/7',
      capacity: 8,
      facilities: ['seating'],
    })),
    appliances: ids.map(id => ({ id: `${id}-fridge`, station: id, kind: 'fridge', model: 'cold-1' })),
    gateways: [],
    devices: [],
  })
}

async function openAs(login: string, path: string, look: Parameters<typeof openPhone>[1]) {
  const opened = await openPhone(browser, look)
  onTestFinished(opened.close)
  await opened.page.goto(`${server.url}/console${path}`)
  await opened.page.locator('input[name=login]').fill(login)
  await opened.page.locator('input[name=password]').fill(PASSWORD)
  await opened.page.locator('button[type=submit]').click()
  await opened.page.locator('input[name=password]').waitFor({ state: 'detached', ...SOON })
  return opened
}

/** What the clusters and pins in view stand for. */
async function drawn(page: Page): Promise<{ clusters: number[]; pins: number }> {
  const clusters = await page.locator('.cluster-body > span').allTextContents()
  const pins = await page.locator('[data-testid=map] .leaflet-marker-pane .pin-trouble').count()
  return { clusters: clusters.map(Number), pins }
}
const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0)

test('the map of faults shows all of them, as clusters that come apart, where the list holds the gravest 500', async () => {
  const { page, problems } = await openAs('yuzhong', '/inbox?view=map', { locale: 'en', colorScheme: 'dark' })
  await page.locator('.cluster-body').first().waitFor(SOON)
  await vi.waitFor(async () => {
    const { clusters, pins } = await drawn(page)
    expect(sum(clusters) + pins).toBe(STATIONS)
    expect(clusters.length + pins).toBeLessThan(100)
  }, SOON)
  expect(await page.locator('[data-testid=stations] > li').count()).toBe(500)
  expect(await page.locator('[data-testid=stations] > li').first().getAttribute('data-severity')).toBe('P1')
  expect(await page.locator('.cluster').first().getAttribute('title')).toMatch(/^\d+ stations, the gravest: Urgent$/)
  expect(await accessibilityProblems(page)).toEqual([])

  const before = await drawn(page)
  await page.locator('.cluster').first().click()
  await vi.waitFor(async () => {
    const { clusters, pins } = await drawn(page)
    expect(sum(clusters) + pins).toBeLessThan(STATIONS)
    expect(clusters).not.toEqual(before.clusters)
  }, SOON)

  // A filter holds for the map, too: with fewer than the list holds there are pins alone.
  await page.getByRole('button', { name: 'P1 Urgent' }).click()
  await vi.waitFor(async () => expect(await drawn(page)).toEqual({ clusters: [], pins: STATIONS / 10 }), SOON)
  expect(problems).toEqual([])
})

test.each([
  ['zh-CN', 'light'],
  ['en', 'dark'],
] as const)(
  'the inbox is live and accessible in %s, %s: what another takes in hand shows at once',
  async (locale, colorScheme) => {
    const { page, problems } = await openAs('yuzhong', '/inbox?severity=P1', { locale, colorScheme })
    const rows = page.locator('[data-testid=stations] > li')
    await rows.first().waitFor(SOON)
    expect(await page.getByTestId('found').textContent()).toContain('62')
    expect(await accessibilityProblems(page)).toEqual([])
    const row = page.locator(`[data-station=${locale === 'en' ? 's10' : 's20'}]`)
    await row.getByRole('button').first().click()
    await row.locator('[data-alert]').waitFor(SOON)
    expect(await accessibilityProblems(page)).toEqual([])

    const cookie = await server.signIn('admin')
    const id = (await row.locator('[data-alert]').getAttribute('data-alert')) ?? ''
    await server.request('POST', `/api/v1/alerts/${id}/acknowledge`, { cookie })
    await vi.waitFor(
      async () => expect(await row.locator('[data-alert]').getAttribute('data-state')).toBe('acknowledged'),
      SOON,
    )
    expect(await accessibilityProblems(page)).toEqual([])
    expect(problems).toEqual([])
  },
)

test('who signs out is told nothing on this phone any more: neither browser nor server keeps its subscription', async () => {
  const cookie = await server.signIn('yuzhong')
  const endpoint = 'https://fcm.googleapis.com/fcm/send/this-phone'
  const keys = { p256dh: 'p'.repeat(87), auth: 'a'.repeat(22) }
  const body = { endpoint, keys, label: 'Chrome' }
  await server.request('POST', '/api/v1/tell/devices', { cookie, body })
  await server.request('POST', '/api/v1/tell/devices', { cookie, body: { ...body, endpoint: `${endpoint}-other` } })

  const opened = await openPhone(browser, { locale: 'en', colorScheme: 'light' })
  onTestFinished(opened.close)
  const { page } = opened
  // The push service is out in the network; the browser behaves as if it had subscribed there.
  await page.addInitScript(address => {
    PushManager.prototype.getSubscription = async () =>
      sessionStorage.getItem('unsubscribed') === null
        ? ({
            endpoint: address,
            unsubscribe: async () => {
              sessionStorage.setItem('unsubscribed', 'true')
              return true
            },
          } as unknown as PushSubscription)
        : null
  }, endpoint)
  await page.goto(`${server.url}/console/tell`)
  await page.locator('input[name=login]').fill('yuzhong')
  await page.locator('input[name=password]').fill(PASSWORD)
  await page.locator('button[type=submit]').click()
  await page.locator('[data-device]').first().waitFor(SOON)
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))

  await page.getByRole('button', { name: /渝中维修/ }).click()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.locator('input[name=password]').waitFor(SOON)
  expect(await page.evaluate(() => sessionStorage.getItem('unsubscribed'))).toBe('true')
  const { devices } = (await server.request('GET', '/api/v1/tell', { cookie })).body as TellSettings
  expect(devices).toHaveLength(1)
})

test('an alert shows what was done before on the same appliance, and about the same fault of the same model', async () => {
  let cookie = await server.signIn('yuzhong')
  const ask = async (method: string, path: string, body?: unknown) => {
    const answer = await server.request(method, `/api/v1/${path}`, { cookie, ...(body !== undefined && { body }) })
    expect([path, answer.status]).toEqual([path, expect.toSatisfy((status: number) => status < 300)])
    return answer.body
  }
  const alertOf = async (station: string) =>
    ((await ask('GET', `alerts?station=${station}`)) as AlertList).alerts[0]?.id ?? ''
  const repair = async (request: object, note: string) => {
    let order = (await ask('POST', 'work-orders', request)) as WorkOrderDetail
    const act = async (what: object) => {
      const { id, revision } = (await ask('GET', `work-orders/${order.id}`)) as WorkOrderDetail
      order = (await ask('POST', `work-orders/${id}/acts`, { revision, ...what })) as WorkOrderDetail
    }
    await act({ act: 'accept' })
    await act({ act: 'arrive' })
    await act({ act: 'part', part: { name: '温控器', quantity: 1, unitCostFen: 4_550 } })
    await act({ act: 'finish', note })
    return order
  }
  const own = await repair({ alert: await alertOf('s1') }, '除霜')
  const verified = await server.request('POST', `/api/v1/work-orders/${own.id}/acts`, {
    cookie: await server.signIn('admin'),
    body: { act: 'verify', revision: own.revision, note: '已到场核实' },
  })
  expect(verified).toMatchObject({ status: 200, body: { state: 'verified' } })
  aheadMs += 25 * 3_600_000
  cookie = await server.signIn('yuzhong')
  const byHand = { station: 's1', appliance: 's1-fridge', severity: 'P3', title: '门封松动' }
  const other = await repair(byHand, '换了温控器')
  const twin = await repair({ alert: await alertOf('s2') }, '清洁冷凝器')

  const { page, problems } = await openAs('yuzhong', `/alerts/${await alertOf('s1')}`, {
    locale: 'zh-CN',
    colorScheme: 'light',
  })
  const onAppliance = page.locator('[data-repairs="inbox.repairsAppliance"] [data-repair]')
  await onAppliance.waitFor(SOON)
  expect(await onAppliance.getAttribute('data-repair')).toBe(other.id)
  expect(await onAppliance.textContent()).toMatch(/换了温控器.*温控器 × 1.*45\.50/)
  const onModel = page.locator('[data-repairs="inbox.repairsModel"] [data-repair]')
  expect(await onModel.getAttribute('data-repair')).toBe(twin.id)
  expect(await onModel.textContent()).toContain('清洁冷凝器')
  // Who accepted the order has the alert in hand, and its history says with which order.
  expect(await page.locator(`[data-change=acknowledged] a[href$="/work-orders/${own.id}"]`).textContent()).toBe(
    '随接单',
  )
  expect(await accessibilityProblems(page)).toEqual([])
  expect(problems).toEqual([])
})
