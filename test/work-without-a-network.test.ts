import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, type Socket, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Inbox, WorkOrderDetail, WorkOrderList } from '@harbor/protocol'
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
const LOGINS = [
  { login: 'boss', name: '渝中经理', role: 'manager', districts: ['500103'], password: PASSWORD },
  { login: 'second', name: '李姐', role: 'maintainer', districts: ['500103'], password: PASSWORD },
]

let webDir: string
let browser: Browser
let server: RunningServer
let line: Line
/** How far the server's clock is ahead. */
let aheadMs = 0

beforeAll(async () => {
  webDir = await mkdtemp(join(tmpdir(), 'harbor-web-'))
  const built = await buildConsole()
  await cp(built.dir, join(webDir, 'console'), { recursive: true })
  await built.remove()
  await mkdir(join(webDir, 'finder'))
  await writeFile(join(webDir, 'finder/index.html'), '<!doctype html><title>finder</title>')
  ;[browser, server] = await Promise.all([
    launchBrowser(),
    startServer({ env: { WEB_DIR: webDir }, logins: LOGINS, nowMs: () => Date.now() + aheadMs }),
  ])
  line = await openLine(Number(new URL(server.url).port))
})
afterAll(async () => {
  await browser?.close()
  await line?.close()
  await server?.[Symbol.asyncDispose]()
  await rm(webDir, { recursive: true, force: true })
})

async function openAs(login: string, look: Parameters<typeof openPhone>[1], path: string) {
  const opened = await openPhone(browser, look)
  onTestFinished(opened.close)
  await opened.page.goto(`${line.url}/console${path}`)
  await signIn(opened.page, login)
  return opened
}
async function signIn(page: Page, login: string) {
  await page.locator('input[name=login]').fill(login)
  await page.locator('input[name=password]').fill(PASSWORD)
  await page.locator('button[type=submit]').click()
}

/** An order of one's own, by hand. */
async function orderOf(login: string, appliance: string, title: string): Promise<string> {
  const boss = await server.signIn('boss')
  const made = await server.request('POST', '/api/v1/work-orders', {
    cookie: boss,
    body: { station: 'yuzhong-1', appliance, severity: 'P1', title },
  })
  const { id, revision, assignee } = made.body as WorkOrderDetail
  if (assignee !== login) await act(boss, id, { act: 'assign', assignee: login, revision })
  return id
}
const act = (cookie: string, id: string, body: object) =>
  server.request('POST', `/api/v1/work-orders/${id}/acts`, { cookie, body })
const orderNow = async (id: string) =>
  (await server.request('GET', `/api/v1/work-orders/${id}`, { cookie: await server.signIn('boss') }))
    .body as WorkOrderDetail

const stateOf = (page: Page) => page.getByTestId('state').getAttribute('data-state')
const press = (page: Page, step: string) => page.locator(`[data-next=${step}]`).click(SOON)

interface Line {
  url: string
  /** Cuts every connection, and takes no new ones until told again. */
  setCut: (isCut: boolean) => void
  close: () => Promise<void>
}

/** The line between the phones and the server: what a browser only pretends to lose, this one really does. */
async function openLine(port: number): Promise<Line> {
  const ends = new Set<Socket>()
  let isCut = false
  const proxy = createServer(phone => {
    if (isCut) {
      phone.destroy()
      return
    }
    const far = connect(port, '127.0.0.1')
    for (const end of [phone, far]) {
      ends.add(end)
      end.on('error', () => end.destroy())
      end.on('close', () => {
        ends.delete(end)
        phone.destroy()
        far.destroy()
      })
    }
    phone.pipe(far).pipe(phone)
  })
  await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    setCut(next) {
      isCut = next
      if (next) for (const end of ends) end.destroy()
    },
    async close() {
      for (const end of ends) end.destroy()
      await new Promise<void>(resolve => proxy.close(() => resolve()))
    },
  }
}
/** The page is on the phone. */
const isKept = (page: Page) =>
  page.evaluate(async () => (await navigator.serviceWorker.ready).active?.state === 'activated')

