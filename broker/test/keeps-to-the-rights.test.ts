import { filters, topics } from '@harbor/protocol'
import { describe, expect, it, vi } from 'vitest'
import {
  GATEWAY,
  OTHER_GATEWAY,
  type TestBroker,
  type TestClient,
  asGateway,
  asServer,
  connectClient,
  connectPacket,
  connectRaw,
  connectServer,
  metric,
  secretOf,
  startBroker,
} from './support.ts'

const refused = (broker: TestBroker, reason: string) =>
  metric(broker, `harbor_broker_refused_total{reason="${reason}"}`)

/** A broker with the server listening to everything, and a gateway. */
async function setUp() {
  const broker = await startBroker()
  const server = await connectServer(broker)
  await server.subscribeAsync('harbor/v1/#', { qos: 1 })
  const gateway = await connectClient(broker.mqttUrl, asGateway(GATEWAY))
  return { broker, server, gateway }
}

/** Waits until a message published after all the others has arrived, and gives what arrived from gateways. */
async function arrivedUpTo(server: TestClient, gateway: TestClient, mark: string): Promise<string[]> {
  await gateway.publishAsync(topics.telemetry(GATEWAY), mark, { qos: 1 })
  const ofTheBroker: readonly string[] = [topics.brokerStatus, topics.brokerRefusals]
  const texts = () => server.received.filter(({ topic }) => !ofTheBroker.includes(topic)).map(({ text }) => text)
  await vi.waitFor(() => expect(texts()).toContain(mark))
  return texts()
}

describe('a forbidden publish', () => {
  it.each([
    topics.telemetry(OTHER_GATEWAY),
    topics.ack(GATEWAY),
    topics.configDesired(GATEWAY),
    topics.event('500103', 'alert-raised'),
    topics.brokerAccounts,
    topics.brokerStatus,
    'harbor/v1/500103/gw-1/other',
    'elsewhere',
    '$SYS/nowhere',
  ])('to %s is acknowledged, counted and given to nobody, and the connection lives', async topic => {
    const { broker, server, gateway } = await setUp()
    await gateway.publishAsync(topic, 'forbidden', { qos: 1, retain: true })
    await gateway.publishAsync(topic, 'forbidden', { qos: 0 })
    expect(await arrivedUpTo(server, gateway, 'allowed')).toEqual(['allowed'])
    expect(await refused(broker, 'wrong_topic')).toBe(2)
    expect(broker.logs.filter(({ fields }) => fields['source'] === 'gw-1')).toHaveLength(1)
    // The server hears of it as often as the log does.
    const told = server.received.filter(one => one.topic === topics.brokerRefusals)
    expect(told.map(({ text, retain }) => [JSON.parse(text), retain])).toEqual([
      [{ gateway: 'gw-1', reason: 'wrong_topic', detail: topic }, false],
    ])
    expect(gateway.connected).toBe(true)
  })

  it('by Node-RED is given to nobody', async () => {
    const { broker, server, gateway } = await setUp()
    const nodeRed = await connectRaw(broker.mqttUrl)
    nodeRed.send(connectPacket({ username: 'node-red', password: Buffer.from('b'.repeat(64)) }))
    await nodeRed.packet('connack')
    const topic = topics.event('500103', 'alert-raised')
    nodeRed.send({ cmd: 'publish', topic, payload: 'forged', qos: 1, messageId: 5, dup: false, retain: false })
    expect(await nodeRed.packet('puback')).toMatchObject({ messageId: 5 })
    expect(await arrivedUpTo(server, gateway, 'allowed')).toEqual(['allowed'])
  })
})

