import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type ClaimAnswer,
  type ClaimTokenView,
  type ConfigReported,
  type Fleet,
  type Reading,
  type SignedConfig,
  encodeJson,
  encodeTelemetry,
  topics,
} from '@harbor/protocol'
import { compactVerify, decodeProtectedHeader } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { REPEAT_MS } from '../src/fleet/claims.ts'
import { twoDistrictFleet } from './fleet-fixture.ts'
import { type RunningServer, startServer } from './running-server.ts'
import { everythingIn } from './test-registry.ts'
import { writeSigningKey } from './signing-key.ts'

const STATION = 'yuzhong-2'
const GATEWAY = 'gw-yuzhong-2'

/** The two districts' fleet, and a station that has no gateway yet. */
function fleetWithBlankStation(): Fleet {
  const fleet = twoDistrictFleet()
  const [first] = fleet.stations
  if (first === undefined) throw new Error('the fixture has no station')
  return {
    ...fleet,
    stations: [...fleet.stations, { ...first, id: STATION, nameEn: STATION }],
    appliances: [...fleet.appliances, { id: 'yuzhong-2-fridge', station: STATION, kind: 'fridge' }],
  }
}

let server: RunningServer
let nowMs = Date.now()
let admin: string

beforeAll(async () => {
  server = await startServer({ fleet: fleetWithBlankStation(), nowMs: () => nowMs })
  admin = await server.signIn('admin')
})

afterAll(async () => {
  await server?.[Symbol.asyncDispose]()
})

beforeEach(() => {
  server.bus.published.length = 0
})

const secretOf = (box: string) => createHash('sha256').update(box).digest('hex')

async function newToken(wish: object = {}, cookie = admin): Promise<ClaimTokenView> {
  const body = { station: STATION, expiresInMs: 3_600_000, ...wish }
  const answer = await server.request('POST', '/api/v1/fleet/claim-tokens', { cookie, body })
  expect(answer.status).toBe(201)
  return answer.body as ClaimTokenView
}

function claim(token: string, box = 'box 1') {
  return server.request('POST', '/api/v1/claim', {
    body: { token, secretSha256: secretOf(box), hardware: { model: 'Raspberry Pi 4', serial: box } },
  })
}

async function claimed(token: string, box?: string): Promise<ClaimAnswer> {
  const answer = await claim(token, box)
  expect(answer.status).toBe(200)
  return answer.body as ClaimAnswer
}

const problem = (answer: { status: number; body: unknown }) => ({
  status: answer.status,
  ...(answer.body as { error: { code: string; message: string } }).error,
})

async function read(jws: string, { trustedKeys }: ClaimAnswer): Promise<SignedConfig> {
  const { kid } = decodeProtectedHeader(jws)
  const key = trustedKeys.keys.find(candidate => candidate.kid === kid)
  if (key === undefined) throw new Error(`no key ${kid}`)
  const { payload } = await compactVerify(jws, { ...key, alg: 'EdDSA' })
  return JSON.parse(new TextDecoder().decode(payload)) as SignedConfig
}

/** What was published on config/desired of the gateway, oldest first. */
const desired = (gateway = GATEWAY, district = '500103') =>
  server.bus.published
    .filter(({ topic }) => topic === topics.configDesired({ district, gateway }))
    .map(({ payload }) => new TextDecoder().decode(payload))

const report = (said: Omit<ConfigReported, 'atMs'>, gateway = GATEWAY, district = '500103') =>
  server.bus.receive(topics.configReported({ district, gateway }), encodeJson({ ...said, atMs: nowMs }))

const configPath = (gateway = GATEWAY) => `/api/v1/fleet/gateways/${gateway}/config`
/** What would lose a device is meant here. */
async function setConfig(body: object, gateway = GATEWAY, on = server) {
  const cookie = on === server ? admin : await on.signIn('admin')
  const asked = await on.request('POST', configPath(gateway), { cookie, body })
  const { confirm } = (asked.body as { error?: { details?: { confirm?: string } } }).error?.details ?? {}
  if (confirm === undefined) return asked
  return on.request('POST', `${configPath(gateway)}?confirm=${confirm}`, { cookie, body })
}

