import {
  type BenchView,
  type FleetAuditPage,
  type GatewayStatus,
  type RolloutView,
  type TwinPage,
  type TwinView,
  encodeJson,
  topics,
} from '@harbor/protocol'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Answer, type RunningServer, startServer } from './running-server.ts'

const GATEWAY = 'gw-yuzhong-1'
const ADDRESS = { district: '500103', gateway: GATEWAY }
const PATH = `/api/v1/fleet/gateways/${GATEWAY}`

let server: RunningServer
let admin: string

const get = async (path: string) => (await server.request('GET', path, { cookie: admin })).body
const post = (path: string, body: object = {}) => server.request('POST', path, { cookie: admin, body })
const twin = async () => (await get(PATH)) as TwinView
const errorOf = ({ body }: Answer) => (body as { error: { code: string; message: string } }).error.code

const say = (status: Partial<GatewayStatus> = {}) =>
  server.bus.receive(
    topics.status(ADDRESS),
    encodeJson({
      online: true,
      atMs: Date.now(),
      version: '1.2.3',
      outbox: { depth: 0, oldestMs: 0 },
      health: {
        cpuPercent: 1,
        memoryBytes: 1,
        freeMemoryBytes: 1,
        clock: { source: 'own', offsetMs: 12 },
        silentMs: {},
        versions: {},
      },
      ...status,
    }),
  )
const report = (version: number, state: 'applied' | 'refused' = 'applied') =>
  server.bus.receive(topics.configReported(ADDRESS), encodeJson({ version, state, atMs: Date.now() }))
const stranger = (address: string) => ({
  vendor: 'tasmota' as const,
  address,
  metrics: ['power' as const, 'relay' as const],
  firstSeenMs: 1,
  lastSeenMs: 2,
  kind: 'plug' as const,
})

beforeAll(async () => {
  server = await startServer({ lookEveryMs: 20 })
  admin = await server.signIn('admin')
})
afterAll(async () => {
  await server?.[Symbol.asyncDispose]()
})

describe('the twin', () => {
  test('says of a gateway what it is to be and what it says it is', async () => {
    expect(await twin()).toMatchObject({ state: 'silent', online: false })
    await say({ power: 'battery' })
    expect(await twin()).toMatchObject({
      state: 'trouble',
      problems: ['on_battery'],
      software: '1.2.3',
      clockOffsetMs: 12,
      outboxDepth: 0,
    })
    await say()
    expect(await twin()).toMatchObject({ state: 'in_step', problems: [] })
  })

  test('is found by state, tag, region and text, and counted beyond its page', async () => {
    const cookie = admin
    await server.request('PUT', `${PATH}/tags`, { cookie, body: { tags: ['pilot'] } })
    const found = async (query: string) => {
      const page = (await get(`/api/v1/fleet/gateways?${query}`)) as TwinPage
      return page.gateways.map(({ gateway }) => gateway)
    }
    expect(await found('')).toEqual(['gw-yubei-1', GATEWAY])
    expect(await found('tag=pilot')).toEqual([GATEWAY])
    expect(await found('state=in_step')).toEqual([GATEWAY])
    expect(await found('region=500112')).toEqual(['gw-yubei-1'])
    expect(await found('text=渝中')).toEqual([GATEWAY])
    const first = (await get('/api/v1/fleet/gateways?limit=1')) as TwinPage
    expect([first.total, first.next, first.states.in_step]).toEqual([2, 'gw-yubei-1', 1])
    expect(await found('after=gw-yubei-1')).toEqual([GATEWAY])
    expect(await get('/api/v1/fleet/tags')).toEqual({ tags: [{ tag: 'pilot', gateways: 1 }] })
  })

  test('a device that was heard is adopted by one act, under its proposed name, and is a stranger no more', async () => {
    await say({ discovered: [stranger('microwave-plug')] })
    const [found] = (await twin()).strangers
    expect(found?.proposal).toEqual({ device: '1-microwave-plug', appliance: 'yuzhong-1-microwave' })
    const adopted = await post(`${PATH}/adopt`, { vendor: 'tasmota', address: 'microwave-plug' })
    expect(adopted.status).toBe(201)
    expect(adopted.body).toMatchObject({ state: 'pending', desiredVersion: 1, devices: 4 })
    expect((adopted.body as TwinView).deviceList).toContainEqual(
      expect.objectContaining({ device: '1-microwave-plug', appliance: 'yuzhong-1-microwave' }),
    )
    const again = await post(`${PATH}/adopt`, { vendor: 'tasmota', address: 'microwave-plug' })
    expect([again.status, errorOf(again)]).toEqual([409, 'conflict'])
    expect((await post(`${PATH}/adopt`, { vendor: 'tasmota', address: 'never' })).status).toBe(404)
    await report(1)
    await say({ configVersion: 1 })
    expect(await twin()).toMatchObject({ state: 'in_step', appliedVersion: 1 })
    await say({ configVersion: 1, configSha256: '0'.repeat(64) })
    expect(await twin()).toMatchObject({ state: 'trouble', problems: ['config_differs'] })
    await say({ configVersion: 1 })
  })
})

