import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { text } from 'node:stream/consumers'
import { type Reading, commandListSchema, encodeTelemetry, fleetSchema, topics } from '@harbor/protocol'
import { connectAsync } from 'mqtt'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { ROOT, type Running, startProcess, stopProcess } from '../scripts/child-process.ts'
import { type System, startSystem } from './system.ts'

const DISTRICT = '500103'
const STREET = '500103003'
const OPEN_ALWAYS = 'cq-500103-01'
const BY_DAY = 'cq-500103-02'
const GATEWAY = 'gw-500103-01'
const SOON = { timeout: 40_000, interval: 200 }

const fleet = fleetSchema.parse({
  regions: [{ district: DISTRICT, nameZh: '渝中区', nameEn: 'Yuzhong' }],
  streets: [{ street: STREET, nameZh: '解放碑街道', nameEn: 'Jiefangbei' }],
  stations: [
    { id: OPEN_ALWAYS, hours: '24/7' },
    { id: BY_DAY, hours: 'Mo-Su 09:00-17:00' },
  ].map(station => ({
    ...station,
    district: DISTRICT,
    street: STREET,
    nameZh: `港湾 ${station.id}`,
    nameEn: `Harbor ${station.id}`,
    latDeg: 29.5586,
    lngDeg: 106.574,
    capacity: 12,
  })),
  appliances: [
    { id: 'ac', station: OPEN_ALWAYS, kind: 'air_conditioner' },
    { id: 'fridge', station: OPEN_ALWAYS, kind: 'fridge' },
    { id: 'ac-2', station: BY_DAY, kind: 'air_conditioner' },
  ],
  gateways: [{ id: GATEWAY, station: OPEN_ALWAYS, district: DISTRICT }],
  devices: [
    { id: 'ac-plug', gateway: GATEWAY, vendor: 'tasmota', address: 'ac', appliance: 'ac' },
    { id: 'fridge-plug', gateway: GATEWAY, vendor: 'tasmota', address: 'fridge', appliance: 'fridge' },
    { id: 'counter', gateway: GATEWAY, vendor: 'esphome', address: 'counter' },
  ],
})

const groupMessages: string[] = []
const group = createServer((request, response) => {
  void text(request).then(body => {
    groupMessages.push(body)
    response.end('{"errcode":0,"errmsg":"ok"}')
  })
})
let system: System
let nodeRed: Running
let seq = 0

/** The flow file with rounds of seconds, and a digest that is due all day. */
async function writeHastyFlows(): Promise<void> {
  const flows = JSON.parse(await readFile(join(ROOT, 'node-red-flows/flows/flows.json'), 'utf8')) as {
    id: string
    repeat?: string
    onceDelay?: string
    env?: { name: string; value: string }[]
  }[]
  for (const node of flows) {
    if (/^(closing|heat|digest)-tick$/.test(node.id)) Object.assign(node, { repeat: '2', onceDelay: '1' })
    for (const one of node.env ?? []) if (one.name === 'AT_TIME' && node.id === 'digest') one.value = '00:00'
  }
  await mkdir(join(system.dataDir, 'node-red'), { recursive: true })
  await writeFile(join(system.dataDir, 'node-red/flows.json'), JSON.stringify(flows))
}

async function publishReadings(values: [device: string, metric: Reading['metric'], value: number][]): Promise<void> {
  const client = await connectAsync(system.mqttUrl, { username: GATEWAY, password: system.secretOf(GATEWAY) })
  seq += 1
  const readings = values.map(([device, metric, value]) => ({ device, metric, value, timeMs: Date.now() }))
  const payload = Buffer.from(encodeTelemetry({ seq, boot: 'test', base: 1, readings }))
  await client.publishAsync(topics.telemetry({ district: DISTRICT, gateway: GATEWAY }), payload, { qos: 1 })
  await client.endAsync()
}

const openingOf = async (station: string) =>
  ((await system.get(`/api/v1/stations/${station}`)) as { opening: { state: string } }).opening.state
const commandsOf = async (device: string) =>
  commandListSchema.parse(await system.get(`/api/v1/devices/${device}/commands`)).commands

beforeAll(async () => {
  group.listen(0, '127.0.0.1')
  await once(group, 'listening')
  system = await startSystem(fleet, { hasGateway: false })
  await system.put('/api/v1/contact-channels/managers', {
    kind: 'wecom',
    name: 'managers',
    target: 'managers',
    region: DISTRICT,
    roles: ['manager'],
    severities: ['P0', 'P1', 'P2', 'P3'],
    language: 'zh',
  })
  await writeHastyFlows()
  nodeRed = startProcess({
    name: 'node-red',
    entry: 'node-red-flows/src/main.ts',
    env: {
      DATA_DIR: system.dataDir,
      SERVER_URL: system.webUrl,
      MQTT_URL: system.mqttUrl,
      NODE_RED_PORT: '0',
      WECOM_MANAGERS_URL: `http://127.0.0.1:${(group.address() as AddressInfo).port}/`,
      CLOSING_SWITCH_DISTRICTS: DISTRICT,
    },
  })
  await nodeRed.ready
})