describe('a claim', () => {
  test('makes a box the gateway of its station: identity, keys to trust, a first config that they signed', async () => {
    const { token } = await newToken()
    const answer = await claimed(token)
    expect(answer).toMatchObject({ gateway: GATEWAY, station: STATION, district: '500103' })
    expect(await read(answer.config, answer)).toMatchObject({
      version: 1,
      gateway: GATEWAY,
      station: STATION,
      mqttUrl: answer.mqttUrl,
      trustedKeys: answer.trustedKeys,
      devices: [],
    })
    expect(decodeProtectedHeader(answer.config)).toMatchObject({ alg: 'EdDSA', typ: 'harbor-config+jws' })
    await vi.waitFor(() => expect(desired()).toEqual([answer.config]))
  })

  test('again by the same box is answered alike for 15 minutes, for its first answer may have been lost; then not', async () => {
    const { token } = await newToken()
    const first = await claimed(token)
    expect(await claimed(token)).toEqual(first)
    nowMs += REPEAT_MS + 1
    expect(problem(await claim(token))).toMatchObject({ status: 409, code: 'token_used' })
  })

  test('with a token that another box used is refused in one line', async () => {
    const { token } = await newToken()
    await claimed(token, 'box 1')
    expect(problem(await claim(token, 'box 2'))).toEqual({
      status: 409,
      code: 'token_used',
      message: expect.stringContaining(`used already, for ${GATEWAY}`),
    })
  })

  test('of two boxes at once with one token gives it to one', async () => {
    const { token } = await newToken()
    const answers = await Promise.all([claim(token, 'box 1'), claim(token, 'box 2')])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
  })

  test('with an expired token is refused, and says when it expired', async () => {
    const { token, expiresAt } = await newToken({ expiresInMs: 60_000 })
    nowMs = Date.parse(expiresAt) + 1
    expect(problem(await claim(token))).toMatchObject({
      status: 410,
      code: 'token_expired',
      message: expect.stringContaining(expiresAt),
    })
  })

  test('with a token nobody made is refused as unknown, and with text that is none as invalid', async () => {
    expect(problem(await claim(`harbor1-${'0'.repeat(26)}`))).toMatchObject({ status: 404, code: 'token_unknown' })
    expect(problem(await claim('password'))).toMatchObject({ status: 400, code: 'invalid_request' })
  })

  test('by a new box takes the place of the one before: the same gateway, config and devices; the old secret is dead', async () => {
    const old = await claimed((await newToken()).token, 'old box')
    await setConfig({ devices: [{ id: 'yuzhong-2-plug', vendor: 'tasmota', address: 'plug' }] })
    const view = await server.request('GET', configPath(), { cookie: admin })
    const { version } = (view.body as { desired: { version: number } }).desired
    await report({ version, state: 'applied' })
    server.bus.published.length = 0
    await server.bus.receive(topics.brokerStatus, encodeJson({ accountsRevision: 0 }))
    const next = await claimed((await newToken({ gateway: GATEWAY })).token, 'new box')
    expect(next).toMatchObject({ gateway: old.gateway, station: old.station })
    expect(await read(next.config, next)).toMatchObject({ version, devices: [{ id: 'yuzhong-2-plug' }] })
    const hash = secretOf('new box')
    await vi.waitFor(async () => {
      // A broker that lost its accounts is sent all there are: one for the gateway, and it is the new box's.
      for (const accountsRevision of [1, 0]) {
        await server.bus.receive(topics.brokerStatus, encodeJson({ accountsRevision }))
      }
      const accounts = server.bus.published
        .filter(({ topic }) => topic === topics.brokerAccounts)
        .flatMap(({ payload }) => JSON.parse(new TextDecoder().decode(payload)).accounts)
        .filter(account => account.gateway === GATEWAY)
      expect(accounts.at(-1)).toMatchObject({ secretSha256: hash })
    })
    await setConfig({ devices: [] })
  })

  test('tries are limited for an address', async () => {
    await using own = await startServer()
    const body = { token: `harbor1-${'0'.repeat(26)}`, secretSha256: secretOf('x') }
    const statuses: number[] = []
    for (let n = 0; n < 61; n += 1) statuses.push((await own.request('POST', '/api/v1/claim', { body })).status)
    expect(new Set(statuses.slice(0, 60))).toEqual(new Set([404]))
    expect(statuses[60]).toBe(429)
  })
})

