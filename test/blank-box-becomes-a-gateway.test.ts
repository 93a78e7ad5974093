import { type KeyObject, createPrivateKey, generateKeyPairSync, sign } from 'node:crypto'
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type FleetAuditPage, type IssuedBatch, claimLink, telemetrySchema, topics } from '@harbor/protocol'
import { type MqttClient, connectAsync } from 'mqtt'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Running, startProcess, stopProcess } from '../scripts/child-process.ts'
import { DISTRICT, GATEWAY as NEIGHBOUR, oneStationFleet } from './fleet.ts'
import { type System, startSystem } from './system.ts'

const STATION = 'cq-500103-99'
const GATEWAY = `gw-${STATION}`
const CONFIG_PATH = `/api/v1/fleet/gateways/${GATEWAY}/config`
/** So short that a config that leads nowhere is given up while the test waits. */
const TRIAL_MS = 4_000

const FRIDGE = { id: '500103-99-fridge-plug', vendor: 'tasmota', address: 'fridge-99' }
const WATER = { id: '500103-99-water-plug', vendor: 'tasmota', address: 'water-99' }

let system: System
let boxDir: string
let gateway: Running | undefined
/** With which the box became a gateway. */
let firstToken: string
let device: MqttClient
/** Who has the broker's own rights: the server, or somebody who has stolen them. */
let thief: MqttClient

interface ConfigView {
  desired?: { version: number; config: { devices: unknown[] } }
  reported?: { version: number; state: string; reason?: string }
  appliedVersion?: number
}

const view = async () => (await system.get(CONFIG_PATH)) as ConfigView
/** What would lose a device is asked twice; here it is meant. */
const give = async (settings: object, path = CONFIG_PATH) => {
  const given = system.post(path, settings).catch((error: unknown) => {
    const [, confirm] = /confirm=([0-9a-f]{32})/.exec(String(error)) ?? []
    if (confirm === undefined) throw error
    return system.post(`${path}?confirm=${confirm}`, settings)
  })
  return ((await given) as Required<ConfigView>).desired.version
}
/** Of the fleet's record, newest first. */
const audited = async (act: string) => ((await system.get(`/api/v1/fleet/audit?act=${act}`)) as FleetAuditPage).rows
const expectApplied = (version: number) =>
  vi.waitFor(async () => expect(await view()).toMatchObject({ appliedVersion: version }), { timeout: 60_000 })

beforeAll(async () => {
  const fleet = oneStationFleet()
  const [first] = fleet.stations
  if (first === undefined) throw new Error('the fleet has no station')
  system = await startSystem({ ...fleet, stations: [...fleet.stations, { ...first, id: STATION, nameEn: 'Blank' }] })
  boxDir = await mkdtemp(join(tmpdir(), 'harbor-box-'))
  const password = (await readFile(join(system.dataDir, 'secrets/mqtt-server'), 'utf8')).trim()
  thief = await connectAsync(system.mqttUrl, { username: 'server', password, clientId: 'thief' })
})

afterAll(async () => {
  await device?.endAsync(true)
  await thief?.endAsync(true)
  if (gateway !== undefined) await stopProcess(gateway, 4_000)
  await rm(boxDir, { recursive: true, force: true })
  await system?.[Symbol.asyncDispose]()
})

/** The box's own processes: they know where their folder is, and nothing of the server. */
function onTheBox(entry: string, args: string[] = [], dir = boxDir): Running {
  const env = { GATEWAY_DIR: dir, GATEWAY_LAN_PORT: '0', GATEWAY_CONFIG_TRIAL_MS: String(TRIAL_MS), MQTT_URL: '' }
  return startProcess({ name: entry, entry, env, args })
}

async function claim(token: string, dir = boxDir): Promise<{ code: number | null; said: string }> {
  const said: string[] = []
  const running = onTheBox('gateway/src/claim-command.ts', [claimLink(system.webUrl, token)], dir)
  running.child.stdout?.on('data', (chunk: Buffer) => said.push(chunk.toString()))
  running.child.stderr?.on('data', (chunk: Buffer) => said.push(chunk.toString()))
  const { code } = await running.ended
  return { code, said: said.join('') }
}

const newToken = async () =>
  ((await system.post('/api/v1/fleet/claim-tokens', { station: STATION })) as { token: string }).token

