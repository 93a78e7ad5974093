import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ConfigReported, type GatewayConfig, configReportedSchema, decodeJson, topics } from '@harbor/protocol'
import { type MqttClient, connectAsync } from 'mqtt'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { readStoredConfig } from '../src/config/config-files.ts'
import { type Gateway, createGateway } from '../src/gateway.ts'
import { type TestSigner, createTestSigner } from './support/config-signer.ts'
import { CONFIG, SECRET, connectDevice, writeGatewayFolder } from './support/devices.ts'
import { type ServerDouble, startServerDouble } from './support/server-double.ts'

const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined }
const ADDRESS = { district: CONFIG.district, gateway: CONFIG.gateway }
/** All but the water dispenser's plug: that one comes with the next config. */
const OTHERS = CONFIG.devices.filter(({ id }) => id !== 'water-plug')

let dir: string
let folder: string
let server: ServerDouble
let signer: TestSigner
let operator: MqttClient
let reports: ConfigReported[]
let gateway: Gateway | undefined
let url: string

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'configs-'))
  server = await startServerDouble()
  signer = await createTestSigner()
  reports = []
  operator = await connectAsync(server.url, { clientId: 'operator' })
  operator.on('message', (_topic, payload) => reports.push(decodeJson(configReportedSchema, payload)))
  await operator.subscribeAsync(topics.configReported(ADDRESS))
  folder = await writeGatewayFolder(dir, { ...CONFIG, devices: OTHERS })
  await writeFile(join(folder, 'trusted-keys.json'), JSON.stringify({ keys: [signer.key] }))
  await start()
})

afterEach(async () => {
  await gateway?.stop()
  await operator.endAsync(true)
  await server.stop()
  await rm(dir, { recursive: true })
})

async function start(configTrialMs = 300_000): Promise<void> {
  gateway = createGateway(
    {
      stored: await readStoredConfig(folder),
      secret: SECRET,
      folder,
      lan: { host: '127.0.0.1', port: 0 },
      mqttUrl: server.url,
      configTrialMs,
      outboxBytes: 2 ** 20,
      backlogReadingsPerS: 2_000,
      version: 'test',
    },
    { clock: Date.now, stopwatch: () => performance.now(), random: Math.random, log: SILENT },
  )
  url = await gateway.start()
}

const give = async (config: GatewayConfig, by = signer) =>
  operator.publishAsync(topics.configDesired(ADDRESS), await by.sign(config), { qos: 1, retain: true })

const expectReport = (report: object) =>
  vi.waitFor(() => expect(reports.at(-1)).toMatchObject(report), { timeout: 10_000 })

const version = (n: number, change: Partial<GatewayConfig> = {}): GatewayConfig => ({
  ...CONFIG,
  version: CONFIG.version + n,
  ...change,
})

const powers = (device: string) =>
  [...server.stored.values()]
    .filter(reading => reading.device === device && reading.metric === 'power')
    .map(r => r.value)

const onDisk = async (name: string) => JSON.parse(await readFile(join(folder, name), 'utf8')) as GatewayConfig

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>(resolve => void probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as AddressInfo
  await new Promise<void>(resolve => void probe.close(() => resolve()))
  return port
}