describe('a payload that is too large', () => {
  it.each([
    [256 * 1024 + 1, 'one byte over'],
    [1_048_576, '1 MB'],
    [20_000_000, '20 MB'],
  ])('of %i bytes (%s) is acknowledged, counted and given to nobody, and disturbs nothing', async size => {
    const { broker, server, gateway } = await setUp()
    const other = await connectClient(broker.mqttUrl, asGateway(OTHER_GATEWAY))
    const large = gateway.publishAsync(topics.telemetry(GATEWAY), Buffer.alloc(size, 120), { qos: 1 })
    await other.publishAsync(topics.telemetry(OTHER_GATEWAY), 'meanwhile', { qos: 1 })
    await large
    expect((await arrivedUpTo(server, gateway, 'allowed')).toSorted()).toEqual(['allowed', 'meanwhile'])
    expect(await refused(broker, 'too_large')).toBe(1)
    expect([gateway.connected, other.connected, server.connected]).toEqual([true, true, true])
  })

  it('of 256 KB exactly passes', async () => {
    const { server, gateway } = await setUp()
    const payload = 'x'.repeat(256 * 1024)
    await gateway.publishAsync(topics.telemetry(GATEWAY), payload, { qos: 1 })
    await vi.waitFor(() => expect(server.received.at(-1)?.text.length).toBe(payload.length))
  })

  it('over WebSocket in one message ends that connection alone', async () => {
    const { broker, server, gateway } = await setUp()
    const overWs = await connectClient(broker.wsUrl, asGateway(OTHER_GATEWAY))
    overWs.publish(topics.telemetry(OTHER_GATEWAY), Buffer.alloc(1_048_576), { qos: 1 })
    await vi.waitFor(() => expect(overWs.connected).toBe(false))
    expect(await arrivedUpTo(server, gateway, 'allowed')).toEqual(['allowed'])
  })
})

it('keeps messages only on the topics whose newest message is the truth', async () => {
  const { broker, server, gateway } = await setUp()
  await gateway.publishAsync(topics.telemetry(GATEWAY), 'reading', { qos: 1, retain: true })
  await gateway.publishAsync(topics.status(GATEWAY), 'status', { qos: 1, retain: true })
  await server.publishAsync(topics.configDesired(GATEWAY), 'config', { qos: 1, retain: true })
  await server.publishAsync(topics.command(GATEWAY, 'c1'), 'command', { qos: 1, retain: true })
  expect(await arrivedUpTo(server, gateway, 'mark')).toContain('reading')
  const later = await connectClient(broker.mqttUrl, asServer())
  await later.subscribeAsync('harbor/v1/500103/#', { qos: 1 })
  await gateway.publishAsync(topics.telemetry(GATEWAY), 'live', { qos: 1 })
  await vi.waitFor(() =>
    expect(later.received.map(({ text }) => text).toSorted()).toEqual(['config', 'live', 'status']),
  )
})