const say = (address: string, powerW: number) =>
  device.publishAsync(`tele/${address}/SENSOR`, JSON.stringify({ ENERGY: { Power: powerW } }), { qos: 1 })

async function stored(deviceId: string): Promise<number[]> {
  const answer = telemetrySchema.parse(await system.get(`/api/v1/stations/${STATION}/telemetry?metric=power&from=-1h`))
  return answer.series
    .filter(series => series.device === deviceId)
    .flatMap(series => series.points.map(point => point[1] as number))
    .sort((a, b) => a - b)
}

/** Numbered readings from `first` to `last`, ten on their way at a time, as a busy plug sends them. */
async function sayAll(address: string, first: number, last: number): Promise<void> {
  for (let from = first; from <= last; from += 10) {
    const until = Math.min(last, from + 9)
    await Promise.all(Array.from({ length: until - from + 1 }, (_, index) => say(address, from + index)))
  }
}

const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1)

describe('a blank box', () => {
  test('becomes the gateway of its station with one token, and only once', async () => {
    const token = await newToken()
    firstToken = token
    expect(await claim(token)).toEqual({ code: 0, said: expect.stringContaining(`claimed ${GATEWAY}`) })
    expect(await readdir(boxDir)).toEqual([GATEWAY])
    const other = await claim(await newToken())
    expect(other).toEqual({ code: 1, said: expect.stringContaining(`this box is ${GATEWAY} already`) })
    gateway = onTheBox('gateway/src/main.ts')
    const [listener] = await gateway.ready
    device = await connectAsync(listener?.url ?? '', { clientId: 'plugs' })
    await expectApplied(1)
  })

  test('that brings a token which is spent, taken back or made up is refused in one line, stays blank, and is written down', async () => {
    const spent = (await audited('token-made')).at(-1)?.detail['token']
    const { batch, tokens } = (await system.post('/api/v1/fleet/claim-batches', {
      name: 'taken back',
      boxes: [{ station: STATION }],
    })) as IssuedBatch
    await system.post(`/api/v1/fleet/claim-batches/${batch.batch}/revoke`, {})
    const dir = await mkdtemp(join(tmpdir(), 'harbor-other-box-'))
    try {
      for (const [token, code] of [
        [firstToken, 'token_used'],
        [tokens[0]?.token ?? '', 'token_revoked'],
        [`harbor1-${'0'.repeat(26)}`, 'token_unknown'],
      ] as const) {
        const { code: exit, said } = await claim(token, dir)
        expect([code, exit]).toEqual([code, 1])
        expect(said).not.toContain(token)
        expect(await readdir(dir)).not.toContain(GATEWAY)
        const [row] = (await audited('claim-refused')).filter(({ detail }) => detail['code'] === code)
        expect(row).toMatchObject({ by: 'box', detail: { token: token.slice(0, 12) } })
        expect(JSON.stringify(row)).not.toContain(token)
      }
    } finally {
      await rm(dir, { recursive: true, force: true })
    }
    expect(spent).toBe(firstToken.slice(0, 12))
  })

  test('takes a config while numbered readings flow, and not one of them is lost or doubled', async () => {
    await expectApplied(await give({ devices: [FRIDGE] }))
    await sayAll(FRIDGE.address, 1, 100)
    const given = give({ devices: [FRIDGE, WATER] })
    let n = 100
    // On and on until the new config is at work, and some more.
    const flowing = (async () => {
      for (let isApplied = false, left = 20; left > 0; left -= isApplied ? 1 : 0) {
        await sayAll(FRIDGE.address, n + 1, n + 10)
        n += 10
        isApplied ||= (await view()).appliedVersion === (await given)
      }
    })()
    await expectApplied(await given)
    await flowing
    await sayAll(WATER.address, 1, 20)
    await vi.waitFor(async () => expect(await stored(WATER.id)).toEqual(upTo(20)), { timeout: 20_000 })
    await vi.waitFor(async () => expect((await stored(FRIDGE.id)).length).toBeGreaterThanOrEqual(n), {
      timeout: 20_000,
    })
    expect(await stored(FRIDGE.id)).toEqual(upTo(n))
  })

  test('goes back by itself from a config with which it cannot reach the broker, says why, and has kept every reading', async () => {
    const { appliedVersion } = await view()
    const before = (await stored(WATER.id)).length
    const version = await give({ devices: [FRIDGE, WATER], mqttUrl: 'mqtt://127.0.0.1:9' })
    // The gateway is off the air with it, and says so by what it does not say.
    await sayAll(WATER.address, before + 1, before + 30)
    await vi.waitFor(
      async () =>
        expect(await view()).toMatchObject({
          desired: { version },
          reported: {
            version,
            state: 'refused',
            reason: expect.stringContaining('no acknowledgement from the server'),
          },
          appliedVersion,
        }),
      { timeout: 30_000 },
    )
    await vi.waitFor(async () => expect(await stored(WATER.id)).toEqual(upTo(before + 30)), { timeout: 20_000 })
  })

  test('goes back also when its power is cut again and again while such a config is on trial', async () => {
    const { appliedVersion } = await view()
    const version = await give({ devices: [], mqttUrl: 'mqtt://127.0.0.1:9' })
    const record = join(boxDir, GATEWAY, 'config.trial.json')
    const trialOf = async () => (JSON.parse(await readFile(record, 'utf8')) as { trial?: { starts: number } }).trial
    await vi.waitFor(async () => expect(await trialOf()).toMatchObject({ starts: 1 }), { timeout: 10_000 })
    for (const starts of [2, 3, undefined]) {
      gateway?.child.kill('SIGKILL')
      await gateway?.ended
      gateway = onTheBox('gateway/src/main.ts')
      await gateway.ready
      expect((await trialOf())?.starts).toBe(starts)
    }
    const [listener] = (await gateway?.ready) ?? []
    await device.endAsync(true)
    device = await connectAsync(listener?.url ?? '', { clientId: 'plugs' })
    await vi.waitFor(
      async () => expect(await view()).toMatchObject({ reported: { version, state: 'refused' }, appliedVersion }),
      { timeout: 20_000 },
    )
  })
})