describe('a config with one more device', () => {
  it('holds from the next message on; no device loses its connection, and no reading is lost', async () => {
    const device = await connectDevice(url, 'hub')
    let isClosed = false
    device.on('close', () => (isClosed = true))
    const say = (topic: string, power: number) => device.publishAsync(topic, JSON.stringify({ power }), { qos: 1 })
    await say('zigbee2mqtt/water dispenser', 1)
    await give(version(1))
    const flowing = (async () => {
      for (let n = 1; n <= 200; n += 1) {
        await device.publishAsync('tele/fridge/SENSOR', JSON.stringify({ ENERGY: { Power: n } }), { qos: 1 })
      }
    })()
    await expectReport({ version: CONFIG.version + 1, state: 'applied' })
    await say('zigbee2mqtt/water dispenser', 2)
    await flowing
    await vi.waitFor(() => expect(powers('fridge-plug')).toHaveLength(200), { timeout: 10_000 })
    expect(powers('fridge-plug').sort((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, n) => n + 1))
    await vi.waitFor(() => expect(powers('water-plug')).toEqual([2]), { timeout: 10_000 })
    expect(isClosed).toBe(false)
    expect(await onDisk('config.json')).toEqual(version(1))
    expect(await onDisk('config.previous.json')).toMatchObject({ version: CONFIG.version, devices: OTHERS })
    await device.endAsync(true)
  })

  it('is applied also where no device speaks: the gateway asks for an acknowledgement itself', async () => {
    await give(version(1))
    await expectReport({ version: CONFIG.version + 1, state: 'applied' })
    expect(server.stored.size).toBe(0)
  })

  it('that is sent again changes nothing', async () => {
    await give(version(1))
    await expectReport({ version: CONFIG.version + 1, state: 'applied' })
    const before = await readFile(join(folder, 'config.previous.json'), 'utf8')
    const packs = server.packs.length
    reports.length = 0
    await give(version(1))
    await expectReport({ version: CONFIG.version + 1, state: 'applied' })
    expect(await readFile(join(folder, 'config.previous.json'), 'utf8')).toBe(before)
    // No probe: nothing was on trial.
    expect(server.packs).toHaveLength(packs)
  })
})

describe('a config on trial', () => {
  it('is not applied while the server is silent, and is given up after its time; the one before holds, and takes readings', async () => {
    await gateway?.stop()
    await start(1_000)
    server.isServing = false
    await give(version(1))
    await expectReport({ version: CONFIG.version + 1, state: 'refused', reason: expect.stringContaining('within 1 s') })
    server.isServing = true
    const device = await connectDevice(url, 'hub')
    await device.publishAsync('tele/fridge/SENSOR', JSON.stringify({ ENERGY: { Power: 7 } }), { qos: 1 })
    await device.publishAsync('zigbee2mqtt/water dispenser', JSON.stringify({ power: 8 }), { qos: 1 })
    await vi.waitFor(() => expect(powers('fridge-plug')).toEqual([7]), { timeout: 10_000 })
    expect(powers('water-plug')).toEqual([])
    expect((await onDisk('config.json')).version).toBe(CONFIG.version)
    await device.endAsync(true)
  })

  it('goes on with the next start, and its server then lets it hold', async () => {
    server.isServing = false
    await give(version(1))
    await vi.waitFor(async () => expect(await onDisk('config.trial.json')).toMatchObject({ trial: { starts: 1 } }))
    await gateway?.stop()
    await start()
    expect(await onDisk('config.trial.json')).toMatchObject({ trial: { starts: 2 } })
    expect((await onDisk('config.json')).version).toBe(CONFIG.version)
    server.isServing = true
    await expectReport({ version: CONFIG.version + 1, state: 'applied' })
    expect(await onDisk('config.json')).toEqual(version(1))
  })

  it('whose port is taken is refused at once; the listener that works is not touched', async () => {
    const device = await connectDevice(url, 'hub')
    let isClosed = false
    device.on('close', () => (isClosed = true))
    const blocker = createServer()
    await new Promise<void>(resolve => void blocker.listen(0, '127.0.0.1', resolve))
    await give(version(1, { lanPort: (blocker.address() as AddressInfo).port }))
    await expectReport({ state: 'refused', reason: expect.stringContaining('EADDRINUSE') })
    expect(isClosed).toBe(false)
    blocker.close()
    await device.endAsync(true)
  })

  it('with another port moves the listener there, and says so in lan.json', async () => {
    const lanPort = await freePort()
    await give(version(1, { lanPort }))
    await expectReport({ version: CONFIG.version + 1, state: 'applied' })
    expect(await onDisk('lan.json')).toEqual({ url: `mqtt://127.0.0.1:${lanPort}` })
    const device = await connectDevice(`mqtt://127.0.0.1:${lanPort}`, 'hub')
    await device.publishAsync('tele/fridge/SENSOR', JSON.stringify({ ENERGY: { Power: 7 } }), { qos: 1 })
    await vi.waitFor(() => expect(powers('fridge-plug')).toEqual([7]), { timeout: 10_000 })
    await device.endAsync(true)
  })

  it('with another broker moves the uplink there, with all that was not acknowledged before', async () => {
    server.isServing = false
    const device = await connectDevice(url, 'hub')
    for (let n = 1; n <= 20; n += 1) {
      await device.publishAsync('tele/fridge/SENSOR', JSON.stringify({ ENERGY: { Power: n } }), { qos: 1 })
    }
    const next = await startServerDouble()
    try {
      await give(version(1, { mqttUrl: next.url }))
      await vi.waitFor(() => expect(next.stored.size).toBe(20), { timeout: 10_000 })
      await vi.waitFor(async () => expect(await onDisk('config.json')).toMatchObject({ mqttUrl: next.url }))
      expect(next.conflicts).toEqual([])
    } finally {
      await device.endAsync(true)
      await gateway?.stop()
      await next.stop()
    }
  })
})

