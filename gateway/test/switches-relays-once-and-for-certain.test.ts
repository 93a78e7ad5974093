import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type Command,
  type CommandResult,
  type GatewayConfig,
  decodeJson,
  commandResultSchema,
  parseTopic,
  topics,
} from '@harbor/protocol'
import { type MqttClient, connectAsync } from 'mqtt'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type RunningGateway, runGateway } from './support/run-gateway.ts'
import { type Plug, esphomeDialect, shellyDialect, startPlug, tasmotaDialect, zigbeeDialect } from './support/plugs.ts'
import { type ServerDouble, startServerDouble } from './support/server-double.ts'

const ADDRESS = { district: '500103', gateway: 'gw-500103-01' }
const CONFIG: GatewayConfig = {
  version: 1,
  ...ADDRESS,
  station: 'cq-500103-01',
  timeZone: 'Asia/Shanghai',
  devices: [
    { id: 'tasmota', vendor: 'tasmota', address: 'plug-1', applianceKind: 'microwave' },
    { id: 'shelly', vendor: 'shelly', address: 'shellyplus1-2', applianceKind: 'water_dispenser' },
    { id: 'shelly-control', vendor: 'shelly', address: 'shellyplus1-3', switchable: true },
    { id: 'zigbee', vendor: 'zigbee2mqtt', address: 'kitchen/plug', applianceKind: 'air_conditioner' },
    { id: 'strip-two', vendor: 'zigbee2mqtt', address: 'strip#2', switchable: true },
    { id: 'esphome', vendor: 'esphome', address: 'plug-5', switchable: true },
    { id: 'fridge', vendor: 'tasmota', address: 'fridge', applianceKind: 'fridge' },
    { id: 'lamp', vendor: 'tasmota', address: 'lamp' },
    { id: 'door', vendor: 'zigbee2mqtt', address: 'door', switchable: true },
  ],
}