describe('the bench', () => {
  test('turns green device by device, tests a relay, and keeps what was accepted with who and when', async () => {
    await say({ configVersion: 1 })
    const bench = async () => (await get(`${PATH}/bench`)) as BenchView
    expect((await bench()).mark).toBe('waiting')
    expect((await post(`${PATH}/bench/accept`)).status).toBe(409)
    const timeMs = Date.now()
    await server.receive([
      { device: 'yuzhong-fridge-temp', metric: 'temperature', value: 4, timeMs },
      { device: 'yuzhong-room', metric: 'temperature', value: 26, timeMs },
      { device: 'yuzhong-people', metric: 'people', value: 3, timeMs },
      { device: '1-microwave-plug', metric: 'relay', value: 1, timeMs },
    ])
    const marks = async () => (await bench()).devices.map(({ mark }) => mark)
    // The plug's relay is still to be switched.
    await vi.waitFor(async () => expect(await marks()).toEqual(['green', 'green', 'green', 'waiting']), {
      timeout: 60_000,
    })
    const tested = await post(`${PATH}/bench/relay-test`, { device: '1-microwave-plug', action: 'relay-off' })
    expect(tested.status).toBe(201)
    const { id } = tested.body as { id: string }
    expect((await post(`${PATH}/bench/relay-test`, { device: 'yuzhong-room', action: 'relay-off' })).status).toBe(409)
    await server.bus.receive(topics.commandResult(ADDRESS, id), encodeJson({ state: 'done', atMs: Date.now() }))
    await vi.waitFor(async () => expect((await bench()).mark).toBe('green'), { timeout: 60_000 })
    const accepted = (await post(`${PATH}/bench/accept`, { note: 'door hinge loose' })).body as BenchView
    expect(accepted.acceptance).toMatchObject({ by: 'admin', byName: 'Admin', note: 'door hinge loose' })
    const sheet = await server.request('GET', `${PATH}/bench/sheet.pdf?lang=en`, { cookie: admin })
    expect([sheet.status, String(sheet.body).slice(0, 5)]).toEqual([200, '%PDF-'])
    const { rows } = (await get(`${PATH}/audit`)) as FleetAuditPage
    expect(rows.slice(0, 2).map(({ act, by }) => `${act} ${by}`)).toEqual([
      'gateway-accepted admin',
      'relay-tested admin',
    ])
  })
})

describe('a rollout', () => {
  const newPort = (lanPort: number) => ({
    name: 'port',
    target: { kind: 'overrides', overrides: { lanPort } },
    selection: { gateways: [GATEWAY] },
    health: { steadyMs: 0, needsReadings: false },
  })
  const view = async (rollout: string) => (await get(`/api/v1/fleet/rollouts/${rollout}`)) as RolloutView
  const made = async (body: object) => ((await post('/api/v1/fleet/rollouts', body)).body as RolloutView).rollout
  const ended = (rollout: string, state: string) =>
    vi.waitFor(async () => expect((await view(rollout)).state).toBe(state), { timeout: 60_000 })

  test('holds its gateways: a second one with the same is refused until the first is over', async () => {
    const rollout = await made(newPort(1_885))
    expect(await twin()).toMatchObject({ rollout })
    const second = await post('/api/v1/fleet/rollouts', newPort(1_886))
    expect([second.status, errorOf(second)]).toEqual([409, 'conflict'])
    expect((await post(`/api/v1/fleet/rollouts/${rollout}/pause`)).status).toBe(409)
    await post(`/api/v1/fleet/rollouts/${rollout}/abort`)
    await ended(rollout, 'rolled_back')
    expect(await view(rollout)).toMatchObject({ stoppedBy: 'abort', counts: { left: 1 } })
    expect((await twin()).rollout).toBeUndefined()
  })

  test('of overrides leaves a gateway without a profile as it is, and says why', async () => {
    const rollout = await made(newPort(1_887))
    await post(`/api/v1/fleet/rollouts/${rollout}/start`)
    await ended(rollout, 'rolled_back')
    const { gateways } = (await get(`/api/v1/fleet/rollouts/${rollout}/gateways`)) as { gateways: object[] }
    expect(gateways).toMatchObject([
      { state: 'left', failure: 'unfit', reason: `${GATEWAY} has no profile to have overrides of` },
    ])
  })

  test('that would take devices away changes nobody unless that was said', async () => {
    const text = JSON.stringify({ devices: [{ key: 'room', id: 'yuzhong-room', vendor: 'esphome', address: 'room' }] })
    await post('/api/v1/fleet/profiles', { profile: 'bare', nameZh: 'x', nameEn: 'x', text })
    const bare = { ...newPort(1), target: { kind: 'profile', profile: 'bare' } }
    const careful = await made(bare)
    await post(`/api/v1/fleet/rollouts/${careful}/start`)
    await ended(careful, 'rolled_back')
    expect(await twin()).toMatchObject({ desiredVersion: 1 })
    const meant = await made({ ...bare, mayLose: true })
    await post(`/api/v1/fleet/rollouts/${meant}/start`)
    await vi.waitFor(async () => expect(await twin()).toMatchObject({ desiredVersion: 2, devices: 1 }), {
      timeout: 60_000,
    })
    await report(2)
    await ended(meant, 'done')
    expect(await twin()).toMatchObject({ state: 'in_step', profile: { profile: 'bare', version: 1 } })
  })

  test('a gateway that refuses gets its former again under a new version', async () => {
    const rollout = await made(newPort(1_888))
    await post(`/api/v1/fleet/rollouts/${rollout}/start`)
    await vi.waitFor(async () => expect((await twin()).desiredVersion).toBe(3), { timeout: 60_000 })
    await report(3, 'refused')
    await vi.waitFor(async () => expect((await twin()).desiredVersion).toBe(4), { timeout: 60_000 })
    await report(4)
    await ended(rollout, 'rolled_back')
    const diff = await get(`${PATH}/config/diff?from=2&to=4`)
    expect(diff).toMatchObject({ changes: [] })
  })
})
