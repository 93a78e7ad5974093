import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { text } from 'node:stream/consumers'
import {
  type Reading,
  type SafetyEvent,
  automationStateSchema,
  commandListSchema,
  encodeTelemetry,
  figureReportSchema,
  fleetSchema,
  topics,
} from '@harbor/protocol'
import { connectAsync } from 'mqtt'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { ROOT, type Running, startProcess, stopProcess } from '../scripts/child-process.ts'
import { type System, startSystem } from './system.ts'

const HOT = '500103'
const COOL = '500105'
const SOON = { timeout: 60_000, interval: 200 }
const CLOCK = { timeZone: 'Asia/Shanghai', hourCycle: 'h23' } as const
const PHONE = '+8613800000000'

/** On the stations' clock, so many minutes from now. */
const wall = (inMin: number) =>
  new Intl.DateTimeFormat('en-GB', { ...CLOCK, hour: '2-digit', minute: '2-digit' }).format(Date.now() + inMin * 60_000)
const today = () => {
  const name = new Intl.DateTimeFormat('en-GB', { ...CLOCK, weekday: 'short' }).format(Date.now())
  return ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'].indexOf(name) + 1
}

const stationOf = (district: string) => `cq-${district}-01`
const gatewayOf = (district: string) => `gw-${district}-01`
const districts = [HOT, COOL]
const fleet = fleetSchema.parse({
  regions: [
    { district: HOT, nameZh: '渝中区', nameEn: 'Yuzhong' },
    { district: COOL, nameZh: '江北区', nameEn: 'Jiangbei' },
  ],
  stations: districts.map(district => ({
    id: stationOf(district),
    district,
    nameZh: `港湾 ${district}`,
    nameEn: `Harbor ${district}`,
    latDeg: 29.5586,
    lngDeg: 106.574,
    // It opens within half an hour, also after these tests have taken a while.
    hours: `Mo-Su ${wall(20)}-${wall(20 + 240)}`,
  })),
  appliances: districts.map(district => ({
    id: `${district}-ac`,
    station: stationOf(district),
    kind: 'air_conditioner',
  })),
  gateways: districts.map(district => ({ id: gatewayOf(district), station: stationOf(district), district })),
  devices: districts.map(district => ({
    id: `${district}-plug`,
    gateway: gatewayOf(district),
    vendor: 'tasmota',
    address: district,
    appliance: `${district}-ac`,
  })),
})

interface Received {
  body: Record<string, unknown>
  token: string | undefined
  status: number
}

/** In place of the group, the provider of text messages and the platform above, which is out of order at first and refuses some for ever. */
const received: Record<string, Received[]> = { '/group': [], '/sms': [], '/upper': [] }
let platform: 'down' | 'refuses' | 'works' = 'down'
const services = createServer((request, response) => {
  void text(request).then(content => {
    const path = new URL(request.url ?? '/', 'http://local').pathname
    const status = path !== '/upper' || platform === 'works' ? 200 : platform === 'down' ? 500 : 400
    const token = request.headers.authorization
    received[path]?.push({ body: JSON.parse(content) as Received['body'], token, status })
    response.writeHead(status).end('{"errcode":0,"errmsg":"ok"}')
  })
})
const upper = (status: number, type: string) =>
  (received['/upper'] ?? []).filter(one => one.status === status && one.body['type'] === type)

let system: System
let nodeRed: Running | undefined
let nodeRedUrl: string

/** The flow file with rounds of seconds, and a weekly report that is due today. */
async function writeHastyFlows(): Promise<void> {
  const flows = JSON.parse(await readFile(join(ROOT, 'node-red-flows/flows/flows.json'), 'utf8')) as {
    id: string
    env?: { name: string; value: string }[]
  }[]
  for (const node of flows) {
    if (/^(closing|weekly|upper)-tick$/.test(node.id)) Object.assign(node, { repeat: '2', onceDelay: '1' })
    if (node.id !== 'weekly') continue
    for (const one of node.env ?? []) one.value = one.name === 'AT_TIME' ? '00:00' : String(today())
  }
  await mkdir(join(system.dataDir, 'node-red'), { recursive: true })
  await writeFile(join(system.dataDir, 'node-red/flows.json'), JSON.stringify(flows))
}