afterAll(async () => {
  await stopProcess(nodeRed, 4_000)
  await system[Symbol.asyncDispose]()
  group.close()
})

test('at closing time the air conditioner of an empty station goes off, once and under the account’s name; the fridge stays', async () => {
  await publishReadings([
    ['counter', 'people', 1],
    ['ac-plug', 'relay', 1],
    ['fridge-plug', 'relay', 1],
  ])
  await vi.waitFor(async () => expect(await openingOf(OPEN_ALWAYS)).toBe('open'), SOON)
  const ledger = new DatabaseSync(join(system.dataDir, 'node-red/automation.sqlite'), { readOnly: true })
  onTestFinished(() => ledger.close())
  const wasSeenOpen = () => ledger.prepare("SELECT 1 FROM mark WHERE name = 'open/cq-500103-01'").get()
  await vi.waitFor(() => expect(wasSeenOpen()).toBeDefined(), SOON)
  const day = (offset: number) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10)
  await system.post('/api/v1/hours-changes', {
    station: OPEN_ALWAYS,
    kind: 'closure',
    from: day(-1),
    to: day(1),
    reasonZh: '测试',
    reasonEn: 'test',
  })
  await vi.waitFor(async () => expect(await openingOf(OPEN_ALWAYS)).toBe('closed'), SOON)
  expect(await commandsOf('ac-plug')).toEqual([])
  await publishReadings([['counter', 'people', 0]])
  await vi.waitFor(async () => expect(await commandsOf('ac-plug')).toHaveLength(1), SOON)
  expect((await commandsOf('ac-plug'))[0]).toMatchObject({
    action: 'relay-off',
    requestedBy: expect.stringContaining('node-red'),
  })
  expect(await commandsOf('fridge-plug')).toEqual([])
})

test('a command that the gateway could not carry out is given once more, five minutes later', async () => {
  const [first] = await commandsOf('ac-plug')
  const client = await connectAsync(system.mqttUrl, { username: GATEWAY, password: system.secretOf(GATEWAY) })
  const topic = topics.commandResult({ district: DISTRICT, gateway: GATEWAY }, first?.id ?? '')
  const result = { state: 'failed', reason: 'the plug does not answer', atMs: Date.now() }
  await client.publishAsync(topic, JSON.stringify(result), { qos: 1 })
  await client.endAsync()
  const ledger = new DatabaseSync(join(system.dataDir, 'node-red/automation.sqlite'))
  onTestFinished(() => ledger.close())
  ledger.exec('PRAGMA busy_timeout = 5000')
  const isNoted = () => ledger.prepare("SELECT 1 FROM mark WHERE name = 'failed/cq-500103-01'").get() !== undefined
  await vi.waitFor(() => expect(isNoted()).toBe(true), SOON)
  expect(await commandsOf('ac-plug')).toHaveLength(1)
  // Five minutes go by.
  ledger.exec("UPDATE mark SET at_ms = at_ms - 300000 WHERE name = 'failed/cq-500103-01'")
  await vi.waitFor(async () => expect(await commandsOf('ac-plug')).toHaveLength(2), SOON)
})

test('a street’s managers get one digest of the day', async () => {
  const digests = () => groupMessages.filter(body => body.includes('解放碑街道') && body.includes('日报'))
  await vi.waitFor(() => expect(digests()).toHaveLength(1), SOON)
  expect(digests()[0]).toContain('站点 2 个')
})

test('a heat warning asks the managers once to look at the proposal, and changes no hours', async () => {
  const at = (ms: number) => new Date(Date.now() + ms).toISOString()
  await system.post('/api/v1/weather', {
    district: DISTRICT,
    outdoorC: 39,
    maxTodayC: 41,
    warning: { signal: 'red', kind: 'heat', from: at(-60_000), to: at(3_600_000), source: '重庆市气象台' },
  })
  const asked = () => groupMessages.filter(body => body.includes('高温红色预警'))
  await vi.waitFor(() => expect(asked()).toHaveLength(1), SOON)
  expect(asked()[0]).toContain('/console/heat?district=500103')
  const { changes } = (await system.get('/api/v1/hours-changes')) as { changes: { kind: string }[] }
  expect(changes.map(({ kind }) => kind)).toEqual(['closure'])
})
