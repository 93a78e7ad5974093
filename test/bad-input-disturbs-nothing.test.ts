import { type RejectReason, stationDetailSchema } from '@harbor/protocol'
import { type MqttClient, connectAsync } from 'mqtt'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { DISTRICT, GATEWAY, STATION, oneStationFleet } from './fleet.ts'
import { type System, startSystem } from './system.ts'

let system: System
/** A gateway's own account, used by somebody who sends nonsense. */
let uplink: MqttClient
/** A device on the station's LAN. */
let plug: MqttClient

const connections: MqttClient[] = []

beforeAll(async () => {
  system = await startSystem(oneStationFleet())
  uplink = await connect(system.mqttUrl, { username: GATEWAY, password: system.secretOf(GATEWAY) })
  plug = await connect(system.lanUrl)
})

afterAll(async () => {
  await Promise.all(connections.map(connection => connection.endAsync(true)))
  await system?.[Symbol.asyncDispose]()
})

async function connect(url: string, account: { username?: string; password?: string } = {}): Promise<MqttClient> {
  const client = await connectAsync(url, {
    ...account,
    clientId: `nonsense-${connections.length}`,
    reconnectPeriod: 200,
  })
  // A sender of nonsense may be cut off; it comes back.
  client.on('error', () => undefined)
  connections.push(client)
  return client
}

/** The sum of a counter over all its labels but those given. */
async function counter(name: string, labels: Record<string, string> = {}): Promise<number> {
  const text = (await system.get('/metrics')) as string
  return text
    .split('\n')
    .filter(line => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    .filter(line => Object.entries(labels).every(([label, value]) => line.includes(`${label}="${value}"`)))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)
}

const nowS = () => Math.floor(Date.now() / 1000)
const record = (more: object) => ({
  bn: 'urn:harbor:500103-01-room:',
  bt: nowS(),
  n: 'temperature',
  u: 'Cel',
  v: 25,
  ...more,
})
let seq = 0
const pack = (...records: object[]) => JSON.stringify({ seq: (seq += 1), boot: 'nonsense', pack: records })

describe('what reaches the server and cannot be believed is counted by its reason', () => {
  const CASES: [string, RejectReason, () => string][] = [
    ['no JSON', 'not_json', () => '{"seq":1,"boot":"x","pack":['],
    ['no object', 'wrong_shape', () => '[1,2,3]'],
    ['a negative number of the pack', 'wrong_shape', () => JSON.stringify({ seq: -1, boot: 'x', pack: [] })],
    ['a pack that is no list', 'not_a_pack', () => JSON.stringify({ seq: (seq += 1), boot: 'nonsense', pack: 'x' })],
    ['text for a number', 'wrong_type', () => pack(record({ v: '25' }))],
    ['another unit', 'wrong_unit', () => pack(record({ u: 'K', v: 298 }))],
    ['an absurd number', 'out_of_range', () => pack(record({ v: 4_000 }))],
    ['a metric that is none', 'unknown_metric', () => pack(record({ n: 'happiness' }))],
    ['a name that is none', 'bad_name', () => pack(record({ bn: 'urn:dev:mac:1234:' }))],
    ['a device of somebody else', 'unknown_device', () => pack(record({ bn: 'urn:harbor:500103-99-room:' }))],
    ['tomorrow', 'time_future', () => pack(record({ bt: nowS() + 86_400 }))],
    ['1970', 'bad_time', () => pack(record({ bt: 3_600 }))],
    ['ten years ago', 'time_past', () => pack(record({ bt: nowS() - 10 * 366 * 86_400 }))],
  ]

  test.each(CASES)('%s: %s', async (_what, reason, payload) => {
    const before = await counter('harbor_ingest_rejected_total', { reason })
    await uplink.publishAsync(`harbor/v1/${DISTRICT}/${GATEWAY}/telemetry`, payload(), { qos: 1 })
    await vi.waitFor(async () => expect(await counter('harbor_ingest_rejected_total', { reason })).toBe(before + 1), {
      timeout: 15_000,
      interval: 100,
    })
  })

  test('a bad record costs itself, not its neighbours', async () => {
    const payload = pack(record({ v: 4_000 }), { n: 'humidity', u: '%RH', v: 61.5 })
    await uplink.publishAsync(`harbor/v1/${DISTRICT}/${GATEWAY}/telemetry`, payload, { qos: 1 })
    await expectLatest('500103-01-room', 'humidity', 61.5)
  })
})