describe('a claim token', () => {
  test('is made by the hardware team for its own districts alone', async () => {
    const yubei = await server.signIn('yubei-hardware')
    const wish = (station: string) =>
      server.request('POST', '/api/v1/fleet/claim-tokens', { cookie: yubei, body: { station } })
    expect((await wish('yubei-1')).status).toBe(201)
    expect(problem(await wish(STATION))).toMatchObject({ status: 404, code: 'not_found' })
  })

  test('is not for maintainers, nor for anyone who is not signed in', async () => {
    const body = { station: STATION }
    const cookie = await server.signIn('yuzhong')
    expect((await server.request('POST', '/api/v1/fleet/claim-tokens', { cookie, body })).status).toBe(403)
    expect((await server.request('POST', '/api/v1/fleet/claim-tokens', { body })).status).toBe(401)
  })

  test('is nowhere in the registry: only its hash is', async () => {
    const { token } = await newToken()
    const content = await everythingIn(server.dataDir)
    expect(content).not.toContain(token)
    expect(content).toContain(createHash('sha256').update(token).digest('hex'))
  })
})

describe('a new config', () => {
  test('is the next version, signed, sent to the gateway, and its devices are taken from before it is sent', async () => {
    server.bus.published.length = 0
    const answer = await claimed((await newToken()).token)
    await vi.waitFor(() => expect(desired()).toHaveLength(1))
    const device = { id: 'yuzhong-2-temp', vendor: 'zigbee2mqtt', address: 'fridge', appliance: 'yuzhong-2-fridge' }
    server.bus.published.length = 0
    const { status, body } = await setConfig({ devices: [device], lanPort: 1884 })
    expect(status).toBe(201)
    const { version } = (body as { desired: { version: number } }).desired
    await vi.waitFor(() => expect(desired()).toHaveLength(1))
    expect(await read(desired()[0] as string, answer)).toMatchObject({
      version,
      lanPort: 1884,
      devices: [{ ...device, applianceKind: 'fridge' }],
    })
    const reading: Reading = { device: device.id, metric: 'temperature', timeMs: nowMs, value: 4 }
    await server.bus.receive(
      topics.telemetry({ district: '500103', gateway: GATEWAY }),
      encodeTelemetry({ seq: 1, boot: 'boot', readings: [reading] }),
    )
    await vi.waitFor(() => expect(server.store.readings).toContainEqual(reading))
  })

  test.each([
    [
      'given twice',
      [
        { id: 'a', address: 'x' },
        { id: 'a', address: 'y' },
      ],
    ],
    [
      '"x" is given twice',
      [
        { id: 'a', address: 'x' },
        { id: 'b', address: 'x' },
      ],
    ],
    ['is a device of gw-yubei-1', [{ id: 'yubei-fridge-temp', address: 'x' }]],
    ['no appliance yubei-1-fridge at yuzhong-2', [{ id: 'a', address: 'x', appliance: 'yubei-1-fridge' }]],
    ['vendor', [{ id: 'a', address: 'x', vendor: 'acme' }]],
  ])('is refused with what is wrong: %s', async (words, devices) => {
    const answer = await setConfig({ devices: devices.map(device => ({ vendor: 'tasmota', ...device })) })
    expect(problem(answer)).toMatchObject({ status: 400, message: expect.stringContaining(words) })
  })

  test('that the gateway runs is not sent again; one that it does not run is, after each connection to the broker', async () => {
    const { body } = await setConfig({ devices: [] })
    const { version } = (body as { desired: { version: number } }).desired
    await vi.waitFor(() => expect(desired()).toHaveLength(1))
    server.bus.setConnected(false)
    server.bus.setConnected(true)
    await vi.waitFor(() => expect(desired()).toHaveLength(2))
    await report({ version, state: 'applied' })
    server.bus.published.length = 0
    server.bus.setConnected(false)
    server.bus.setConnected(true)
    await report({ version: version - 1, state: 'applied' })
    // The one sent for the older version; the connection before it had nothing to send.
    await vi.waitFor(() => expect(desired()).toHaveLength(1))
    await report({ version, state: 'applied' })
  })

  test('that the gateway refused is shown with its reason and not pressed on it', async () => {
    const { body } = await setConfig({ devices: [], mqttUrl: 'mqtt://192.0.2.1:1883' })
    const { version } = (body as { desired: { version: number } }).desired
    await vi.waitFor(() => expect(desired()).toHaveLength(1))
    server.bus.published.length = 0
    await report({ version, state: 'refused', reason: 'no acknowledgement' })
    server.bus.setConnected(false)
    server.bus.setConnected(true)
    const view = await server.request('GET', configPath(), { cookie: admin })
    expect(view.body).toMatchObject({
      desired: { version },
      reported: { version, state: 'refused', reason: 'no acknowledgement' },
      appliedVersion: version - 1,
    })
    expect(desired()).toEqual([])
  })

  test('keeps a device that it gives up registered until the gateway runs it: what is on its way is still taken', async () => {
    const plug = { id: 'yuzhong-2-late', vendor: 'tasmota', address: 'late' }
    const versionOf = async (body: object) =>
      ((await setConfig(body)).body as { desired: { version: number } }).desired.version
    await report({ version: await versionOf({ devices: [plug] }), state: 'applied' })
    const without = await versionOf({ devices: [] })
    const detail = async () => {
      const { body } = await server.request('GET', `/api/v1/stations/${STATION}/telemetry?metric=power&from=-1h`)
      return (body as { series: { device: string }[] }).series.map(series => series.device)
    }
    const reading = { device: plug.id, metric: 'power' as const, timeMs: nowMs - 1_000, value: 5 }
    server.store.readings.push(reading)
    expect(await detail()).toContain(plug.id)
    await report({ version: without, state: 'applied' })
    expect(await detail()).not.toContain(plug.id)
  })

  test('is for the hardware team of its district alone', async () => {
    const cookie = await server.signIn('yubei-hardware')
    for (const [method, body] of [
      ['GET', undefined],
      ['POST', { devices: [] }],
    ] as const) {
      const answer = await server.request(method, configPath(), { cookie, ...(body !== undefined && { body }) })
      expect(answer.status).toBe(404)
    }
  })

  test('of a gateway that is none is a 404', async () => {
    expect((await setConfig({ devices: [] }, 'gw-nowhere')).status).toBe(404)
  })
})

