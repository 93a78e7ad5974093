import { filters, topics } from '@harbor/protocol'
import mqtt from 'mqtt'
import { pino } from 'pino'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { startTestBroker } from '../../test/test-broker.ts'
import { createMetrics } from '../metrics/metrics.ts'
import type { BusMessage } from './message-bus.ts'
import { MQTT_BUS_DEFAULTS, type MqttBusSettings, createMqttBus, serverClientId } from './mqtt-bus.ts'

const TOPIC = topics.telemetry({ district: '500103', gateway: 'gw-1' })
const text = (payload: Uint8Array) => new TextDecoder().decode(payload)
const bytes = (words: string) => new TextEncoder().encode(words)

async function setUp() {
  const broker = await startTestBroker()
  onTestFinished(() => broker.stop())

  function newBus(more: Partial<MqttBusSettings> = {}, metrics = createMetrics()) {
    const bus = createMqttBus(
      {
        ...MQTT_BUS_DEFAULTS,
        url: broker.url,
        username: 'server',
        password: 'x',
        clientId: 'harbor-server',
        reconnectMs: 20,
        ...more,
      },
      { log: pino({ level: 'silent' }), metrics },
    )
    onTestFinished(() => bus.stop())
    return bus
  }

  /** A gateway, by a client that is not ours. */
  async function gateway() {
    const client = await mqtt.connectAsync(broker.url, { clientId: 'gw-1' })
    onTestFinished(() => client.endAsync(true))
    return client
  }

  return { broker, newBus, gateway }
}

/** Started, connected and subscribed. */
async function ready(bus: ReturnType<typeof createMqttBus>) {
  const connected = new Promise<void>(resolve => bus.onConnect(resolve))
  await bus.start()
  await connected
}