describe('whoever has stolen the broker', () => {
  const desired = topics.configDesired({ district: DISTRICT, gateway: GATEWAY })
  let good: string
  let older: string

  /** What the broker keeps on a topic now. */
  async function retained(topic: string): Promise<string> {
    const heard = new Promise<string>(resolve => {
      const take = (on: string, payload: Buffer) => {
        if (on !== topic) return
        thief.off('message', take)
        resolve(payload.toString())
      }
      thief.on('message', take)
    })
    await thief.subscribeAsync(topic, { qos: 1 })
    const text = await heard
    await thief.unsubscribeAsync(topic)
    return text
  }

  // Every report as it comes: one that follows at once, when the box asks for its own config again, hides nothing.
  const reports: string[] = []
  const hearReports = async () => {
    const topic = topics.configReported({ district: DISTRICT, gateway: GATEWAY })
    thief.on('message', (on, payload) => {
      if (on === topic) reports.push(payload.toString())
    })
    await thief.subscribeAsync(topic, { qos: 1 })
  }
  const expectRefused = (words: string) =>
    vi.waitFor(
      () => {
        const refused = reports.filter(text => text.includes('"refused"') && text.includes(words))
        expect(refused).not.toEqual([])
      },
      { timeout: 20_000 },
    )

  /** The server heard it as well, and keeps it. */
  const expectAudited = (words: string) =>
    vi.waitFor(
      async () => {
        const rows = await audited('config-refused')
        const reasons = rows.filter(row => row.gateway === GATEWAY).map(({ detail }) => detail['reason'])
        expect(reasons).toContainEqual(expect.stringContaining(words))
      },
      { timeout: 30_000, interval: 200 },
    )

  const signed = (jws: string, key: KeyObject, change: object) => {
    const [head = '', body = ''] = jws.split('.')
    const document = { ...(JSON.parse(Buffer.from(body, 'base64url').toString()) as object), ...change }
    const input = `${head}.${Buffer.from(JSON.stringify(document)).toString('base64url')}`
    return `${input}.${sign(null, Buffer.from(input), key).toString('base64url')}`
  }

  beforeAll(async () => {
    await hearReports()
    await expectApplied(await give({ devices: [FRIDGE] }))
    older = await retained(desired)
    await expectApplied(await give({ devices: [FRIDGE, WATER] }))
    good = await retained(desired)
  })

  test('cannot give a gateway a config of his own', async () => {
    const { privateKey } = generateKeyPairSync('ed25519')
    await thief.publishAsync(desired, signed(good, privateKey, { version: 1_000, devices: [] }), { qos: 1 })
    await expectRefused('signature does not hold')
    await expectAudited('signature does not hold')
  })

  test('cannot give it back an older one of its own', async () => {
    await thief.publishAsync(desired, older, { qos: 1 })
    await expectRefused('is older than')
    await expectAudited('is older than')
  })

  test("cannot give it its neighbour's", async () => {
    await give({ devices: [] }, `/api/v1/fleet/gateways/${NEIGHBOUR}/config`)
    const neighbours = topics.configDesired({ district: DISTRICT, gateway: NEIGHBOUR })
    await thief.publishAsync(desired, await retained(neighbours), { qos: 1 })
    await expectRefused(`it is for ${NEIGHBOUR}`)
    await expectAudited(`it is for ${NEIGHBOUR}`)
  })

  test('needs the key that signs, which the broker does not have', async () => {
    // The same way with the right key is taken: what was refused above was refused for the signature, the version, the name.
    const key = createPrivateKey(await readFile(join(system.dataDir, 'secrets/config-signing-key.pem')))
    await thief.publishAsync(desired, signed(good, key, { version: 1_000 }), { qos: 1 })
    await expectApplied(1_000)
  })

  test('has not kept one reading from the server meanwhile', async () => {
    const last = (await stored(FRIDGE.id)).length + 10
    await sayAll(FRIDGE.address, last - 9, last)
    await vi.waitFor(async () => expect(await stored(FRIDGE.id)).toEqual(upTo(last)), { timeout: 20_000 })
  })
})

