import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { stationDetailSchema, telemetrySchema } from '@harbor/protocol'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { launchChromium, openPage } from './browser.ts'
import { FRIDGE, STATION, oneStationFleet } from './fleet.ts'
import { type System, sharedDataDir, startSystem } from './system.ts'

const run = promisify(execFile)

let system: System
let browser: Browser

beforeAll(async () => {
  // Scale 900: the rule's "above 12 Cel for 30 minutes" takes 2 seconds.
  system = await startSystem(oneStationFleet(900))
  browser = await launchChromium()
})

afterAll(async () => {
  await browser?.close()
  await system?.[Symbol.asyncDispose]()
})

/** Publishes to the station's LAN with a client that is not ours. */
async function mosquittoPub(topic: string, payload: string): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'harbor-pub-'))
  const file = join(dir, 'payload')
  await writeFile(file, payload)
  const { hostname, port } = new URL(system.lanUrl)
  try {
    await run('mosquitto_pub', ['-h', hostname, '-p', port, '-q', '1', '-t', topic, '-f', file], { timeout: 10_000 })
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

async function latest(device: string, metric: string): Promise<number | undefined> {
  const detail = stationDetailSchema.parse(await system.get(`/api/v1/stations/${STATION}`))
  return detail.readings.find(reading => reading.device === device && reading.metric === metric)?.value
}

interface Sample {
  topic: string
  payload: string
  device: string
  expected: Record<string, number>
}

async function expectInApi({ topic, payload, device, expected }: Sample): Promise<void> {
  await mosquittoPub(topic, payload)
  for (const [metric, value] of Object.entries(expected)) {
    await vi.waitFor(async () => expect(await latest(device, metric)).toBeCloseTo(value, 6), {
      timeout: 15_000,
      interval: 100,
    })
  }
}

// Written for this test after the vendors' formats.
const OWN_SAMPLES: Record<string, Sample> = {
  Tasmota: {
    topic: 'tele/own-plug/SENSOR',
    payload: '{"Time":"2026-07-30T12:00:00","ENERGY":{"Total":12.5,"Power":540,"Voltage":221,"Current":2.45}}',
    device: '500103-01-own-tasmota',
    expected: { power: 540, voltage: 221, current: 2.45, energy: 12_500 }, // Total is in kWh
  },
  'Shelly Gen2': {
    topic: 'shellyplus1pm-0123456789ab/events/rpc',
    payload:
      '{"src":"shellyplus1pm-0123456789ab","dst":"shellyplus1pm-0123456789ab/events","method":"NotifyStatus","params":{"ts":1785384000.5,"switch:0":{"id":0,"apower":812.5,"voltage":219.5}}}',
    device: '500103-01-own-shelly',
    expected: { power: 812.5, voltage: 219.5 },
  },
  Zigbee2MQTT: {
    topic: 'zigbee2mqtt/own-plug',
    payload: '{"state":"ON","power":1130,"energy":3.25,"voltage":220,"current":5.2,"linkquality":90}',
    device: '500103-01-own-zigbee',
    expected: { relay: 1, power: 1130, energy: 3_250, voltage: 220, current: 5.2 },
  },
  ESPHome: {
    topic: 'own-room/sensor/room_temperature/state',
    payload: '27.5',
    device: '500103-01-own-esphome',
    expected: { temperature: 27.5 },
  },
}

describe('a vendor message, published unmodified with mosquitto_pub, is read back from the API', () => {
  test.each(Object.entries(OWN_SAMPLES))('%s', async (_vendor, sample) => expectInApi(sample))
})

const shared = sharedDataDir()

describe.skipIf(shared === undefined)(
  'the real captures do so too (skipped where the folder of captures is missing)',
  () => {
    const REAL_SAMPLES: { file: string; device: string; expected: Record<string, number> }[] = [
      // STATUS8: Power 2629, Voltage 226, Current 11.677, Total 6.404 kWh
      {
        file: 'tasmota/337-pow1-STATUS8.json',
        device: '500103-01-water-plug',
        expected: { power: 2629, voltage: 226, current: 11.677, energy: 6404 },
      },
      // switch:0 apower 0, voltage 232.8, aenergy.total 110.046 Wh
      {
        file: 'shelly-gen2/025-Shelly-Plus-1PM-events-rpc.json',
        device: '500103-01-ac-plug',
        expected: { power: 0, voltage: 232.8, energy: 110.046 },
      },
      // TS011F: power 0, energy 1.92 kWh, voltage 233, state ON
      {
        file: 'zigbee2mqtt/309-TS011F-plug-zigbee2mqtt-plug.json',
        device: '500103-01-microwave-plug',
        expected: { power: 0, energy: 1920, voltage: 233, relay: 1 },
      },
      {
        file: 'esphome/003-living-room-temperature-state.json',
        device: '500103-01-room',
        expected: { temperature: 23.4 },
      },
    ]

    test.each(REAL_SAMPLES)('$file', async ({ file, device, expected }) => {
      const sample = JSON.parse(readFileSync(join(shared as string, 'payloads', file), 'utf8')) as Sample
      await expectInApi({ topic: sample.topic, payload: sample.payload, device, expected })
    })
  },
)

describe('what a person sees', () => {
  test('a new count of people changes the open page without a reload', async () => {
    const { page, problems } = await openPage(browser, 'en')
    onTestFinished(async () => page.context().close())
    await page.goto(system.webUrl)
    const card = page.locator(`[data-station="${STATION}"]`).first()
    await card.waitFor()
    // Set by the page itself: a reload would lose it.
    await page.evaluate(() => Object.assign(globalThis, { openedOnce: true }))

    await mosquittoPub('counter/sensor/people/state', '3')
    await vi.waitFor(async () => expect(await card.getAttribute('data-space')).toBe('free'), { timeout: 15_000 })
    expect(await card.innerText()).toMatch(/3/)

    await mosquittoPub('counter/sensor/people/state', '12')
    await vi.waitFor(async () => expect(await card.getAttribute('data-space')).toBe('full'), { timeout: 15_000 })
    expect(await page.evaluate(() => Object.hasOwn(globalThis, 'openedOnce'))).toBe(true)
    expect(problems).toEqual([])
  })

  test('a fridge that stays too warm becomes an alert in the open console, and a person acknowledges it', async () => {
    const { page, problems } = await openPage(browser, 'zh-CN')
    onTestFinished(async () => page.context().close())
    await page.goto(`${system.webUrl}/console/alerts`)
    const { login, password } = system.loginOf('maintainer')
    await page.locator('input[name=login]').fill(login)
    await page.locator('input[name=password]').fill(password)
    await page.locator('input[name=password]').press('Enter')
    await page.locator('input[name=password]').waitFor({ state: 'detached' })
    expect(await page.locator('[data-alert][data-rule=fridge_too_warm]').count()).toBe(0)

    const warm = setInterval(() => {
      mosquittoPub('zigbee2mqtt/fridge', '{"temperature":14.2,"linkquality":80}').catch(() => undefined)
    }, 300)
    onTestFinished(() => clearInterval(warm))
    const row = page.locator('[data-alert][data-rule=fridge_too_warm]')
    await row.waitFor({ timeout: 30_000 })
    expect(await row.getAttribute('data-state')).toBe('raised')

    await row.getByRole('button', { name: /确认|接手|知道/ }).click()
    await vi.waitFor(async () => expect(await row.getAttribute('data-state')).toBe('acknowledged'), { timeout: 10_000 })
    expect(problems).toEqual([])
  })

  test('a telemetry series has the reading, in its unit, for the appliance', async () => {
    await mosquittoPub('zigbee2mqtt/fridge', '{"temperature":4.5}')
    await vi.waitFor(async () => expect(await latest('500103-01-fridge-temp', 'temperature')).toBe(4.5), {
      timeout: 15_000,
    })
    const answer = telemetrySchema.parse(
      await system.get(`/api/v1/stations/${STATION}/telemetry?metric=temperature&from=-1h&every=1m`),
    )
    const series = answer.series.find(candidate => candidate.appliance === FRIDGE)
    expect(answer.unit).toBe('Cel')
    expect(series?.points.at(-1)?.[2]).toBe(4.5) // the window's minimum
  })
})
