import { createHash } from 'node:crypto'
import { topics } from '@harbor/protocol'
import { describe, expect, it, vi } from 'vitest'
import {
  GATEWAY,
  OTHER_GATEWAY,
  SERVER_SECRET,
  accountRecord,
  asGateway,
  asNodeRed,
  asServer,
  connectClient,
  connectPacket,
  connectRaw,
  connectServer,
  giveAccounts,
  metric,
  secretOf,
  startBroker,
} from './support.ts'

const refusedMetric = (reason: string) => `harbor_broker_refused_total{reason="${reason}"}`
const password = (text: string) => Buffer.from(text)
const statusWill = { topic: topics.status(OTHER_GATEWAY), payload: Buffer.from('x'), qos: 1, retain: true } as const

describe('CONNACK', () => {
  it.each([
    ['5 to nobody', {}, 5, 'anonymous'],
    ['5 to a name without a secret', { username: 'server' }, 5, 'anonymous'],
    ['4 to a wrong secret', { username: 'server', password: password('wrong') }, 4, 'wrong_secret'],
    ['4 to an empty secret', { username: 'server', password: password('') }, 4, 'wrong_secret'],
    ['4 to an unknown name', { username: 'gw-9', password: password('x') }, 4, 'wrong_secret'],
    [
      '4 to a secret that is not its own',
      { username: 'gw-1', password: password(secretOf('gw-2')) },
      4,
      'wrong_secret',
    ],
    [
      '2 to an empty id with a session to keep',
      { username: 'server', password: password(SERVER_SECRET), clientId: '', clean: false },
      2,
      'bad_client_id',
    ],
    [
      '2 to an id of 129 characters',
      { username: 'server', password: password(SERVER_SECRET), clientId: 'x'.repeat(129) },
      2,
      'bad_client_id',
    ],
    [
      "5 to a will on another gateway's topic",
      { username: 'gw-1', password: password(secretOf('gw-1')), will: statusWill },
      5,
      'forbidden_will',
    ],
    ['1 to MQTT 5', { protocolVersion: 5 as const }, 1, 'bad_protocol'],
  ])('%s', async (...[, fields, returnCode, reason]) => {
    const broker = await startBroker()
    const server = await connectServer(broker)
    await server.subscribeAsync('harbor/v1/+/+/status')
    const raw = await connectRaw(broker.mqttUrl)
    raw.send(connectPacket(fields))
    expect(await raw.packet('connack')).toMatchObject({ returnCode, sessionPresent: false })
    await vi.waitFor(() => expect(raw.isClosed()).toBe(true))
    expect(await metric(broker, refusedMetric(reason))).toBe(1)
    expect(server.received.filter(({ topic }) => topic === statusWill.topic)).toEqual([])
  })

  it('0 to an empty id without a session, any number of them', async () => {
    const broker = await startBroker()
    const fields = { username: 'server', password: password(SERVER_SECRET), clientId: '' }
    const [one, two] = [await connectRaw(broker.mqttUrl), await connectRaw(broker.mqttUrl)]
    for (const raw of [one, two]) {
      raw.send(connectPacket(fields))
      expect(await raw.packet('connack')).toMatchObject({ returnCode: 0 })
    }
    expect([one.isClosed(), two.isClosed()]).toEqual([false, false])
  })
})

it('gives each account its own sessions: the same client id takes nothing over', async () => {
  const broker = await startBroker()
  const server = await connectServer(broker, { clientId: 'same', clean: false })
  await server.subscribeAsync('harbor/v1/+/+/telemetry', { qos: 1 })
  const gateway = await connectClient(broker.mqttUrl, asGateway(GATEWAY, { clientId: 'same', clean: false }))
  const nodeRed = await connectClient(broker.mqttUrl, asNodeRed({ clientId: 'server/same' }))
  const stranger = await connectRaw(broker.mqttUrl)
  stranger.send(connectPacket({ username: 'server', password: password('guess'), clientId: 'same' }))
  await stranger.packet('connack')

  await gateway.publishAsync(topics.telemetry(GATEWAY), 'to the server', { qos: 1 })
  await vi.waitFor(() => expect(server.received.at(-1)?.text).toBe('to the server'))
  expect([server.connected, gateway.connected, nodeRed.connected]).toEqual([true, true, true])
  expect(gateway.received).toEqual([])
})