describe('a subscription', () => {
  async function subscribe(clean: boolean, topicFilters: string[]) {
    const { broker, server, gateway } = await setUp()
    const raw = await connectRaw(broker.mqttUrl)
    raw.send(connectPacket({ username: 'gw-1', password: Buffer.from(secretOf('gw-1')), clean }))
    await raw.packet('connack')
    const subscriptions = topicFilters.map(topic => ({ topic, qos: 1 as const }))
    raw.send({ cmd: 'subscribe', messageId: 1, subscriptions })
    return { broker, server, gateway, raw, suback: await raw.packet('suback') }
  }
  const below = 'harbor/v1/500103/gw-1'

  it.each([
    `${below}/a+`,
    `${below}/+a`,
    `${below}/a#`,
    `${below}/a/+b`,
    `${below}/#/a`,
    `${below}/aa#`,
    `${below}/a#/b`,
    'a+',
    '+a',
    'a#',
    'a/+b',
    `${below}/${'x/'.repeat(120)}x`,
  ])('to the illegal filter %s is answered 0x80, and the connection lives', async filter => {
    const { broker, raw, suback } = await subscribe(true, [filter, topics.ack(GATEWAY), filter])
    expect(suback.granted).toEqual([128, 1, 128])
    expect(await refused(broker, 'illegal_filter')).toBe(2)
    expect(raw.isClosed()).toBe(false)
  })

  it.each([true, false])('that is refused gives nothing, with clean session %s', async clean => {
    const wished = ['harbor/v1/#', '#', '+/+/+/+/+', '$SYS/#', topics.ack(OTHER_GATEWAY), topics.ack(GATEWAY)]
    const { broker, server, gateway, raw, suback } = await subscribe(clean, wished)
    expect(suback.granted).toEqual([128, 128, 128, 128, 128, 1])
    expect(await refused(broker, 'forbidden_filter')).toBe(5)
    raw.socket.destroy()
    await vi.waitFor(async () => expect(await metric(broker, 'harbor_broker_connections')).toBe(2))
    await server.publishAsync(topics.ack(OTHER_GATEWAY), 'not yours', { qos: 1 })
    await server.publishAsync(topics.ack(GATEWAY), 'yours', { qos: 1 })
    await gateway.publishAsync(topics.telemetry(GATEWAY), 'not yours', { qos: 1 })
    // Stock Aedes keeps every filter of the SUBSCRIBE in the session once one of them is granted.
    const back = await connectRaw(broker.mqttUrl)
    back.send(connectPacket({ username: 'gw-1', password: Buffer.from(secretOf('gw-1')), clean }))
    expect(await back.packet('connack')).toMatchObject({ sessionPresent: !clean })
    back.send({ cmd: 'subscribe', messageId: 2, subscriptions: [{ topic: topics.ack(GATEWAY), qos: 1 }] })
    await back.packet('suback')
    await server.publishAsync(topics.ack(GATEWAY), 'after', { qos: 1 })
    const got = () => back.packets.flatMap(packet => (packet.cmd === 'publish' ? [packet.payload.toString()] : []))
    await vi.waitFor(() => expect(got()).toEqual(clean ? ['after'] : ['yours', 'after']))
  })

  it('beyond the limit of filters is answered 0x80', async () => {
    const many = Array.from({ length: 150 }, (_, index) => `${below}/x${index}`)
    const { broker, raw, suback } = await subscribe(true, many)
    expect(suback.granted.filter(code => code === 1)).toHaveLength(100)
    raw.send({ cmd: 'subscribe', messageId: 2, subscriptions: [{ topic: `${below}/more`, qos: 1 }] })
    await vi.waitFor(() => expect(raw.packets.filter(({ cmd }) => cmd === 'suback')).toHaveLength(2))
    expect(raw.packets.at(-1)).toMatchObject({ granted: [128] })
    expect(await refused(broker, 'too_many_filters')).toBe(1)
  })
})

it('ends a connection that sends no MQTT, and disturbs nobody', async () => {
  const { broker, server, gateway } = await setUp()
  const raw = await connectRaw(broker.mqttUrl)
  raw.socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  await vi.waitFor(() => expect(raw.isClosed()).toBe(true))
  expect(await refused(broker, 'bad_stream')).toBe(1)
  expect(await arrivedUpTo(server, gateway, 'allowed')).toEqual(['allowed'])
})

it('answers /healthz and /metrics, and nothing else', async () => {
  const { broker } = await setUp()
  const get = (path: string, init?: RequestInit) => fetch(new URL(path, broker.wsUrl.replace('ws:', 'http:')), init)
  expect(await (await get('/healthz')).json()).toEqual({ status: 'ok' })
  expect((await get('/metrics')).headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
  expect(await broker.metrics()).toContain('harbor_broker_connects_total{account="gateway"} 1')
  expect([(await get('/')).status, (await get('/metrics', { method: 'POST' })).status]).toEqual([404, 405])
  await expect(connectClient(broker.wsUrl.replace('/mqtt', '/other'), asServer())).rejects.toThrow(/closed/)
})

it('serves filters.commands to the gateway whose commands they are', async () => {
  const { server, gateway } = await setUp()
  await gateway.subscribeAsync(filters.commands(GATEWAY), { qos: 1 })
  await server.publishAsync(topics.command(GATEWAY, 'c1'), 'yours', { qos: 1 })
  await vi.waitFor(() => expect(gateway.received.map(({ text }) => text)).toEqual(['yours']))
})