async function asGateway(district: string, tell: (client: Awaited<ReturnType<typeof connectAsync>>) => Promise<void>) {
  const gateway = gatewayOf(district)
  const client = await connectAsync(system.mqttUrl, { username: gateway, password: system.secretOf(gateway) })
  await tell(client)
  await client.endAsync()
}

/** The air conditioner's relay is off. */
const sayOff = (district: string) =>
  asGateway(district, async client => {
    const readings: Reading[] = [{ device: `${district}-plug`, metric: 'relay', value: 0, timeMs: Date.now() }]
    const payload = Buffer.from(encodeTelemetry({ seq: 1, boot: 'test', base: 1, readings }))
    await client.publishAsync(topics.telemetry({ district, gateway: gatewayOf(district) }), payload, { qos: 1 })
  })

/** The gateway has cut the plug of its air conditioner. */
const cut = (district: string) =>
  asGateway(district, async client => {
    const atMs = Date.now()
    const device = `${district}-plug`
    const safety: SafetyEvent[] = [
      {
        device,
        source: device,
        cause: 'overheat',
        phase: 'cut',
        severity: 'P1',
        isStanding: true,
        metric: 'temperature',
        threshold: 70,
        observed: 90,
        fromMs: atMs,
        atMs,
        recuts: 0,
      },
    ]
    const status = JSON.stringify({ online: true, atMs, safety })
    await client.publishAsync(topics.status({ district, gateway: gatewayOf(district) }), status, {
      qos: 1,
      retain: true,
    })
  })

/** Opens what the flows remember; `hurry` makes what waits to be passed on due now. */
function openLedger() {
  const db = new DatabaseSync(join(system.dataDir, 'node-red/automation.sqlite'))
  db.exec('PRAGMA busy_timeout = 5000')
  onTestFinished(() => db.close())
  return { hurry: () => db.exec('UPDATE forward SET due_at_ms = 1 WHERE due_at_ms IS NOT NULL') }
}

/** Presses an inject node's button as an administrator in the editor. */
async function press(node: string): Promise<void> {
  const { login, password } = system.loginOf('admin')
  const json = { 'content-type': 'application/json' }
  const credentials = { client_id: 'node-red-editor', grant_type: 'password', scope: '', username: login, password }
  const answer = await fetch(new URL('auth/token', nodeRedUrl), {
    method: 'POST',
    headers: json,
    body: JSON.stringify(credentials),
  })
  const { access_token: token } = (await answer.json()) as { access_token: string }
  const pressed = await fetch(new URL(`inject/${node}`, nodeRedUrl), {
    method: 'POST',
    headers: { ...json, authorization: `Bearer ${token}` },
    body: '{}',
  })
  expect(pressed.status).toBe(200)
}

beforeAll(async () => {
  services.listen(0, '127.0.0.1')
  await once(services, 'listening')
  const servicesUrl = `http://127.0.0.1:${(services.address() as AddressInfo).port}`
  system = await startSystem(fleet, { hasGateway: false })
  const channel = { severities: ['P0', 'P1', 'P2', 'P3'], language: 'zh', region: HOT }
  await system.put('/api/v1/contact-channels/managers', {
    ...channel,
    kind: 'wecom',
    name: 'managers',
    target: 'managers',
    roles: ['manager'],
  })
  await system.put('/api/v1/contact-channels/phone', {
    ...channel,
    kind: 'sms',
    name: 'phone',
    target: PHONE,
    severities: ['P1'],
    roles: [],
  })
  await Promise.all(districts.map(sayOff))
  for (const [district, outdoorC] of [
    [HOT, 37],
    [COOL, 21],
  ] as const)
    await system.post('/api/v1/weather', { district, outdoorC, maxTodayC: outdoorC + 1 })
  await writeHastyFlows()
  nodeRed = startProcess({
    name: 'node-red',
    entry: 'node-red-flows/src/main.ts',
    env: {
      DATA_DIR: system.dataDir,
      SERVER_URL: system.webUrl,
      MQTT_URL: system.mqttUrl,
      NODE_RED_PORT: '0',
      WECOM_MANAGERS_URL: `${servicesUrl}/group`,
      SMS_URL: `${servicesUrl}/sms`,
      SMS_TOKEN: 'token-of-sms',
      UPPER_PLATFORM_URL: `${servicesUrl}/upper`,
      UPPER_PLATFORM_TOKEN: 'token-of-upper',
      CLOSING_SWITCH_DISTRICTS: 'all',
    },
  })
  nodeRedUrl = (await nodeRed.ready)[0]?.url ?? ''
})

