import { filters, topics } from '@harbor/protocol'
import mqttPacket from 'mqtt-packet'
import { expect, it, vi } from 'vitest'
import {
  GATEWAY,
  OTHER_GATEWAY,
  type RawClient,
  SERVER_SECRET,
  type TestBroker,
  asGateway,
  asServer,
  connectClient,
  connectPacket,
  connectRaw,
  connectServer,
  makeDataDir,
  metric,
  secretOf,
  startBroker,
} from './support.ts'

const FLOOD_PACKET = mqttPacket.generate({
  cmd: 'publish',
  topic: topics.telemetry(GATEWAY),
  payload: Buffer.alloc(200, 120),
  qos: 0,
  dup: false,
  retain: false,
})
const PACKETS_PER_BURST = 250
/** No gateway is held back for its rate: what is tested is what else bounds it. */
const UNLIMITED = 1_000_000_000
const BURST = Buffer.concat(Array.from({ length: PACKETS_PER_BURST }, () => FLOOD_PACKET))

async function connectFlooder(broker: TestBroker, clientId: string): Promise<RawClient> {
  const raw = await connectRaw(broker.mqttUrl)
  raw.send(connectPacket({ username: 'gw-1', password: Buffer.from(secretOf('gw-1')), clientId }))
  await raw.packet('connack')
  return raw
}

/** Writes as fast as the socket takes it. */
async function flood({ socket }: RawClient, bursts: number): Promise<void> {
  for (let index = 0; index < bursts; index += 1) {
    if (socket.destroyed) return
    if (!socket.write(BURST)) await new Promise(resolve => socket.once('drain', resolve))
  }
}

it('carries a flood of QoS 0 from 20 connections, and serves others meanwhile', async () => {
  const broker = await startBroker({ limits: { messagesPerS: UNLIMITED } })
  const server = await connectServer(broker)
  await server.subscribeAsync(filters.telemetry(), { qos: 1 })
  const other = await connectClient(broker.mqttUrl, asGateway(OTHER_GATEWAY))
  const probe = await connectClient(broker.mqttUrl, asServer())
  await probe.subscribeAsync(topics.status(OTHER_GATEWAY), { qos: 1 })
  const flooders = await Promise.all(Array.from({ length: 20 }, (_, index) => connectFlooder(broker, `f${index}`)))

  const floods = Promise.all(flooders.map(flooder => flood(flooder, 10)))
  for (const text of ['a', 'b', 'c', 'd', 'e']) {
    await other.publishAsync(topics.status(OTHER_GATEWAY), text, { qos: 1 })
    await vi.waitFor(() => expect(probe.received.at(-1)?.text).toBe(text), { timeout: 5_000, interval: 5 })
  }
  await floods
  const received = () => server.received.filter(({ topic }) => topic === topics.telemetry(GATEWAY)).length
  const sent = 20 * 10 * PACKETS_PER_BURST
  await vi.waitFor(() => expect(received()).toBe(sent), { timeout: 15_000, interval: 50 })
  expect(flooders.filter(flooder => flooder.isClosed())).toEqual([])
})

/** A client that subscribes to all telemetry and then takes no byte. */
async function connectFrozen(broker: TestBroker): Promise<RawClient> {
  const frozen = await connectRaw(broker.mqttUrl)
  frozen.send(connectPacket({ username: 'server', password: Buffer.from(SERVER_SECRET), clientId: 'frozen' }))
  await frozen.packet('connack')
  frozen.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: topics.telemetry(GATEWAY), qos: 0 }] })
  await frozen.packet('suback')
  frozen.socket.pause()
  return frozen
}
/** 24 MB of packets: more than the kernel holds for a reader that does not read. */
const FREEZING_BURSTS = 400

it('cuts a client that takes no byte, and those who publish to it go on', async () => {
  const broker = await startBroker({ limits: { slowReaderMs: 500, messagesPerS: UNLIMITED } })
  const server = await connectServer(broker)
  await connectFrozen(broker)
  const flooder = await connectFlooder(broker, 'f')
  const connections = await metric(broker, 'harbor_broker_connections')
  const flooding = flood(flooder, FREEZING_BURSTS)
  await vi.waitFor(async () => expect(await metric(broker, 'harbor_broker_connections')).toBe(connections - 1), {
    timeout: 10_000,
    interval: 50,
  })
  await flooding
  await server.subscribeAsync(topics.status(GATEWAY), { qos: 1 })
  flooder.send({
    cmd: 'publish',
    topic: topics.status(GATEWAY),
    payload: 'still served',
    qos: 1,
    messageId: 1,
    dup: false,
    retain: false,
  })
  await vi.waitFor(() => expect(server.received.at(-1)?.text).toBe('still served'), 10_000)
})