test('a repair without a network is on the phone, survives a reload, and is sent once, in its order, when there is one', async () => {
  const id = await orderOf('yuzhong', 'yuzhong-1-fridge', '冰箱不制冷')
  const { page, problems } = await openAs('yuzhong', { locale: 'zh-CN', colorScheme: 'light' }, '/work-orders')
  const row = page.locator(`[data-order="${id}"]`)
  await row.waitFor(SOON)
  await vi.waitFor(async () => expect(await isKept(page)).toBe(true), SOON)
  // The order was never opened: it was read ahead.
  await vi.waitFor(async () => expect(await keptHashes(page)).toContain(JSON.stringify(['work-order', id])), SOON)

  line.setCut(true)
  await page.reload()
  await row.getByRole('link').first().click(SOON)
  await page.getByTestId('kept-from').waitFor(SOON)
  expect(await stateOf(page)).toBe('assigned')
  await press(page, 'accept')
  await vi.waitFor(async () => expect(await stateOf(page)).toBe('accepted'), SOON)
  await press(page, 'arrive')
  await vi.waitFor(async () => expect(await stateOf(page)).toBe('on_site'), SOON)
  await page
    .locator('input[name=photo-before]')
    .setInputFiles({ name: 'before.png', mimeType: 'image/png', buffer: PHOTO })
  await page.locator('[data-unsent=photo]').waitFor(SOON)
  await page.locator('[data-form=part] summary').click()
  await page.locator('input[name=part-name]').fill('温控器')
  await page.locator('input[name=part-cost]').fill('45.5')
  await page.locator('[data-form=part] button[type=submit]').click()
  await page.locator('[data-unsent=part]').waitFor(SOON)
  await page.locator('input[name=step-note]').fill('换了温控器')
  await press(page, 'finish')
  await vi.waitFor(async () => expect(await stateOf(page)).toBe('done'), SOON)
  expect(await page.getByTestId('unsent-bar').getAttribute('data-waiting')).toBe('5')
  expect(await accessibilityProblems(page)).toEqual([])
  await shoot(page, 'offline')

  // The phone was closed in between.
  await page.reload()
  await vi.waitFor(async () => expect(await stateOf(page)).toBe('done'), SOON)
  expect(await page.locator('[data-unsent]').count()).toBe(5)
  expect((await orderNow(id)).state).toBe('assigned')

  // A colleague adds a note meanwhile, which takes nothing from anybody; an hour passes.
  await act(await server.signIn('boss'), id, { act: 'note', note: '钥匙在门卫', revision: 1 })
  aheadMs += 60 * MINUTE_MS
  line.setCut(false)
  await vi.waitFor(async () => expect(await page.locator('[data-unsent]').count()).toBe(0), SOON)
  const order = await orderNow(id)
  expect(order.state).toBe('done')
  const own = order.history.filter(({ actor }) => actor === 'yuzhong')
  expect(own.map(step => step.act)).toEqual(['accept', 'arrive', 'photo', 'part', 'finish'])
  expect(own.find(step => step.act === 'photo')?.moment).toBe('before')
  // Each says when it was pressed, not only when it was heard of.
  for (const step of own) expect(Date.parse(step.at) - Date.parse(step.madeAt ?? '')).toBeGreaterThan(50 * MINUTE_MS)
  expect(order.costFen).toBe(4_550)
  await page.getByTestId('made-at').first().waitFor(SOON)
  expect(await accessibilityProblems(page)).toEqual([])
  expect(problems.filter(problem => !problem.startsWith('WebSocket connection'))).toEqual([])
})

test('a lost answer doubles nothing', async () => {
  const id = await orderOf('yuzhong', 'yuzhong-1-microwave', '微波炉不转')
  const { page } = await openAs('yuzhong', { locale: 'en', colorScheme: 'dark' }, `/work-orders/${id}`)
  await page.getByTestId('state').waitFor(SOON)
  // The server takes it; its answer never arrives.
  let isLost = true
  await page.route('**/acts', async route => {
    if (isLost) {
      await route.fetch()
      await route.abort()
    } else await route.continue()
  })
  await page.locator('[data-form=note] summary').click()
  await page.locator('input[name=note-note]').fill('the plate is stuck')
  await page.locator('[data-form=note] button[type=submit]').click()
  await page.locator('[data-unsent=note]').waitFor(SOON)
  isLost = false
  await page.evaluate(() => window.dispatchEvent(new Event('online')))
  await vi.waitFor(async () => expect(await page.locator('[data-unsent]').count()).toBe(0), SOON)
  expect((await orderNow(id)).history.filter(step => step.act === 'note')).toHaveLength(1)
})