describe('the MQTT bus', () => {
  it('brings each message to the handler of its filter', async () => {
    const { newBus, gateway } = await setUp()
    const bus = newBus()
    const telemetry: string[] = []
    const statuses: string[] = []
    for (const district of ['500103', '500105']) {
      bus.subscribe(filters.telemetry(district), ({ payload }) => void telemetry.push(text(payload)))
      bus.subscribe(filters.status(district), ({ payload }) => void statuses.push(text(payload)))
    }
    await ready(bus)
    const client = await gateway()
    await client.publishAsync(TOPIC, 't1', { qos: 1 })
    await client.publishAsync(topics.status({ district: '500105', gateway: 'gw-2' }), 's1', { qos: 1 })
    await client.publishAsync(topics.telemetry({ district: '500106', gateway: 'gw-3' }), 'not ours', { qos: 1 })
    await vi.waitFor(() => expect([telemetry, statuses]).toEqual([['t1'], ['s1']]))
  })

  it('says whether a message had been retained', async () => {
    const { newBus, gateway } = await setUp()
    const client = await gateway()
    await client.publishAsync(TOPIC, 'kept', { qos: 1, retain: true })
    const bus = newBus()
    const received: BusMessage[] = []
    bus.subscribe(filters.telemetry(), message => void received.push(message))
    await ready(bus)
    await vi.waitFor(() => expect(received.map(({ isRetained }) => isRetained)).toEqual([true]))
    await client.publishAsync(TOPIC, 'live', { qos: 1 })
    await vi.waitFor(() => expect(received.map(({ isRetained }) => isRetained)).toEqual([true, false]))
  })

  it('gets what came while it was down, because its session waits at the broker', async () => {
    const { newBus, gateway } = await setUp()
    const first = newBus()
    first.subscribe(filters.telemetry(), () => undefined)
    await ready(first)
    await first.stop()
    const client = await gateway()
    for (const payload of ['1', '2', '3']) await client.publishAsync(TOPIC, payload, { qos: 1 })
    const second = newBus()
    const received: string[] = []
    second.subscribe(filters.telemetry(), ({ payload }) => void received.push(text(payload)))
    await ready(second)
    await vi.waitFor(() => expect(received).toEqual(['1', '2', '3']))
  })

  it('reads no further message, and acknowledges none, while a handler is at one', async () => {
    const { broker, newBus, gateway } = await setUp()
    const bus = newBus()
    const received: string[] = []
    const held = Promise.withResolvers<void>()
    bus.subscribe(filters.telemetry(), ({ payload }) => {
      received.push(text(payload))
      return held.promise
    })
    await ready(bus)
    const client = await gateway()
    for (const payload of ['1', '2', '3']) await client.publishAsync(TOPIC, payload, { qos: 1 })
    await vi.waitFor(() => expect(received).toEqual(['1']))
    await client.publishAsync(TOPIC, '4', { qos: 1 })
    expect([received, broker.packets.filter(packet => packet.endsWith('puback'))]).toEqual([['1'], []])
    held.resolve()
    await vi.waitFor(() => expect(received).toEqual(['1', '2', '3', '4']))
  })

  it('stays connected while a handler holds it back for longer than its keep-alive', async () => {
    const { broker, newBus, gateway } = await setUp()
    const bus = newBus({ keepaliveS: 1 })
    const held = Promise.withResolvers<void>()
    const onMessage = vi.fn(() => held.promise)
    bus.subscribe(filters.telemetry(), onMessage)
    await ready(bus)
    await (await gateway()).publishAsync(TOPIC, 'slow', { qos: 1 })
    await vi.waitFor(() => expect(onMessage).toHaveBeenCalled())
    // A ping each 0.4 s: the sixth comes 2.4 s on, past the 1.5 s at which a silent connection is cut.
    const pings = () => broker.packets.filter(packet => packet === 'harbor-server ping').length
    await vi.waitFor(() => expect(pings()).toBeGreaterThanOrEqual(6), { timeout: 5_000 })
    expect(broker.packets.filter(packet => packet === 'harbor-server connect')).toHaveLength(1)
    held.resolve()
  })

  it('leaves a message that was not taken to the next connection', async () => {
    const { broker, newBus, gateway } = await setUp()
    const bus = newBus()
    const received: string[] = []
    bus.subscribe(filters.telemetry(), ({ payload }) => {
      received.push(text(payload))
      if (received.length === 1) throw new Error('not now')
    })
    await ready(bus)
    await (await gateway()).publishAsync(TOPIC, 'again', { qos: 1 })
    await vi.waitFor(() => expect(received).toHaveLength(1))
    await broker.cut()
    await broker.restore()
    await vi.waitFor(() => expect(received).toEqual(['again', 'again']))
  })

  it('sends after a reconnection what was published without one, and tells its listeners', async () => {
    const { broker, newBus } = await setUp()
    const bus = newBus()
    const onConnect = vi.fn<() => void>()
    bus.onConnect(onConnect)
    await ready(bus)
    expect(bus.isConnected()).toBe(true)
    await broker.cut()
    await vi.waitFor(() => expect(bus.isConnected()).toBe(false))
    const published = bus.publish(topics.ack({ district: '500103', gateway: 'gw-1' }), bytes('{}'))
    await broker.restore()
    await published
    await vi.waitFor(() => expect(onConnect).toHaveBeenCalledTimes(2))
  })

  it('keeps trying while there is no broker, and stops all the same', async () => {
    const { broker, newBus } = await setUp()
    await broker.cut()
    const bus = newBus()
    await bus.start()
    const published = bus.publish('a/b', bytes('x'))
    published.catch(() => undefined)
    await bus.stop()
    await bus.stop()
    await expect(published).rejects.toMatchObject({ code: 'BUS_STOPPED' })
    await expect(bus.publish('a/b', bytes('x'))).rejects.toMatchObject({ code: 'BUS_STOPPED' })
  })

  it('refuses to hold more unsent messages than its limit', async () => {
    const { broker, newBus } = await setUp()
    await broker.cut()
    const bus = newBus({ maxUnsent: 2 })
    await bus.start()
    for (const n of ['1', '2']) bus.publish('a/b', bytes(n)).catch(() => undefined)
    await expect(bus.publish('a/b', bytes('3'))).rejects.toMatchObject({ code: 'BUS_FULL' })
  })

  it('waits a moment for what is unsent when it stops', async () => {
    const { broker, newBus } = await setUp()
    const bus = newBus()
    await ready(bus)
    const received = vi.fn<() => void>()
    await new Promise<void>(resolve => broker.aedes.subscribe('a/b', (_packet, done) => (received(), done()), resolve))
    const published = bus.publish('a/b', bytes('last words'))
    await bus.stop()
    await published
    expect(received).toHaveBeenCalled()
  })

  it('counts what comes by a filter of an older start', async () => {
    const { newBus, gateway } = await setUp()
    const before = newBus()
    before.subscribe(filters.telemetry(), () => undefined)
    await ready(before)
    await before.stop()
    const metrics = createMetrics()
    const bus = newBus({}, metrics)
    await ready(bus)
    await (await gateway()).publishAsync(TOPIC, 'nobody is at home', { qos: 1 })
    await vi.waitFor(async () => expect(await metrics.render()).toContain('harbor_bus_ignored_total 1\n'))
  })
})

describe('the client id of a server', () => {
  it('is the same for the same districts in any order, another for others, and at most 23 bytes', () => {
    const ids = [[], ['500103', '500105'], ['500105', '500103'], ['500103']].map(serverClientId)
    expect(ids[1]).toBe(ids[2])
    expect(new Set(ids).size).toBe(3)
    expect(ids.filter(id => id.length > 23)).toEqual([])
  })
})