it('serves everybody else while a client takes no byte and another floods it', async () => {
  const broker = await startBroker({ limits: { slowReaderMs: 60_000, messagesPerS: UNLIMITED } })
  const server = await connectServer(broker)
  await server.subscribeAsync(topics.telemetry(OTHER_GATEWAY), { qos: 1 })
  const other = await connectClient(broker.mqttUrl, asGateway(OTHER_GATEWAY))
  await connectFrozen(broker)
  const flooder = await connectFlooder(broker, 'f')
  const progress = { bytes: 0 }
  const flooding = flood(flooder, FREEZING_BURSTS)
  // The flooder is held up once what it may write stops growing.
  await vi.waitFor(
    () => {
      const before = progress.bytes
      progress.bytes = flooder.socket.bytesWritten - flooder.socket.writableLength
      expect([before > 0, progress.bytes - before]).toEqual([true, 0])
    },
    { timeout: 10_000, interval: 200 },
  )
  expect(flooder.socket.writableNeedDrain).toBe(true)
  for (const text of ['a', 'b', 'c']) await other.publishAsync(topics.telemetry(OTHER_GATEWAY), text, { qos: 1 })
  await vi.waitFor(() =>
    expect(server.received.map(({ text }) => text)).toEqual(expect.arrayContaining(['a', 'b', 'c'])),
  )
  flooder.socket.destroy()
  flooder.socket.emit('drain')
  await flooding
})

it('queues so many messages for a session that is away, and drops and counts the rest', async () => {
  const broker = await startBroker({ limits: { queuedMessagesPerSession: 5 } })
  const session = { clientId: 'ingest', clean: false }
  const server = await connectServer(broker, session)
  await server.subscribeAsync(filters.telemetry(), { qos: 1 })
  await server.endAsync()
  const gateway = await connectClient(broker.mqttUrl, asGateway(GATEWAY))
  for (const text of '12345678') await gateway.publishAsync(topics.telemetry(GATEWAY), text, { qos: 1 })
  await vi.waitFor(async () => expect(await metric(broker, 'harbor_broker_refused_total{reason="queue_full"}')).toBe(3))
  expect(await metric(broker, 'harbor_broker_messages_waiting')).toBe(5)
  expect(await metric(broker, 'harbor_broker_sessions')).toBe(1)

  const again = await connectClient(broker.mqttUrl, asServer(session))
  await vi.waitFor(() => expect(again.received.map(({ text }) => text)).toEqual(['1', '2', '3', '4', '5']))
  await vi.waitFor(async () => expect(await metric(broker, 'harbor_broker_messages_waiting')).toBe(0))
  await gateway.publishAsync(topics.telemetry(GATEWAY), '9', { qos: 1 })
  await vi.waitFor(() => expect(again.received.at(-1)?.text).toBe('9'))
})

it('queues nothing for a subscription of QoS 0, also after a restart', async () => {
  const directory = await makeDataDir()
  const first = await startBroker({ directory })
  const server = await connectServer(first, { clientId: 'ingest', clean: false })
  await server.subscribeAsync(filters.telemetry(), { qos: 0 })
  await server.endAsync()
  await first.stop()
  const second = await startBroker({ directory })
  const waiting = await metric(second, 'harbor_broker_messages_waiting')
  const gateway = await connectClient(second.mqttUrl, asGateway(GATEWAY))
  await gateway.publishAsync(topics.telemetry(GATEWAY), 'nobody is there', { qos: 1 })
  await gateway.publishAsync(topics.telemetry(GATEWAY), 'nobody is there', { qos: 1 })
  expect(await metric(second, 'harbor_broker_messages_waiting')).toBe(waiting)
})

it('reads a gateway that sends too fast more slowly, loses nothing of it, and holds nobody else back', async () => {
  const broker = await startBroker({ limits: { messagesPerS: 500 } })
  const server = await connectServer(broker)
  await server.subscribeAsync(filters.telemetry(), { qos: 1 })
  const other = await connectClient(broker.mqttUrl, asGateway(OTHER_GATEWAY))
  const flooder = await connectFlooder(broker, 'f')
  const startedMs = performance.now()
  await flood(flooder, 8)
  await other.publishAsync(topics.telemetry(OTHER_GATEWAY), 'in time', { qos: 1 })
  const ofFlooder = () => server.received.filter(({ topic }) => topic === topics.telemetry(GATEWAY)).length
  await vi.waitFor(() => expect(server.received.some(({ text }) => text === 'in time')).toBe(true), 30_000)
  const sent = 8 * PACKETS_PER_BURST
  await vi.waitFor(() => expect(ofFlooder()).toBe(sent), { timeout: 60_000, interval: 50 })
  // Two seconds of the rate at once, the rest at the rate.
  expect(performance.now() - startedMs).toBeGreaterThan(((sent - 2 * 500) / 500) * 1_000 - 100)
  expect(await metric(broker, 'harbor_broker_messages_held_back_total')).toBeGreaterThan(0)
  expect(flooder.isClosed()).toBe(false)
})
