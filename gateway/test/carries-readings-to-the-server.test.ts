import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { readStoredConfig } from '../src/config/config-files.ts'
import { createGateway, type Gateway } from '../src/gateway.ts'
import { SECRET, connectDevice, writeGatewayFolder } from './support/devices.ts'
import { type ServerDouble, startServerDouble } from './support/server-double.ts'

const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined }

describe('a gateway between its devices and the server', () => {
  let dir: string
  let server: ServerDouble
  const gateways: Gateway[] = []

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'gateway-'))
    server = await startServerDouble()
  })
  afterEach(async () => {
    for (const gateway of gateways.splice(0)) await gateway.stop()
    await server.stop()
    await rm(dir, { recursive: true })
  })

  const startGateway = async (mqttUrl = server.url) => {
    const folder = await writeGatewayFolder(dir)
    const gateway = createGateway(
      {
        stored: await readStoredConfig(folder),
        secret: SECRET,
        folder,
        lan: { host: '127.0.0.1', port: 0 },
        mqttUrl,
        configTrialMs: 300_000,
        outboxBytes: 2 ** 20,
        backlogReadingsPerS: 2_000,
        version: 'test',
      },
      { clock: Date.now, stopwatch: () => performance.now(), random: Math.random, log: SILENT },
    )
    gateways.push(gateway)
    return { gateway, url: await gateway.start() }
  }

  const values = () => [...server.stored.values()].map(({ device, metric, value }) => `${device} ${metric} ${value}`)

  it('carries unmodified messages of all four vendors, and empties the outbox', async () => {
    const { url } = await startGateway()
    const device = await connectDevice(url, 'all')
    const say = (topic: string, payload: unknown) =>
      device.publishAsync(topic, typeof payload === 'string' ? payload : JSON.stringify(payload), { qos: 1 })
    await say('tele/fridge/SENSOR', { ENERGY: { Total: 1.5, Power: 93, Voltage: 223 } })
    await say('shellyplusplugs-a8032ab00001/status/switch:0', { id: 0, output: true, apower: 812.5 })
    await say('zigbee2mqtt/water dispenser', { state: 'ON', power: 501, energy: 0.25 })
    await say('zigbee2mqtt/door', { contact: false, battery: 97, voltage: 3005 })
    await say('people-counter/sensor/people/state', '4')
    await vi.waitFor(
      () =>
        expect(values().sort()).toEqual([
          'ac-plug power 812.5',
          'ac-plug relay 1',
          'door battery 97',
          'door door 1',
          'fridge-plug energy 1500',
          'fridge-plug power 93',
          'fridge-plug voltage 223',
          'people people 4',
          'water-plug energy 250',
          'water-plug power 501',
          'water-plug relay 1',
        ]),
      { timeout: 5_000 },
    )
    await device.endAsync()
    expect(server.conflicts).toEqual([])
  })

  it('says that it is online, and offline when it stops', async () => {
    const { gateway } = await startGateway()
    await vi.waitFor(() => expect(server.statuses.at(-1)).toMatchObject({ online: true, configVersion: 3 }))
    expect(server.statuses.at(-1)).toMatchObject({
      outbox: { depth: 0, oldestMs: 0, dropped: 0, thinned: { gauge: 0, counter: 0, state: 0 }, held: 0 },
      health: { clock: { source: 'own' }, silentMs: {} },
    })
    await gateway.stop()
    await vi.waitFor(() => expect(server.statuses.at(-1)).toEqual({ online: false }))
    await expect(gateway.stop()).resolves.toBeUndefined()
  })

  it('tells of refused messages by reason and of devices that the config does not name', async () => {
    const { url } = await startGateway()
    const device = await connectDevice(url, 'bad')
    const say = (topic: string, payload: string | Buffer) => device.publishAsync(topic, payload, { qos: 1 })
    await say('tele/fridge/SENSOR', '{"ENERGY":')
    await say('tele/fridge/SENSOR', '{"ENERGY":{"Power":"a lot"}}')
    await say('tele/fridge/SENSOR', '{"ENERGY":{"Power":1e9}}')
    await say('tele/fridge/SENSOR', Buffer.alloc(1024 * 1024, '1'))
    await say('some/where/else', '{}')
    await say('tele/stranger/STATE', '{"POWER":"ON"}')
    await say('cmnd/fridge/POWER', 'OFF')
    await vi.waitFor(
      () =>
        expect(server.statuses.at(-1)).toMatchObject({
          rejected: { not_json: 1, wrong_type: 1, out_of_range: 1, too_large: 1, wrong_topic: 1 },
          unconfigured: ['tasmota:stranger'],
        }),
      { timeout: 5_000 },
    )
    await device.endAsync()
    expect(server.stored.size).toBe(0)
  })

  it('keeps what comes while the server does not acknowledge, and sends it again until it does', async () => {
    server.isServing = false
    const { url } = await startGateway()
    const device = await connectDevice(url, 'early')
    for (let n = 0; n < 30; n += 1) {
      await device.publishAsync('people-counter/sensor/people/state', String(n), { qos: 1 })
    }
    await vi.waitFor(() => expect(server.statuses.length).toBeGreaterThan(0))
    server.isServing = true
    await vi.waitFor(() => expect(server.stored.size).toBe(30), { timeout: 15_000 })
    await device.endAsync()
    expect(server.conflicts).toEqual([])
  })

  it('takes messages while there is no broker at all, and delivers them after a restart', async () => {
    const first = await startGateway('mqtt://127.0.0.1:1')
    const device = await connectDevice(first.url, 'offline')
    for (let n = 0; n < 500; n += 1) {
      device.publish('people-counter/sensor/people/state', String(n), { qos: 1 })
    }
    await device.endAsync()
    await first.gateway.stop()
    await startGateway()
    await vi.waitFor(() => expect(server.stored.size).toBe(500), { timeout: 10_000 })
    expect(new Set([...server.stored.values()].map(({ value }) => value)).size).toBe(500)
  })

  it('refuses a packet of several megabytes before it is held, and serves the next device', async () => {
    const { url } = await startGateway()
    const flood = await connectDevice(url, 'flood')
    flood.on('error', () => undefined)
    const closed = new Promise<void>(resolve => void flood.once('close', () => resolve()))
    flood.publish('tele/fridge/SENSOR', Buffer.alloc(8 * 1024 * 1024, '1'), { qos: 0 })
    await closed
    await flood.endAsync(true)
    const device = await connectDevice(url, 'next')
    await device.publishAsync('people-counter/sensor/people/state', '2', { qos: 1 })
    await vi.waitFor(() => expect(values()).toEqual(['people people 2']))
    await vi.waitFor(() => expect(server.statuses.at(-1)?.rejected).toEqual({ too_large: 1 }), { timeout: 5_000 })
    await device.endAsync()
  })
})