afterAll(async () => {
  if (nodeRed !== undefined) await stopProcess(nodeRed, 4_000)
  await system[Symbol.asyncDispose]()
  services.close()
})

test('before a station opens its air conditioner goes on where it is hot outside, and not where it is cool', async () => {
  const commandsOf = async (district: string) =>
    commandListSchema.parse(await system.get(`/api/v1/devices/${district}-plug/commands`)).commands
  await vi.waitFor(async () => expect(await commandsOf(HOT)).toHaveLength(1), SOON)
  expect((await commandsOf(HOT))[0]).toMatchObject({
    action: 'relay-on',
    requestedBy: expect.stringContaining('node-red'),
  })
  // Both stations were looked at in the same round.
  expect(await commandsOf(COOL)).toEqual([])
})

test('the weekly report says once what the server reckons', async () => {
  const reports = () =>
    (received['/group'] ?? []).map(({ body }) => JSON.stringify(body)).filter(body => body.includes('渝中区 一周运维'))
  await vi.waitFor(() => expect(reports()).toHaveLength(1), SOON)
  const query = new URLSearchParams({
    from: new Date(Date.now() - 7 * 86_400_000).toISOString(),
    to: new Date().toISOString(),
    district: HOT,
  })
  const { total } = figureReportSchema.parse(await system.get(`/api/v1/figures?${query}`))
  expect(reports()[0]).toContain(
    `设备故障 ${total.faults} 次，新增工单 ${total.ordersMade}，已确认 ${total.ordersVerified}`,
  )
})

test('an alert is a text message by the provider, and waits for a platform above that is out of order', async () => {
  const { hurry } = openLedger()
  await cut(HOT)
  await vi.waitFor(() => {
    expect(received['/sms']?.map(({ body, token }) => [body['phone'], token])).toEqual([[PHONE, 'Bearer token-of-sms']])
    expect(received['/upper']?.filter(({ status }) => status === 500).length).toBeGreaterThan(0)
  }, SOON)
  expect(received['/sms']?.[0]?.body).toMatchObject({ text: expect.stringMatching(/^P1 /), id: expect.any(String) })
  platform = 'works'
  await vi.waitFor(() => {
    hurry()
    expect(upper(200, 'harbor.alert-raised')).toHaveLength(1)
  }, SOON)
  const [failed] = (received['/upper'] ?? []).filter(({ status }) => status === 500)
  const taken = (received['/upper'] ?? []).filter(({ status }) => status === 200)
  expect(taken.map(({ body }) => body['id'])).toContain(failed?.body['id'])
  expect(new Set(taken.map(({ body }) => body['id'])).size).toBe(taken.length)
  expect(taken[0]?.token).toBe('Bearer token-of-upper')
})

test('what the platform above refuses for ever is a dead letter for people to see, and goes out again by the tab’s button', async () => {
  const { hurry } = openLedger()
  platform = 'refuses'
  await cut(COOL)
  const note = async () => {
    const { accounts } = automationStateSchema.parse(await system.get('/api/v1/automation/state'))
    return accounts.flatMap(({ flows }) => flows).find(({ id }) => id === 'upper')?.reason ?? ''
  }
  const refused = () => upper(400, 'harbor.alert-raised').length
  await vi.waitFor(() => {
    hurry()
    // Once, and once after each of four pauses.
    expect(refused()).toBe(5)
  }, SOON)
  await vi.waitFor(async () => expect(await note()).toMatch(/^[1-9]\d* dead letters$/), SOON)
  expect(refused()).toBe(5)
  platform = 'works'
  await press('upper-again')
  await vi.waitFor(() => expect(upper(200, 'harbor.alert-raised')).toHaveLength(2), SOON)
})
