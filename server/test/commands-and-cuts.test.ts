import {
  type AlertView,
  type CommandView,
  type GatewayStatus,
  type SafetyEvent,
  encodeJson,
  topics,
} from '@harbor/protocol'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { twoDistrictFleet } from './fleet-fixture.ts'
import { type RunningServer, startServer } from './running-server.ts'

const YUZHONG = { district: '500103', gateway: 'gw-yuzhong-1' }
const PLUG = 'yuzhong-microwave-plug'

let server: RunningServer
let cookies: Record<string, string>
let nowMs: number

beforeEach(async () => {
  nowMs = Date.now()
  server = await startServer({ fleet: twoDistrictFleetWithPlug(), nowMs: () => nowMs })
  cookies = {}
  for (const login of ['admin', 'yuzhong', 'yubei']) cookies[login] = await server.signIn(login)
})
afterEach(async () => {
  await server[Symbol.asyncDispose]()
})

const ask = (...[login, method, path, body]: [string, string, string, unknown?]) =>
  server.request(method, path, { cookie: cookies[login] ?? '', ...(body !== undefined && { body }) })
const send = async (login = 'yuzhong', action = 'relay-off', device = PLUG) =>
  ask(login, 'POST', `/api/v1/devices/${device}/commands`, { action })
const sentCommands = () => server.bus.sent().filter(({ topic }) => /\/command\/[^/]+$/.test(topic))
const events = (kind: string) => server.bus.sent().filter(({ topic }) => topic.endsWith(`/event/${kind}`))
const answer = (id: string, result: object, gateway = YUZHONG) =>
  server.bus.receive(topics.commandResult(gateway, id), encodeJson({ atMs: Date.now(), ...result }))

describe('a command', () => {
  test("goes to the device's gateway, and its result is there for who asks", async () => {
    const { status, body } = await send()
    const { id } = body as CommandView
    expect([status, body]).toMatchObject([
      202,
      { device: PLUG, state: 'sent', requestedBy: 'yuzhong', district: '500103' },
    ])
    const [command] = sentCommands()
    expect(command).toMatchObject({
      topic: topics.command(YUZHONG, id),
      payload: { device: PLUG, action: 'relay-off' },
    })
    expect(command?.payload).toHaveProperty('expires', nowMs + 60_000)

    await answer(id, { state: 'refused', reason: 'it is a fridge' })
    const found = await ask('yuzhong', 'GET', `/api/v1/devices/${PLUG}/commands/${id}`)
    expect(found.body).toMatchObject({ state: 'refused', reason: 'it is a fridge', finishedAt: expect.any(String) })
    expect((await ask('admin', 'GET', `/api/v1/devices/${PLUG}/commands`)).body).toEqual({ commands: [found.body] })
    await vi.waitFor(() => expect(events('command-finished')).toHaveLength(1))
    expect(events('command-finished')[0]?.payload).toMatchObject({
      type: 'harbor.command-finished',
      subject: id,
      data: found.body,
    })
  })

  test('has one result: the first counts, and another gateway has no say in it', async () => {
    const { id } = (await send()).body as CommandView
    await answer(id, { state: 'done' }, { district: '500112', gateway: 'gw-yubei-1' })
    await answer(id, { state: 'failed', reason: 'first' })
    await answer(id, { state: 'done' })
    await answer('no-such-command', { state: 'done' })
    await server.bus.receive(topics.commandResult(YUZHONG, id), encodeJson({ state: 'maybe' }))
    const { body } = await ask('yuzhong', 'GET', `/api/v1/devices/${PLUG}/commands/${id}`)
    expect(body).toMatchObject({ state: 'failed', reason: 'first' })
  })

  test('can neither be sent nor seen from another district, and the answer is that for a device that is not there', async () => {
    const { id } = (await send()).body as CommandView
    expect((await send('yubei')).status).toBe(404)
    expect((await send('yuzhong', 'relay-off', 'no-such-device')).status).toBe(404)
    expect((await ask('yubei', 'GET', `/api/v1/devices/${PLUG}/commands/${id}`)).status).toBe(404)
    expect((await ask('yubei', 'GET', `/api/v1/devices/${PLUG}/commands`)).status).toBe(404)
    expect(
      (await server.request('POST', `/api/v1/devices/${PLUG}/commands`, { body: { action: 'relay-on' } })).status,
    ).toBe(401)
    expect(sentCommands()).toHaveLength(1)
  })

  test('is one of those there are, and not one of too many', async () => {
    expect((await send('yuzhong', 'relay-toggle')).status).toBe(400)
    for (let n = 0; n < 10; n += 1) expect((await send()).status).toBe(202)
    expect((await send()).status).toBe(429)
  })

  test('that is not answered is sent again when the broker is back', async () => {
    server.bus.setConnected(false)
    const { id } = (await send()).body as CommandView
    expect(sentCommands()).toEqual([])
    server.bus.setConnected(true)
    await vi.waitFor(() => expect(sentCommands().map(({ topic }) => topic)).toEqual([topics.command(YUZHONG, id)]))
  })
})

test('a command that nobody answers expires half a minute after its time, and a late answer still counts', async () => {
  const reconnect = () => {
    server.bus.setConnected(false)
    server.bus.setConnected(true)
  }
  const { id } = (await send()).body as CommandView
  const found = async () => (await ask('yuzhong', 'GET', `/api/v1/devices/${PLUG}/commands/${id}`)).body
  nowMs += 89_999
  reconnect()
  expect(await found()).toMatchObject({ state: 'sent' })
  nowMs += 1
  await vi.waitFor(async () => {
    reconnect()
    expect(await found()).toMatchObject({ state: 'expired', reason: 'the gateway did not answer' })
  })
  // Past its time it is not sent again.
  expect(sentCommands()).toHaveLength(1)
  await answer(id, { state: 'done' })
  expect(await found()).toMatchObject({ state: 'done' })
  await vi.waitFor(() => expect(events('command-finished')).toHaveLength(2))
})

