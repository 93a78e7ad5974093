import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ChecklistFillList, WorkOrderList } from '@harbor/protocol'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { PASSWORD, type RunningServer, startServer } from '../server/test/running-server.ts'
import { dataDirWithAlerts } from '../server/test/seeded-alerts.ts'
import { buildConsole } from '../web/console/test/built-console.ts'
import { accessibilityProblems, launchBrowser, openPhone } from '../web/console/test/open-console.ts'

const SOON = { timeout: 20_000 }
const LOGINS = [{ login: 'boss', name: '渝中经理', role: 'manager', districts: ['500103'], password: PASSWORD }]
/** One red pixel, as a PNG. */
const PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
  'base64',
)

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
  const { dataDir } = await dataDirWithAlerts()
  ;[browser, server] = await Promise.all([
    launchBrowser(),
    startServer({ dataDir, env: { WEB_DIR: webDir }, logins: LOGINS }),
  ])
})
afterAll(async () => {
  await browser?.close()
  await server?.[Symbol.asyncDispose]()
  await rm(webDir, { recursive: true, force: true })
})

async function open(path: string, look: Parameters<typeof openPhone>[1]) {
  const opened = await openPhone(browser, look)
  onTestFinished(opened.close)
  const { page } = opened
  await page.goto(`${server.url}/console${path}`)
  await page.locator('input[name=login]').fill('boss')
  await page.locator('input[name=password]').fill(PASSWORD)
  await page.locator('button[type=submit]').click()
  return opened
}
const answer = (page: Page, line: string, value: string) =>
  page.locator(`#line-${line} input[value=${value}]`).check(SOON)

test('a checklist that is filled in without a network is kept, sent later, and its failed line is one order', async () => {
  const { page, problems } = await open('/checklists?station=yuzhong-1', { locale: 'zh-CN', colorScheme: 'light' })
  await page.locator('[data-template=six-haves]').waitFor(SOON)
  expect(await accessibilityProblems(page)).toEqual([])
  await page.locator('[data-template=six-haves]').click()
  await answer(page, 'sign', 'pass')
  await answer(page, 'seats', 'fail')
  await page.locator('#line-seats textarea').fill('两把椅子坏了')
  await page
    .locator('#line-seats input[type=file]')
    .setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: PICTURE })
  await page.locator('#line-seats canvas').waitFor(SOON)
  expect(await accessibilityProblems(page)).toEqual([])

  // Half filled in, the phone is put away.
  await page.reload()
  await vi.waitFor(async () => expect(await page.locator('#line-seats input[value=fail]').isChecked()).toBe(true), SOON)
  expect(await page.locator('#line-seats textarea').inputValue()).toBe('两把椅子坏了')
  expect(await page.locator('#line-seats canvas').count()).toBe(1)

  // What is missing is pointed at, and nothing is sent.
  await page.getByTestId('finish').click()
  await page.locator('#line-layout [role=alert]').waitFor(SOON)
  expect(await accessibilityProblems(page)).toEqual([])
  for (const line of ['layout', 'water', 'microwave', 'cooling', 'sockets', 'services', 'rules'])
    await answer(page, line, 'pass')
  await answer(page, 'medicine_box', 'complete')
  await answer(page, 'on_map', 'right')
  await page.locator('#line-room_temperature input').fill('26.5')

  await page.context().setOffline(true)
  await page.getByTestId('finish').click()
  const bar = page.getByTestId('unsent-checklists')
  await bar.waitFor(SOON)
  expect(await bar.getAttribute('data-waiting')).toBe('1')
  await page.context().setOffline(false)
  await bar.waitFor({ state: 'detached', ...SOON })

  const cookie = await server.signIn('admin')
  const { fills } = (await server.request('GET', '/api/v1/checklist-fills', { cookie })).body as ChecklistFillList
  expect(fills.map(({ template, failed }) => `${template} ${failed}`)).toEqual(['six-haves 1'])
  const list = await server.request('GET', '/api/v1/work-orders', { cookie })
  const made = (list.body as WorkOrderList).orders.filter(({ source }) => source === 'checklist')
  expect(made).toHaveLength(1)

  await page.locator('[data-fill]').waitFor(SOON)
  expect(await accessibilityProblems(page)).toEqual([])
  await page.locator('[data-fill] a').first().click()
  await page.locator('[data-line=seats] img').waitFor(SOON)
  expect(await page.locator('[data-line=seats]').textContent()).toContain('两把椅子坏了')
  expect(await accessibilityProblems(page)).toEqual([])
  await page.locator('[data-line=seats] a[href*="/work-orders/"]').click()
  await page.getByTestId('state').waitFor(SOON)
  expect(new URL(page.url()).pathname).toBe(`/console/work-orders/${made[0]?.id}`)
  // That the network is gone is what was asked for.
  expect(problems.filter(problem => !problem.includes('ERR_INTERNET_DISCONNECTED'))).toEqual([])
})