it('lets the newer of two connections of one account and client id live (MQTT-3.1.4-2)', async () => {
  const broker = await startBroker()
  const first = await connectServer(broker, { clientId: 'same' })
  const second = await connectClient(broker.mqttUrl, asServer({ clientId: 'same' }))
  await vi.waitFor(() => expect(first.connected).toBe(false))
  expect(second.connected).toBe(true)
})

describe('a changed account', () => {
  it.each([
    ['removed', { ...accountRecord(GATEWAY, 3), secretSha256: null }],
    ['given another secret', { ...accountRecord(GATEWAY, 3), secretSha256: createHash('sha256').digest('hex') }],
    ['moved to another district', { ...accountRecord(GATEWAY, 3), district: '500104' }],
  ])('loses its connection and its session when it is %s, and others do not', async (_how, record) => {
    const broker = await startBroker()
    const server = await connectServer(broker)
    const options = asGateway(GATEWAY, { clientId: 'g', clean: false })
    const gateway = await connectClient(broker.mqttUrl, options)
    await gateway.subscribeAsync(topics.ack(GATEWAY), { qos: 1 })
    const other = await connectClient(broker.mqttUrl, asGateway(OTHER_GATEWAY))
    await giveAccounts(server, [record])
    await vi.waitFor(() => expect(gateway.connected).toBe(false))
    expect(other.connected).toBe(true)

    await server.publishAsync(topics.ack(GATEWAY), 'for nobody', { qos: 1 })
    expect(await metric(broker, 'harbor_broker_messages_waiting')).toBe(0)
    const mayReturn = record.district !== GATEWAY.district
    const isBack = await connectClient(broker.mqttUrl, options).then(
      () => true,
      () => false,
    )
    expect(isBack).toBe(mayReturn)
  })

  it('keeps its connection when the same account comes again, or an older one', async () => {
    const broker = await startBroker()
    const server = await connectServer(broker)
    const gateway = await connectClient(broker.mqttUrl, asGateway(GATEWAY))
    await giveAccounts(server, [accountRecord(GATEWAY, 5)])
    await giveAccounts(server, [{ ...accountRecord(GATEWAY, 4), secretSha256: null }, accountRecord(OTHER_GATEWAY, 6)])
    expect(gateway.connected).toBe(true)
    await gateway.publishAsync(topics.telemetry(GATEWAY), 'still here', { qos: 1 })
  })
})

it.each(['server', 'node-red'])('gives no gateway the reserved id %s', async gateway => {
  const broker = await startBroker()
  const server = await connectServer(broker)
  const record = accountRecord({ district: '500103', gateway }, 3)
  await giveAccounts(server, [record, accountRecord(GATEWAY, 4)])
  await expect(connectClient(broker.mqttUrl, asGateway({ district: '500103', gateway }))).rejects.toThrow(
    /Bad username or password|Not authorized/,
  )
  expect(await metric(broker, refusedMetric('wrong_shape'))).toBe(1)
})

it('counts account messages that are none, and carries on', async () => {
  const broker = await startBroker()
  const server = await connectServer(broker)
  // A gateway called event could listen where the server's events are published.
  const event = JSON.stringify({ accounts: [accountRecord({ district: '500103', gateway: 'event' }, 3)] })
  for (const text of ['', 'no json', '{"accounts":7}', '{"accounts":[{"revision":0}]}', event]) {
    await server.publishAsync(topics.brokerAccounts, text, { qos: 1 })
  }
  await giveAccounts(server, [accountRecord(GATEWAY, 9)])
  expect(await metric(broker, refusedMetric('wrong_shape'))).toBe(5)
})

it('ends a connection that sends no CONNECT in time, and one beyond the limit at once', async () => {
  const broker = await startBroker({ limits: { connections: 2, connectTimeoutMs: 300 } })
  const [first, second] = [await connectRaw(broker.mqttUrl), await connectRaw(broker.mqttUrl)]
  await vi.waitFor(async () => expect(await metric(broker, 'harbor_broker_connections')).toBe(2))
  const third = await connectRaw(broker.mqttUrl)
  await vi.waitFor(() => expect(third.isClosed()).toBe(true))
  expect(await metric(broker, refusedMetric('too_many_connections'))).toBe(1)
  await vi.waitFor(() => expect([first.isClosed(), second.isClosed()]).toEqual([true, true]))
  await connectServer(broker)
})