const CUT: SafetyEvent = {
  device: PLUG,
  cause: 'overrun',
  phase: 'cut',
  severity: 'P1',
  isStanding: false,
  source: PLUG,
  metric: 'power',
  threshold: 500,
  observed: 1_180,
  fromMs: Date.UTC(2026, 6, 30, 4),
  atMs: Date.UTC(2026, 6, 30, 4, 35),
  recuts: 0,
}
const say = (status: Partial<GatewayStatus>, gateway = YUZHONG) =>
  server.bus.receive(topics.status(gateway), encodeJson({ online: true, ...status }))
const alerts = async () =>
  ((await ask('admin', 'GET', '/api/v1/alerts?state=all')).body as { alerts: AlertView[] }).alerts

describe('a plug that its gateway cut', () => {
  test('is an alert with what was seen, once however often it is said, and clears when it was reset', async () => {
    await say({ safety: [CUT] })
    await vi.waitFor(async () => expect(await alerts()).toHaveLength(1))
    await say({ safety: [CUT] })
    await say({}) // says nothing of safety: no all-clear
    await say({ online: false })
    expect(await alerts()).toMatchObject([
      {
        rule: 'safety_cut',
        state: 'raised',
        severity: 'P1',
        appliance: 'yuzhong-1-microwave',
        evidence: {
          device: PLUG,
          metric: 'power',
          unit: 'W',
          threshold: 500,
          observed: 1_180,
          from: '2026-07-30T04:00:00.000Z',
          to: '2026-07-30T04:35:00.000Z',
        },
      },
    ])
    await say({ safety: [] })
    await vi.waitFor(async () => expect(await alerts()).toMatchObject([{ state: 'resolved' }]))
    await vi.waitFor(() => expect(events('alert-raised')).toHaveLength(1))
    expect(events('alert-cleared')).toHaveLength(1)
  })

  test('and does not obey is graver, and stays so after it did', async () => {
    await say({ safety: [{ ...CUT, phase: 'cutting' }] })
    await say({ safety: [{ ...CUT, phase: 'unconfirmed', severity: 'P0' }] })
    await vi.waitFor(async () => expect(await alerts()).toMatchObject([{ severity: 'P0' }]))
    await say({ safety: [CUT] })
    await say({ safety: [CUT] })
    expect(await alerts()).toMatchObject([{ severity: 'P0', state: 'raised' }])
  })

  test('is only that of the gateway that has it', async () => {
    await say({ safety: [CUT] }, { district: '500112', gateway: 'gw-yubei-1' })
    await say({ safety: [{ ...CUT, device: 'yuzhong-room' }] }) // nobody knows what is on it
    await say({ safety: [{ ...CUT, phase: 'warning', severity: 'P2' }] })
    await vi.waitFor(async () => expect(await alerts()).toMatchObject([{ rule: 'safety_warning', severity: 'P2' }]))
    await say({ safety: [] }, { district: '500112', gateway: 'gw-yubei-1' })
    expect(await alerts()).toMatchObject([{ state: 'raised' }])
  })

  test('is known over a restart of the server, so that its reset is understood', async () => {
    await say({ safety: [CUT] })
    await vi.waitFor(async () => expect(await alerts()).toHaveLength(1))
    await server.stop()
    server = await startServer({ dataDir: server.dataDir, fleet: twoDistrictFleetWithPlug() })
    cookies['admin'] = await server.signIn('admin')
    await say({ safety: [] })
    await vi.waitFor(async () => expect(await alerts()).toMatchObject([{ state: 'resolved' }]))
  })
})

function twoDistrictFleetWithPlug() {
  const fleet = twoDistrictFleet()
  fleet.devices.push({
    id: PLUG,
    gateway: YUZHONG.gateway,
    vendor: 'tasmota',
    address: 'microwave',
    appliance: 'yuzhong-1-microwave',
  })
  return fleet
}

describe('a gateway', () => {
  const discovered = [
    {
      vendor: 'tasmota' as const,
      address: 'new-plug',
      metrics: ['power' as const, 'relay' as const],
      firstSeenMs: 1,
      lastSeenMs: 2,
      kind: 'plug' as const,
    },
  ]

  test('shows what it found and misses to staff of its district, also while it is offline', async () => {
    await say({ discovered, missing: ['yuzhong-room'], version: '1.2.3' })
    await say({ online: false })
    const { body } = await ask('yuzhong', 'GET', '/api/v1/gateways/gw-yuzhong-1')
    expect(body).toMatchObject({
      id: 'gw-yuzhong-1',
      station: 'yuzhong-1',
      online: false,
      status: { discovered, missing: ['yuzhong-room'], version: '1.2.3' },
    })
    expect((await ask('yubei', 'GET', '/api/v1/gateways/gw-yuzhong-1')).status).toBe(404)
    expect((await ask('admin', 'GET', '/api/v1/gateways/no-such')).status).toBe(404)
    expect((await server.request('GET', '/api/v1/gateways/gw-yuzhong-1')).status).toBe(401)
  })

  test('that was never heard is offline and says nothing', async () => {
    expect((await ask('yubei', 'GET', '/api/v1/gateways/gw-yubei-1')).body).toEqual({
      id: 'gw-yubei-1',
      station: 'yubei-1',
      district: '500112',
      online: false,
    })
  })
})
