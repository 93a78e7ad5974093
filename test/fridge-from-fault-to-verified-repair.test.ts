import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Fleet, figureReportSchema, fleetSchema } from '@harbor/protocol'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { ROOT } from '../scripts/child-process.ts'
import { demoRuleOverrides } from '../simulators/src/fleet/demo-models.ts'
import { buildConsole } from '../web/console/test/built-console.ts'
import { accessibilityProblems, launchBrowser, openPhone } from '../web/console/test/open-console.ts'
import { DISTRICT, FRIDGE, GATEWAY, STATION, oneStationFleet } from './fleet.ts'
import { type System, startSystem } from './system.ts'

const run = promisify(execFile)

const SOON = { timeout: 20_000 }
/** Six times as fast as the demo: a fridge without its compressor is too warm within half a minute. */
const TIME_SCALE = 360
/** Twice what it takes on a machine of two cores that does nothing else. */
const TO_SHOW = { timeout: 120_000 }
const DISPENSER = `${STATION}-water`
/** A photo of 16 by 16 pixels (PNG). */
const PHOTO = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAIAAACQkWg2AAAAFklEQVR4nGM44KBAEmIY1TCqYfhqAAC85yAQb7u4kAAAAABJRU5ErkJggg==',
  'base64',
)

let system: System
let browser: Browser
let webDir: string

beforeAll(async () => {
  webDir = await mkdtemp(join(tmpdir(), 'harbor-web-'))
  const built = await buildConsole()
  await cp(built.dir, join(webDir, 'console'), { recursive: true })
  await built.remove()
  await mkdir(join(webDir, 'finder'))
  await writeFile(join(webDir, 'finder/index.html'), '<!doctype html><title>finder</title>')
  ;[browser, system] = await Promise.all([
    launchBrowser(),
    startSystem(livingFleet(), { withSimulators: true, webDir }),
  ])
})

afterAll(async () => {
  await browser?.close()
  await system?.[Symbol.asyncDispose]()
  await rm(webDir, { recursive: true, force: true })
})

/** One station whose fridge and dispenser live by themselves. */
function livingFleet(): Fleet {
  const fleet = oneStationFleet()
  const model = 'demo-fridge-x60'
  const device = (name: string, vendor: string, appliance?: string) => ({
    id: `${DISTRICT}-01-${name}`,
    gateway: GATEWAY,
    vendor,
    address: name.replaceAll('-', '_'),
    ...(appliance !== undefined && { appliance }),
  })
  return fleetSchema.parse({
    ...fleet,
    appliances: [
      { id: FRIDGE, station: STATION, kind: 'fridge', model },
      { id: DISPENSER, station: STATION, kind: 'water_dispenser' },
    ],
    devices: [
      device('fridge-plug', 'tasmota', FRIDGE),
      device('fridge-temp', 'zigbee2mqtt', FRIDGE),
      device('water-plug', 'shelly', DISPENSER),
      device('room', 'esphome'),
    ],
    ruleOverrides: demoRuleOverrides()
      .filter(one => one.model === model)
      .map(one => ({ ...one, timeScale: TIME_SCALE })),
  })
}

/** As `npm run fault` runs it. */
async function fault(name: string): Promise<string> {
  const args = ['simulators/src/fault-command.ts', STATION, 'fridge', name]
  return (await run(process.execPath, args, { cwd: ROOT, env: { ...process.env, DATA_DIR: system.dataDir } })).stdout
}

async function openAsMaintainer(look: Parameters<typeof openPhone>[1]) {
  const opened = await openPhone(browser, look)
  onTestFinished(opened.close)
  const { login, password } = system.loginOf('maintainer')
  await opened.page.goto(`${system.webUrl}/console/inbox`)
  await opened.page.locator('input[name=login]').fill(login)
  await opened.page.locator('input[name=password]').fill(password)
  await opened.page.locator('button[type=submit]').click()
  await opened.page.getByTestId('nothing-broken').waitFor(SOON)
  return opened
}

const stateOf = (page: Page) => page.getByTestId('state').getAttribute('data-state')
const press = (page: Page, step: string) => page.locator(`[data-next=${step}]:not([aria-disabled=true])`).click(SOON)
const temperature = (page: Page) => page.locator(`[data-reading="${DISTRICT}-01-fridge-temp/temperature"] strong`)
const relayOf = (page: Page) => page.getByTestId('relay').getAttribute('data-on')
const waitForCommand = (page: Page, state: string) =>
  vi.waitFor(async () => expect(await page.getByTestId('command').getAttribute('data-state')).toBe(state), SOON)