describe('the keys to trust', () => {
  it('are changed by two configs, without a visit: both keys first, then the new one alone', async () => {
    const next = await createTestSigner()
    await give(version(1, { trustedKeys: { keys: [signer.key, next.key] } }))
    await expectReport({ version: CONFIG.version + 1, state: 'applied' })
    await give(version(2, { trustedKeys: { keys: [next.key] } }), next)
    await expectReport({ version: CONFIG.version + 2, state: 'applied' })
    await give(version(3))
    await expectReport({
      version: CONFIG.version + 3,
      state: 'refused',
      reason: expect.stringContaining('not trusted'),
    })
  })
})

describe('a disk that refuses', () => {
  it('lets no config be begun that a kill would forget', async () => {
    // A folder in the place of the record: it can be replaced by no file.
    await mkdir(join(folder, 'config.trial.json'))
    await writeFile(join(folder, 'config.trial.json/x'), '')
    await give(version(1))
    await expectReport({
      version: CONFIG.version + 1,
      state: 'refused',
      reason: expect.stringContaining('writing it failed'),
    })
    const device = await connectDevice(url, 'hub')
    await device.publishAsync('zigbee2mqtt/water dispenser', JSON.stringify({ power: 8 }), { qos: 1 })
    await device.publishAsync('tele/fridge/SENSOR', JSON.stringify({ ENERGY: { Power: 7 } }), { qos: 1 })
    await vi.waitFor(() => expect(powers('fridge-plug')).toEqual([7]), { timeout: 10_000 })
    expect(powers('water-plug')).toEqual([])
    await device.endAsync(true)
  })

  it('leaves the config before to go by when it has spoilt the one that held', async () => {
    await give(version(1))
    await expectReport({ version: CONFIG.version + 1, state: 'applied' })
    await gateway?.stop()
    await writeFile(join(folder, 'config.json'), '{"version": 9, "gate')
    const stored = await readStoredConfig(folder)
    expect(stored).toMatchObject({
      config: { version: CONFIG.version },
      notes: [expect.stringContaining('config.json')],
    })
    // What was lost comes again from the broker, which keeps it.
    await start()
    await vi.waitFor(async () => expect(await onDisk('config.json')).toEqual(version(1)), { timeout: 10_000 })
  })
})

it('the files of its config are for their owner alone', async () => {
  await give(version(1))
  await expectReport({ version: CONFIG.version + 1, state: 'applied' })
  for (const name of ['config.json', 'config.previous.json', 'config.trial.json']) {
    expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600)
  }
})