test("a gateway is not let read its neighbour's config", async () => {
  const secret = (await readFile(join(boxDir, GATEWAY, 'secret'), 'utf8')).trim()
  // Another client id than the gateway's own, so that neither ends the other's connection.
  const insider = await connectAsync(system.mqttUrl, { username: GATEWAY, password: secret, clientId: 'insider' })
  try {
    const heard: string[] = []
    insider.on('message', topic => heard.push(topic))
    const neighbours = topics.configDesired({ district: DISTRICT, gateway: NEIGHBOUR })
    for (const filter of [neighbours, `harbor/v1/${DISTRICT}/+/config/desired`, 'harbor/v1/#', '#'])
      await expect(insider.subscribeAsync(filter, { qos: 1 })).rejects.toThrow(/Unspecified error/)
    // Its own is let through the same door, and is there: so the other would have been.
    const own = topics.configDesired({ district: DISTRICT, gateway: GATEWAY })
    await insider.subscribeAsync(own, { qos: 1 })
    await vi.waitFor(() => expect(heard).toEqual([own]), { timeout: 20_000 })
    // The broker tells the server, which writes it down.
    await vi.waitFor(
      async () => {
        const [row] = await audited('reach-refused')
        expect(row).toMatchObject({
          gateway: GATEWAY,
          by: 'box',
          detail: { reason: 'forbidden_filter', topic: neighbours },
        })
      },
      { timeout: 30_000, interval: 200 },
    )
  } finally {
    await insider.endAsync(true)
  }
})

test('a box that replaces another is the same gateway, and the old one is out', async () => {
  await device.endAsync(true)
  const oldDir = boxDir
  const old = gateway
  boxDir = await mkdtemp(join(tmpdir(), 'harbor-box-'))
  try {
    const { code } = await claim(await newToken())
    expect(code).toBe(0)
    gateway = onTheBox('gateway/src/main.ts')
    const [listener] = await gateway.ready
    device = await connectAsync(listener?.url ?? '', { clientId: 'plugs' })
    const last = (await stored(WATER.id)).length + 5
    await sayAll(WATER.address, last - 4, last)
    await vi.waitFor(async () => expect(await stored(WATER.id)).toEqual(upTo(last)), { timeout: 30_000 })
    // Its broker refuses the old box for good: bad user name or password.
    const secret = (await readFile(join(oldDir, GATEWAY, 'secret'), 'utf8')).trim()
    const refused = connectAsync(system.mqttUrl, { username: GATEWAY, password: secret, reconnectPeriod: 0 }, false)
    await expect(refused).rejects.toMatchObject({ code: 4 })
    const [claimed] = await audited('claimed')
    expect(claimed).toMatchObject({ by: 'box', gateway: GATEWAY, station: STATION, detail: { isReplacement: true } })
  } finally {
    if (old !== undefined) await stopProcess(old, 4_000)
    await rm(oldDir, { recursive: true, force: true })
  }
})