test(
  'a fault in the simulator is in the inbox, becomes an order, is repaired on site and verified by the fridge itself',
  { timeout: 300_000 },
  async () => {
    const { page, problems } = await openAsMaintainer({ locale: 'zh-CN', colorScheme: 'light' })
    const other = await openAsMaintainer({ locale: 'en', colorScheme: 'dark' })
    // Set by the page itself: a reload would lose it.
    await page.evaluate(() => Object.assign(globalThis, { openedOnce: true }))
    expect(await accessibilityProblems(page)).toEqual([])
    expect(await accessibilityProblems(other.page)).toEqual([])

    const startedAt = new Date().toISOString()
    expect(await fault('compressor-dead')).toContain(STATION)
    const row = page.locator(`[data-station="${STATION}"]`)
    await row.waitFor(TO_SHOW)
    await other.page.locator(`[data-station="${STATION}"]`).waitFor(SOON)
    await row.getByRole('button').click()
    await row.locator('[data-alert][data-rule=fridge_too_warm]').waitFor(SOON)
    expect(await accessibilityProblems(page)).toEqual([])
    expect(await accessibilityProblems(other.page)).toEqual([])

    // By policy it is an order: at once when it grows graver, else after two minutes.
    const order = row.locator('[data-order]')
    await order.waitFor(TO_SHOW)
    expect(await order.textContent()).toContain('冰箱')
    await order.click()
    await vi.waitFor(async () => expect(await stateOf(page)).toBe('assigned'), SOON)
    await press(page, 'accept')
    await vi.waitFor(async () => expect(await stateOf(page)).toBe('accepted'), SOON)
    await press(page, 'arrive')
    await vi.waitFor(async () => expect(await stateOf(page)).toBe('on_site'), SOON)

    // Beside the fridge its readings come by themselves; its plug is not for switching, and the page says so.
    const warm = Number.parseFloat((await temperature(page).textContent(SOON)) ?? '')
    expect(warm).toBeGreaterThan(8)
    await vi.waitFor(
      async () => expect(Number.parseFloat((await temperature(page).textContent()) ?? '')).toBeGreaterThan(warm),
      SOON,
    )
    await page.locator('[data-act=off]').click()
    expect(await accessibilityProblems(page)).toEqual([])
    await page.locator('[data-act=confirm-off]').click()
    await waitForCommand(page, 'refused')
    expect(await page.getByTestId('command').textContent()).toContain("fridge's plug")
    expect(await relayOf(page)).toBe('true')

    await page
      .locator('input[name=photo-after]')
      .setInputFiles({ name: 'after.png', mimeType: 'image/png', buffer: PHOTO })
    await page.locator('[data-part=photos] img').waitFor(SOON)
    expect(await fault('none')).toContain('repaired')
    await page.locator('input[name=step-note]').fill('换了压缩机启动器')
    await press(page, 'finish')
    await page.getByTestId('waiting').waitFor(SOON)
    expect(await stateOf(page)).toBe('done')
    expect(await page.getByTestId('fault').getAttribute('data-stands')).toBe('true')

    // Cold again, and that for two of its hours.
    await vi.waitFor(
      async () => expect(await page.getByTestId('fault').getAttribute('data-stands')).toBe('false'),
      TO_SHOW,
    )
    await vi.waitFor(async () => expect(await stateOf(page)).toBe('verified'), TO_SHOW)
    const acts = await page
      .locator('[data-part=history] li')
      .evaluateAll(all => all.map(li => li.getAttribute('data-act')))
    expect(acts.filter(act => act !== 'regrade').toReversed()).toEqual([
      'create',
      'assign',
      'accept',
      'arrive',
      'photo',
      'finish',
      'verify',
    ])
    expect(await page.evaluate(() => Object.hasOwn(globalThis, 'openedOnce'))).toBe(true)
    await other.page.getByTestId('nothing-broken').waitFor(SOON)

    // What happened is in the figures.
    const report = figureReportSchema.parse(
      await system.get(`/api/v1/figures?by=kind&kind=fridge&from=${startedAt}&to=${new Date().toISOString()}`),
    )
    expect(report.total).toMatchObject({
      faults: 1,
      ordersMade: 1,
      ordersVerified: 1,
      firstTimeFix: 1,
    })
    expect(report.total.mttrMs).toBeGreaterThan(10_000)
    expect(report.total.mttrMs).toBeLessThan(Date.now() - Date.parse(startedAt))
    await page.goto(`${system.webUrl}/console/figures`)
    await page.locator('[data-row=fridge]').waitFor(SOON)
    expect([...problems, ...other.problems]).toEqual([])
  },
)

test('the plug of a dispenser is switched off and on from the phone beside it, and counts as switched once it says so itself', async () => {
  const { id } = (await system.post('/api/v1/work-orders', {
    station: STATION,
    appliance: DISPENSER,
    severity: 'P3',
    title: '出水口滴水',
  })) as { id: string }
  const { page, problems } = await openAsMaintainer({ locale: 'en', colorScheme: 'dark' })
  await page.goto(`${system.webUrl}/console/work-orders/${id}`)
  await press(page, 'accept')
  await press(page, 'arrive')
  await vi.waitFor(async () => expect(await relayOf(page)).toBe('true'), SOON)
  expect(await accessibilityProblems(page)).toEqual([])

  // One press cuts nothing.
  await page.locator('[data-act=off]').click()
  expect(await accessibilityProblems(page)).toEqual([])
  expect(await page.getByTestId('command').getAttribute('data-state')).toBeNull()
  await page.locator('[data-act=confirm-off]').click()
  await waitForCommand(page, 'done')
  await vi.waitFor(async () => expect(await relayOf(page)).toBe('false'), SOON)
  const power = page.locator(`[data-reading="${DISTRICT}-01-water-plug/power"] strong`)
  await vi.waitFor(async () => expect(await power.textContent()).toBe('0 W'), SOON)
  expect(await accessibilityProblems(page)).toEqual([])

  await page.locator('[data-act=on]').click()
  await vi.waitFor(async () => expect(await relayOf(page)).toBe('true'), SOON)
  await waitForCommand(page, 'done')
  expect(problems).toEqual([])
})