describe('a command from the server', () => {
  let dir: string
  let server: ServerDouble
  let gateway: RunningGateway
  let link: MqttClient
  const plugs: Plug[] = []
  /** Every result that was published, by command id. */
  let results: Map<string, CommandResult[]>

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'gateway-commands-'))
    server = await startServerDouble()
    gateway = await runGateway(dir, { config: CONFIG, mqttUrl: server.url })
    results = new Map()
    link = await connectAsync(server.url, { clientId: 'server' })
    link.on('message', (topic, payload) => {
      const parsed = parseTopic(topic)
      if (parsed?.kind !== 'command-result') return
      const heard = results.get(parsed.commandId) ?? []
      results.set(parsed.commandId, [...heard, decodeJson(commandResultSchema, payload)])
    })
    await link.subscribeAsync('harbor/v1/+/+/command/+/result', { qos: 1 })
    await vi.waitUntil(() => server.statuses.length > 0)
  })
  afterEach(async () => {
    for (const plug of plugs.splice(0)) await plug.stop()
    await link.endAsync(true)
    await gateway.stop()
    await server.stop()
    await rm(dir, { recursive: true })
  })

  const plugIn = async (...[clientId, dialect]: [string, Parameters<typeof startPlug>[2]]) => {
    const plug = await startPlug(gateway.url, clientId, dialect)
    plugs.push(plug)
    return plug
  }
  const send = (id: string, command: Pick<Command, 'device' | 'action'> & Partial<Command>) =>
    link.publishAsync(topics.command(ADDRESS, id), JSON.stringify({ expires: Date.now() + 60_000, ...command }), {
      qos: 1,
    })
  const result = async (id: string) => {
    await vi.waitFor(() => expect(results.get(id)).toBeDefined(), { timeout: 5_000 })
    return results.get(id)?.[0]
  }

  it.each([
    ['tasmota', tasmotaDialect('plug-1')],
    ['shelly', shellyDialect('shellyplus1-2')],
    ['zigbee', zigbeeDialect('kitchen/plug')],
    ['strip-two', zigbeeDialect('strip', 'state_l2')],
    ['esphome', esphomeDialect('plug-5')],
  ])('switches a %s plug off and on in its own dialect, and the plug says so', async (device, dialect) => {
    const plug = await plugIn(device, dialect)
    await send('off', { device, action: 'relay-off' })
    expect(await result('off')).toMatchObject({ state: 'done' })
    expect(plug.isOn()).toBe(false)
    await send('on', { device, action: 'relay-on' })
    expect(await result('on')).toMatchObject({ state: 'done' })
    expect(plug.isOn()).toBe(true)
    expect(plug.told.length).toBe(2)
  })

  it('reaches a Shelly that has only one of its two ways open', async () => {
    const plug = await plugIn('shelly-control', shellyDialect('shellyplus1-3', { rpc: false }))
    await send('off', { device: 'shelly-control', action: 'relay-off' })
    expect(await result('off')).toMatchObject({ state: 'done' })
    expect(plug.isOn()).toBe(false)
  })

  it.each([
    ['of which no line of the config knows', 'stranger', /has no device/],
    ['that was never heard to have a relay', 'door', /has no relay/],
    ["that is a fridge's plug", 'fridge', /fridge/],
    ['of which nobody said what is on it', 'lamp', /not switchable/],
  ])('for a device %s is refused', async (_name, device, reason) => {
    await plugIn('fridge', tasmotaDialect('fridge'))
    await plugIn('lamp', tasmotaDialect('lamp'))
    await send('c1', { device, action: 'relay-off' })
    expect(await result('c1')).toMatchObject({ state: 'refused', reason: expect.stringMatching(reason) })
    expect(plugs.flatMap(({ told }) => told)).toEqual([])
  })

  it('that is repeated runs once, also over a restart, and is answered with the first result', async () => {
    const plug = await plugIn('tasmota', tasmotaDialect('plug-1'))
    const command = { device: 'tasmota', action: 'relay-off', expires: Date.now() + 60_000 } as const
    await send('c1', command)
    const first = await result('c1')
    await plug.press(true)
    await gateway.stop()
    gateway = await runGateway(dir, { config: CONFIG, mqttUrl: server.url })
    await vi.waitFor(() => expect(server.statuses.at(-1)).toMatchObject({ online: true }))
    const answers = results.get('c1')?.length ?? 0
    await send('c1', command)
    await vi.waitFor(() => expect(results.get('c1')?.length).toBeGreaterThan(answers), { timeout: 5_000 })
    expect(results.get('c1')?.at(-1)).toEqual(first)
    expect([plug.isOn(), plug.told.length]).toEqual([true, 1])
  })

  it('that has expired when it comes is refused, and the plug hears nothing of it', async () => {
    const plug = await plugIn('tasmota', tasmotaDialect('plug-1'))
    await send('expired', { device: 'tasmota', action: 'relay-off', expires: Date.now() - 1 })
    expect(await result('expired')).toMatchObject({ state: 'refused', reason: expect.stringContaining('expired') })
    expect(plug.told).toEqual([])
  })
})

describe('what a gateway says of its station', () => {
  it('offers devices that nobody configured, and names those that never spoke', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'gateway-discovery-'))
    const server = await startServerDouble()
    const gateway = await runGateway(dir, { config: CONFIG, mqttUrl: server.url })
    const plug = await startPlug(gateway.url, 'new', tasmotaDialect('new-plug'))
    const known = await startPlug(gateway.url, 'known', tasmotaDialect('plug-1'))
    try {
      await plug.say('tele/new-plug/SENSOR', { ENERGY: { Power: 12, Total: 1 } })
      await plug.say('zigbee2mqtt/new-leak', { water_leak: false, battery: 90 })
      await vi.waitFor(
        () => {
          const status = server.statuses.at(-1)
          expect(status?.discovered).toEqual([
            expect.objectContaining({
              vendor: 'zigbee2mqtt',
              address: 'new-leak',
              metrics: ['leak', 'battery'],
              kind: 'leak',
            }),
            expect.objectContaining({
              vendor: 'tasmota',
              address: 'new-plug',
              metrics: ['power', 'energy', 'relay'],
              kind: 'plug',
            }),
          ])
          expect(status?.missing).not.toContain('tasmota')
          expect(status?.missing).toContain('fridge')
        },
        { timeout: 5_000 },
      )
    } finally {
      await plug.stop()
      await known.stop()
      await gateway.stop()
      await server.stop()
      await rm(dir, { recursive: true })
    }
  })
})