test('figures are shown by kind and over time, with what they mean, and taken away as a table', async () => {
  const { page, problems } = await open('/figures', { locale: 'en', colorScheme: 'dark' })
  await page.locator('[data-figure=availability]').waitFor(SOON)
  expect(await page.locator('[data-row=fridge]').textContent()).toContain('%')
  expect(await accessibilityProblems(page)).toEqual([])
  await page.getByLabel('By', { exact: true }).selectOption('week')
  await page.locator('[data-part=chart] canvas').waitFor(SOON)
  expect(new URL(page.url()).search).toBe('?by=week')
  await page.locator('summary').click()
  expect(await page.textContent('body')).toContain('Mean elapsed time from detection')
  expect(await accessibilityProblems(page)).toEqual([])
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByTestId('take-away').getByText('CSV').click(),
  ])
  expect(await readFile(await download.path(), 'utf8')).toContain('Mean time to repair (MTTR) (h)')
  expect(problems).toEqual([])
})

test('a person chooses what they are told of, sees that there is no mail, and a push message is shown', async () => {
  const { page, problems } = await open('/tell', { locale: 'zh-CN', colorScheme: 'light' })
  await page.locator('[data-part=choice]').waitFor(SOON)
  expect(await page.locator('[data-part=choice]').textContent()).toContain('SMTP_URL')
  await page.getByLabel('P2 一般').check()
  await page.getByLabel('免打扰时段').check()
  expect(await accessibilityProblems(page)).toEqual([])
  await page.locator('[data-part=choice] button[type=submit]').click()
  await page.getByTestId('saved').waitFor(SOON)
  await page.reload()
  await vi.waitFor(async () => expect(await page.getByLabel('P2 一般').isChecked()).toBe(true), SOON)
  expect(await page.locator('input[type=time]').first().inputValue()).toBe('22:00')

  // The push service itself is out in the network; what it would hand to the browser is handed to it here.
  await page.context().grantPermissions(['notifications'], { origin: server.url })
  const session = await page.context().newCDPSession(page)
  const registered = new Promise<string>(resolve =>
    session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const own = registrations.find(({ scopeURL }) => scopeURL.endsWith('/console/'))
      if (own !== undefined) resolve(own.registrationId)
    }),
  )
  await session.send('ServiceWorker.enable')
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  const message = { title: 'P1 冰箱温度过高', body: '渝中一号', tag: 'alert-1', url: '/console/alerts/1' }
  await session.send('ServiceWorker.deliverPushMessage', {
    origin: server.url,
    registrationId: await registered,
    data: JSON.stringify(message),
  })
  const shown = () =>
    page.evaluate(async () => {
      const registration = await navigator.serviceWorker.ready
      return (await registration.getNotifications()).map(({ title, body, data }) => ({
        title,
        body,
        data: String(data),
      }))
    })
  await vi.waitFor(
    async () => expect(await shown()).toEqual([{ title: message.title, body: message.body, data: message.url }]),
    SOON,
  )
  expect(problems).toEqual([])
})