describe('what a device of the station says and nobody can read is counted by the gateway', () => {
  const CASES: [string, string, string][] = [
    ['broken JSON', 'tele/pow1/SENSOR', '{"Time":"2026-07-30T12:00:00","ENERGY":{'],
    ['text where power belongs', 'tele/pow1/SENSOR', '{"ENERGY":{"Power":"plenty"}}'],
    ['an absurd power', 'tele/pow1/SENSOR', '{"ENERGY":{"Power":99999999}}'],
    ['a payload of 1 MB', 'tele/pow1/SENSOR', `{"ENERGY":{"Power":${'1'.repeat(1_000_000)}}}`],
  ]

  test.each(CASES)('%s', async (_what, topic, payload) => {
    const before = await counter('harbor_gateway_rejected_total')
    await plug.publishAsync(topic, payload, { qos: 0 })
    await vi.waitFor(async () => expect(await counter('harbor_gateway_rejected_total')).toBeGreaterThan(before), {
      timeout: 15_000,
      interval: 100,
    })
  })
})

describe('and it disturbs nothing', () => {
  test("1 MB, and a neighbour's topic, are not spread by the broker", async () => {
    await uplink.publishAsync(`harbor/v1/${DISTRICT}/${GATEWAY}/telemetry`, 'x'.repeat(1_000_000), { qos: 0 })
    const intruder = await connect(system.mqttUrl, { username: GATEWAY, password: system.secretOf(GATEWAY) })
    await intruder.publishAsync(`harbor/v1/${DISTRICT}/gw-500103-02/telemetry`, pack(record({})), { qos: 0 })
    await expectRoundTrip(31.25)
  })

  test('the same mistake a hundred times is logged once a minute at most', async () => {
    const logged = () =>
      system
        .logOf('server')
        .split('\n')
        .filter(line => line.includes('happiness')).length
    const before = logged()
    const count = await counter('harbor_ingest_rejected_total', { reason: 'unknown_metric' })
    for (let n = 0; n < 100; n += 1) {
      const payload = pack(record({ bn: 'urn:harbor:500103-01-people:', n: 'happiness' }))
      await uplink.publishAsync(`harbor/v1/${DISTRICT}/${GATEWAY}/telemetry`, payload, { qos: 1 })
    }
    await vi.waitFor(
      async () => expect(await counter('harbor_ingest_rejected_total', { reason: 'unknown_metric' })).toBe(count + 100),
      { timeout: 15_000 },
    )
    expect(logged() - before).toBeLessThanOrEqual(2) // a minute may end in between
  })

  test('good readings still pass, and the server is well', async () => {
    await expectRoundTrip(27.75)
    expect(await system.get('/healthz')).toMatchObject({ ok: true })
  })
})

async function expectRoundTrip(value: number): Promise<void> {
  const sensor = await connect(system.lanUrl)
  await sensor.publishAsync('livingroom/sensor/living_room_temperature/state', String(value), { qos: 1 })
  await expectLatest('500103-01-room', 'temperature', value)
}

async function expectLatest(device: string, metric: string, value: number): Promise<void> {
  await vi.waitFor(
    async () => {
      const detail = stationDetailSchema.parse(await system.get(`/api/v1/stations/${STATION}`))
      const found = detail.readings.find(reading => reading.device === device && reading.metric === metric)
      expect(found?.value).toBe(value)
    },
    { timeout: 15_000, interval: 100 },
  )
}
