import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { unzipSync } from 'fflate'
import { type MqttClient, connectAsync } from 'mqtt'
import type { Browser, Download, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Running, startProcess, stopProcess } from '../scripts/child-process.ts'
import { buildConsole } from '../web/console/test/built-console.ts'
import { DESK, accessibilityProblems, launchBrowser, openScreen } from '../web/console/test/open-console.ts'
import { DISTRICT, oneStationFleet } from './fleet.ts'
import { type System, startSystem } from './system.ts'

const STATION = 'cq-500103-99'
const GATEWAY = `gw-${STATION}`
const PLUG = { id: `${STATION}-water-plug`, address: 'water-500103-99' }
const ROOM = { id: `${STATION}-room`, address: 'room' }
/** Generous: the machine may be busy with other tests. */
const SOON = 60_000

let folder: string
let system: System
let browser: Browser
let box: Running | undefined
let devices: MqttClient | undefined
let speaking: ReturnType<typeof setInterval> | undefined

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'harbor-bench-'))
  const built = await buildConsole()
  await cp(built.dir, join(folder, 'web/console'), { recursive: true })
  await built.remove()
  const fleet = oneStationFleet()
  const [first] = fleet.stations
  if (first === undefined) throw new Error('the fleet has no station')
  const blank = { ...first, id: STATION, district: DISTRICT, nameZh: '曾家岩驿站', nameEn: 'Zengjiayan' }
  ;[system, browser] = await Promise.all([
    startSystem(
      {
        ...fleet,
        stations: [...fleet.stations, blank],
        appliances: [...fleet.appliances, { id: `${STATION}-water`, station: STATION, kind: 'water_dispenser' }],
      },
      { webDir: join(folder, 'web') },
    ),
    launchBrowser(),
  ])
}, 180_000)