test('what somebody else did meanwhile is told in plain words, and nothing is done over their head', async () => {
  const id = (await lists('yuzhong')).find(({ titleZh }) => titleZh === '微波炉不转')?.id ?? ''
  const { page } = await openAs('yuzhong', { locale: 'en', colorScheme: 'dark' }, `/work-orders/${id}`)
  await page.getByTestId('state').waitFor(SOON)
  line.setCut(true)
  await press(page, 'accept')
  await page.locator('[data-unsent=accept]').waitFor(SOON)
  await press(page, 'arrive')
  await page.locator('[data-unsent=arrive]').waitFor(SOON)
  await page.locator('[data-form=note] summary').click()
  await page.locator('input[name=note-note]').fill('door is locked')
  await page.locator('[data-form=note] button[type=submit]').click()
  await page.locator('[data-unsent=note]').waitFor(SOON)

  const boss = await server.signIn('boss')
  await act(boss, id, { act: 'assign', assignee: 'second', revision: (await orderNow(id)).revision })
  line.setCut(false)
  await vi.waitFor(async () => expect(await page.getByTestId('refused').count()).toBe(2), SOON)
  expect(await page.getByTestId('refused').first().textContent()).toContain('渝中经理 assigned it to somebody else')
  // The note only adds: it is there.
  const order = await orderNow(id)
  expect(order.history.map(step => step.act)).toContain('note')
  expect(order).toMatchObject({ state: 'assigned', assignee: 'second' })
  expect(await stateOf(page)).toBe('assigned')
  expect(await accessibilityProblems(page)).toEqual([])
  await page
    .getByRole('button', { name: /^Understood/ })
    .first()
    .click()
  await page
    .getByRole('button', { name: /^Understood/ })
    .first()
    .click()
  await vi.waitFor(async () => expect(await page.locator('[data-unsent]').count()).toBe(0), SOON)
})

test('whoever signs out leaves nothing on the phone, and is told before what would be lost', async () => {
  const { page } = await openAs('yuzhong', { locale: 'zh-CN', colorScheme: 'dark' }, '/work-orders')
  await page.locator('[data-order]').first().getByRole('link').first().click(SOON)
  await vi.waitFor(async () => expect((await keptHashes(page)).length).toBeGreaterThan(2), SOON)
  await page.route('**/acts', route => route.abort())
  await page.locator('[data-form=note] summary').click(SOON)
  await page.locator('input[name=note-note]').fill('门锁了')
  await page.locator('[data-form=note] button[type=submit]').click()
  await page.getByTestId('unsent-bar').waitFor(SOON)
  await page.getByRole('button', { name: '设置与账号' }).click()
  await page.getByTestId('unsent-warning').waitFor(SOON)
  await page.getByRole('button', { name: '退出登录' }).click()
  await page.locator('input[name=login]').waitFor(SOON)
  await vi.waitFor(async () => expect(await keptHashes(page)).not.toContain(JSON.stringify(['session'])), SOON)
  expect((await keptHashes(page)).filter(hash => /work-order|inbox/.test(hash))).toEqual([])
  expect(await keptActs(page)).toBe(0)
})