describe('after a restart', () => {
  test('with another key beside the first every config is issued anew, names both keys, and is signed by the first', async () => {
    const first = await startServer({ fleet: fleetWithBlankStation() })
    const cookie = await first.signIn('admin')
    const made = await first.request('POST', '/api/v1/fleet/claim-tokens', { cookie, body: { station: STATION } })
    const { token } = made.body as ClaimTokenView
    const answer = await first.request('POST', '/api/v1/claim', { body: { token, secretSha256: secretOf('b') } })
    const { trustedKeys } = answer.body as ClaimAnswer
    await first.stop()
    await writeSigningKey(join(first.dataDir, 'secrets'), 'config-signing-key-other.pem')
    await using second = await startServer({ dataDir: first.dataDir, fleet: fleetWithBlankStation() })
    const view = await second.request('GET', configPath(), { cookie })
    expect(view.body).toMatchObject({
      desired: { version: 2, issuedBy: 'server', config: { trustedKeys: { keys: [trustedKeys.keys[0], {}] } } },
    })
  })

  test('a box that took the place of one of the demo keeps it, with its devices', async () => {
    const first = await startServer()
    const cookie = await first.signIn('admin')
    const made = await first.request('POST', '/api/v1/fleet/claim-tokens', { cookie, body: { station: 'yubei-1' } })
    const { token, gateway } = made.body as ClaimTokenView
    expect(gateway).toBe('gw-yubei-1')
    await first.request('POST', '/api/v1/claim', { body: { token, secretSha256: secretOf('new box') } })
    const devices = [{ id: 'yubei-new', vendor: 'tasmota', address: 'new' }]
    await setConfig({ devices }, gateway, first)
    await first.stop()
    await using second = await startServer({ dataDir: first.dataDir })
    await second.bus.receive(topics.brokerStatus, encodeJson({ accountsRevision: 0 }))
    await vi.waitFor(() =>
      expect(second.bus.published.map(({ payload }) => new TextDecoder().decode(payload)).join()).toContain(
        secretOf('new box'),
      ),
    )
    const device = 'yubei-new'
    second.store.readings.push({ device, metric: 'power', timeMs: Date.now() - 1_000, value: 5 })
    const series = await second.request('GET', '/api/v1/stations/yubei-1/telemetry?metric=power&from=-1h')
    expect(series.body).toMatchObject({ series: [{ device }] })
  })

  test('a key that is none stops the start with the file in the line', async () => {
    const first = await startServer()
    await first.stop()
    const file = join(first.dataDir, 'secrets/config-signing-key.pem')
    await writeFile(file, 'nonsense')
    await expect(startServer({ dataDir: first.dataDir })).rejects.toThrow(file)
    await first[Symbol.asyncDispose]()
  })
})