afterAll(async () => {
  await browser?.close()
  clearInterval(speaking)
  await devices?.endAsync(true)
  if (box !== undefined) await stopProcess(box, 4_000)
  await system?.[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

const fill = async (page: Page, within: string, values: Record<string, string>) => {
  for (const [name, value] of Object.entries(values)) await page.locator(`${within} [name=${name}]`).fill(value)
}

async function bytesOf(download: Download): Promise<Uint8Array> {
  return new Uint8Array(await readFile(await download.path()))
}

/** A card is written, and a box out of its carton starts with it. */
async function startBox(bundle: Uint8Array): Promise<string> {
  const card = join(folder, 'card')
  for (const [path, bytes] of Object.entries(unzipSync(bundle))) {
    await mkdir(dirname(join(card, path)), { recursive: true })
    await writeFile(join(card, path), bytes)
  }
  const env = {
    GATEWAY_DIR: join(folder, 'box'),
    GATEWAY_BUNDLE_DIR: join(card, 'harbor'),
    GATEWAY_LAN_PORT: '0',
    MQTT_URL: '',
    LOG_LEVEL: 'info',
  }
  box = startProcess({ name: 'box', entry: 'gateway/src/main.ts', env })
  const [listener] = await box.ready
  expect(listener?.name).toBe(GATEWAY)
  return listener?.url ?? ''
}

/** A plug that does what it is told, and a sensor. */
async function switchDevicesOn(lanUrl: string): Promise<void> {
  const client = await connectAsync(lanUrl, { clientId: 'devices' })
  devices = client
  client.on('message', (topic, payload) => {
    const power = payload.toString().toUpperCase() === 'OFF' ? 'OFF' : 'ON'
    void client.publishAsync(topic.replace('cmnd/', 'stat/').replace('/POWER', '/RESULT'), `{"POWER":"${power}"}`)
    void client.publishAsync(topic.replace('cmnd/', 'stat/'), power)
  })
  await client.subscribeAsync(`cmnd/${PLUG.address}/#`)
  const speak = () => {
    void client.publishAsync(`tele/${PLUG.address}/STATE`, '{"POWER":"ON"}', { qos: 1 })
    void client.publishAsync(`tele/${PLUG.address}/SENSOR`, '{"ENERGY":{"Power":420}}', { qos: 1 })
    void client.publishAsync(`zigbee2mqtt/${ROOM.address}`, '{"temperature":26.5,"humidity":61}', { qos: 1 })
  }
  speak()
  speaking = setInterval(speak, 1_000)
}

/** A page of the hardware team's, signed in. */
async function open(path: string) {
  const opened = await openScreen(browser, { locale: 'en', colorScheme: 'light', viewport: DESK })
  const { page } = opened
  page.setDefaultTimeout(SOON)
  const { login, password } = system.loginOf('hardware')
  await page.goto(`${system.webUrl}/console${path}`)
  await page.locator('input[name=login]').fill(login)
  await page.locator('input[name=password]').fill(password)
  await page.locator('button[type=submit]').click()
  await page.locator('nav a').first().waitFor()
  return opened
}

test('a profile, a token, a card, a box, its devices, a relay, an accepted gateway: all of it in the browser', async () => {
  const { page, problems, close } = await open('/fleet/new-profile')
  try {
    // What the station is equipped with.
    await fill(page, '[data-form=profile]', { profile: 'corner', nameZh: '角落', nameEn: 'Corner' })
    await page.locator('[data-act=add-appliance]').click()
    await page.locator('[data-appliance] [name=key]').fill('water')
    await page.locator('[data-appliance=water] [name=kind]').selectOption('water_dispenser')
    await page.locator('[data-act=add-device]').click()
    await fill(page, '[data-device]', { key: 'water-plug', address: 'water-{site}', reportEveryS: '10' })
    await page.locator('[data-device=water-plug] [name=appliance]').selectOption('water')
    await page.locator('[data-act=add-device]').click()
    await fill(page, '[data-device=plug]', { address: ROOM.address, key: 'room' })
    await page.locator('[data-device=room] [name=vendor]').selectOption('zigbee2mqtt')
    await page.locator('[data-testid=check][data-sound=true]').waitFor()
    await page.getByTestId('save').click()
    await page.locator('[data-version="1"]').waitFor()

    // A token for its box, with which a card is written.
    await page.goto(`${system.webUrl}/console/fleet/batches`)
    await page.getByTestId('new-batch').click()
    await page.getByText('A list', { exact: true }).click()
    await fill(page, '[data-form=batch]', { name: 'Bench, Tuesday', stations: STATION })
    await page.locator('[data-form=batch] [name=profile]').selectOption('corner')
    await page.getByTestId('make-batch').click()
    await page.locator('[data-part=issued]').waitFor()
    const [sheet] = await Promise.all([page.waitForEvent('download'), page.getByTestId('sheet').click()])
    expect(
      Buffer.from(await bytesOf(sheet))
        .subarray(0, 5)
        .toString(),
    ).toBe('%PDF-')
    await page.locator('[data-form=bundles] summary').click()
    await page.locator('label:has([name=allow-http])').click()
    const [bundle] = await Promise.all([page.waitForEvent('download'), page.getByTestId('bundle').click()])
    const lanUrl = await startBox(await bytesOf(bundle))

    // The batch shows it, and the bench takes it over.
    await page.goto(`${system.webUrl}/console/fleet/bench`)
    await page.locator(`[data-gateway=${GATEWAY}] a`).click()
    await page.locator('[data-check=config][data-mark=green]').waitFor()
    await switchDevicesOn(lanUrl)
    await page.locator(`[data-device=${ROOM.id}][data-mark=green]`).waitFor()
    await page.locator(`[data-device=${PLUG.id}] [data-metric=power]`).waitFor()
    expect(await page.getByTestId('verdict').getAttribute('data-mark')).not.toBe('green')
    const relay = page.locator(`[data-relay=${PLUG.id}]`)
    await relay.locator('[data-act=relay-off]').click()
    await page.locator(`[data-relay=${PLUG.id}][data-mark=green]`).waitFor()
    const off = await relay.getAttribute('data-command')
    await relay.locator('[data-act=relay-on]').click()
    await page.locator(`[data-relay=${PLUG.id}][data-mark=green]:not([data-command="${off}"])`).waitFor()
    await page.locator('[data-testid=verdict][data-mark=green]').waitFor()
    expect(await accessibilityProblems(page)).toEqual([])
    await page.locator('[data-form=accept] [name=note]').fill('shelf 3')
    await page.getByTestId('accept').click()
    await page.getByTestId('accepted').waitFor()
    const [accepted] = await Promise.all([page.waitForEvent('download'), page.getByTestId('acceptance-sheet').click()])
    expect(
      Buffer.from(await bytesOf(accepted))
        .subarray(0, 5)
        .toString(),
    ).toBe('%PDF-')

    // Each step is in the gateway's record, and the twin is in step.
    await page.goto(`${system.webUrl}/console/fleet/gateways/${GATEWAY}`)
    await page.locator('[data-testid=twin-state][data-state=in_step]').waitFor()
    for (const act of ['claimed', 'config-issued', 'relay-tested', 'gateway-accepted'])
      await page.locator(`[data-part=audit] [data-act=${act}]`).first().waitFor()
    expect(await accessibilityProblems(page)).toEqual([])
    expect(problems).toEqual([])
  } finally {
    await close()
  }
}, 180_000)

test('the next version of its profile goes to it in a rollout, which is done when the gateway is well with it', async () => {
  const { page, problems, close } = await open('/fleet/profiles/corner')
  try {
    await page.getByTestId('edit').click()
    await fill(page, '[data-device=water-plug]', { reportEveryS: '30' })
    await page.locator('[data-testid=check][data-sound=true]').waitFor()
    await page.getByTestId('save').click()
    await page.locator('[data-version="2"]').waitFor()

    await page.goto(`${system.webUrl}/console/fleet/new-rollout?profile=corner`)
    await fill(page, '[data-form=rollout]', { name: 'Slower plugs', steadyMinutes: '0' })
    await page.locator('[data-form=rollout] [name=target]').selectOption('corner')
    await page.getByTestId('preview').click()
    await page.locator('[data-part=preview] [data-stage="0"]').getByText(GATEWAY).waitFor()
    expect(await accessibilityProblems(page)).toEqual([])
    await page.getByTestId('make-rollout').click()
    await page.locator('[data-testid=rollout-state][data-state=ready]').waitFor()
    await page.locator('[data-act=start]').click()
    await page.locator('[data-testid=rollout-state][data-state=done]').waitFor()
    await page.locator(`[data-part=gateways] [data-gateway=${GATEWAY}][data-state=well]`).waitFor()
    await page.locator('[data-part=record] [data-event=done]').waitFor()
    expect(await accessibilityProblems(page)).toEqual([])
    expect(problems).toEqual([])
  } finally {
    await close()
  }
}, 180_000)