test('the inbox has one row a station; it is acknowledged, shown on a map and by distance, and handed over to a crew', async () => {
  const boss = await server.signIn('boss')
  await server.request('POST', '/api/v1/crews/night', {
    cookie: boss,
    body: { name: '夜班', districts: ['500103'], skills: [], members: ['second'] },
  })
  await server.receive(
    Array.from({ length: 115 }, (_one, index) => ({
      device: 'yuzhong-fridge-temp',
      metric: 'temperature' as const,
      timeMs: Date.now() + aheadMs - (115 - index) * 1_000,
      value: 14,
    })),
  )
  const inbox = async () => (await server.request('GET', '/api/v1/inbox', { cookie: boss })).body as Inbox
  await vi.waitFor(async () => expect((await inbox()).totalAlerts).toBeGreaterThan(0), SOON)

  const { page, problems } = await openAs('yuzhong', { locale: 'zh-CN', colorScheme: 'light' }, '/')
  const row = page.locator('[data-station="yuzhong-1"]')
  await row.waitFor(SOON)
  expect(await accessibilityProblems(page)).toEqual([])
  await row.getByRole('button', { expanded: false }).click()
  await row.locator('[data-rule=fridge_too_warm]').waitFor(SOON)
  await row.locator('[data-rule=fridge_too_warm]').getByRole('button').first().click()
  await vi.waitFor(
    async () =>
      expect(await row.locator('[data-rule=fridge_too_warm]').getAttribute('data-state')).toBe('acknowledged'),
    SOON,
  )
  expect(await accessibilityProblems(page)).toEqual([])

  // Another station is nearer: 1 km away, then 30.
  await page.context().grantPermissions(['geolocation'])
  await page.context().setGeolocation({ latitude: 29.509, longitude: 106.5 })
  const asked = page.waitForRequest(/\/inbox\?.*near=/)
  await page.getByTestId('near').click()
  expect(new URL((await asked).url()).searchParams.get('near')).toBe('29.51,106.50')
  expect(await row.getByTestId('away').textContent()).toContain('公里')

  await page.locator('[data-view=map]').click()
  await page.locator('.pin-trouble.leaflet-marker-icon').waitFor(SOON)
  expect(page.url()).toContain('view=map')
  expect(await accessibilityProblems(page)).toEqual([])
  await page.locator('.pin-trouble.leaflet-marker-icon').click()
  await page.locator('[data-station="yuzhong-1"][data-chosen]').waitFor(SOON)
  await shoot(page, 'map')

  const alert = (await row.locator('[data-rule=fridge_too_warm]').getAttribute('data-alert')) ?? ''
  const made = await server.request('POST', '/api/v1/work-orders', { cookie: boss, body: { alert } })
  const { id, assignee, revision } = made.body as WorkOrderDetail
  // Whoever has it is not among those whom it can be handed over to.
  if (assignee !== 'yuzhong') await act(boss, id, { act: 'assign', assignee: 'yuzhong', revision })
  const handOver = row.locator(`[data-hand-over="${id}"]`)
  await handOver.locator('summary').click(SOON)
  const choices = handOver.locator('optgroup').first().locator('option')
  await vi.waitFor(async () => expect(await choices.allTextContents()).toContain('夜班：李姐'), SOON)
  await handOver.locator('select').selectOption({ label: '夜班：李姐' })
  await shoot(page, 'inbox')
  expect(await accessibilityProblems(page)).toEqual([])
  await handOver.locator('button[type=submit]').click()
  await vi.waitFor(async () => expect((await orderNow(id)).assigneeName).toBe('李姐'), SOON)
  expect(problems).toEqual([])
})

/** Pictures to look at, where SHOTS names a folder for them. */
async function shoot(page: Page, name: string) {
  const folder = process.env['SHOTS']
  if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}.png`) })
}

async function lists(login: string) {
  const answer = await server.request('GET', '/api/v1/work-orders?assignee=me', { cookie: await server.signIn(login) })
  return (answer.body as WorkOrderList).orders
}

/** What the phone keeps, by the keys of its answers. */
const keptHashes = (page: Page) => keysOf(page, 'answers')
const keptActs = async (page: Page) => (await keysOf(page, 'acts')).length

function keysOf(page: Page, store: string): Promise<string[]> {
  return page.evaluate(
    name =>
      new Promise<string[]>(resolve => {
        const opening = indexedDB.open('harbor-console')
        opening.addEventListener('success', () => {
          const db = opening.result
          const keys = db.transaction(name).objectStore(name).getAllKeys()
          keys.addEventListener('success', () => {
            db.close()
            resolve(keys.result.map(String))
          })
        })
      }),
    store,
  )
}
