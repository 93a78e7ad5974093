import { cp } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import { encodeJson, filters, topics } from '@harbor/protocol'
import { expect, it, vi } from 'vitest'
import {
  GATEWAY,
  OTHER_GATEWAY,
  accountRecord,
  asGateway,
  asServer,
  connectClient,
  connectServer,
  makeDataDir,
  metric,
  startBroker,
} from './support.ts'

it('has stored accounts before it acknowledges them', async () => {
  const directory = await makeDataDir()
  const broker = await startBroker({ directory })
  const server = await connectServer(broker)
  const db = new DatabaseSync(join(directory, 'broker', 'accounts.sqlite'), { readOnly: true })
  for (let revision = 10; revision < 40; revision += 1) {
    const accounts = [accountRecord({ district: '500103', gateway: `gw-${revision}` }, revision)]
    await server.publishAsync(topics.brokerAccounts, Buffer.from(encodeJson({ accounts })), { qos: 1 })
    expect(db.prepare('SELECT max(revision) AS revision FROM accounts').get()).toEqual({ revision })
  }
  db.close()
})

it('spreads no accounts: not even the server gets them back', async () => {
  const broker = await startBroker()
  const server = await connectServer(broker)
  await server.subscribeAsync('harbor/v1/#', { qos: 1 })
  const accounts = [accountRecord(GATEWAY, 9)]
  await server.publishAsync(topics.brokerAccounts, Buffer.from(encodeJson({ accounts })), { qos: 1 })
  await vi.waitFor(() => expect(server.received.at(-1)?.text).toBe('{"accountsRevision":9}'))
  expect(server.received.filter(({ topic }) => topic === topics.brokerAccounts)).toEqual([])
})

it('publishes the wills of gateways that were lost with a killed broker, and not of those that are back', async () => {
  const [before, after] = [await makeDataDir(), await makeDataDir()]
  const killed = await startBroker({ directory: before })
  await connectServer(killed)
  const willOf = (address: typeof GATEWAY) =>
    ({ topic: topics.status(address), payload: Buffer.from('offline'), qos: 1, retain: true }) as const
  const connectBoth = { clientId: 'g' }
  await connectClient(killed.mqttUrl, asGateway(GATEWAY, { ...connectBoth, will: willOf(GATEWAY) }))
  await connectClient(killed.mqttUrl, asGateway(OTHER_GATEWAY, { ...connectBoth, will: willOf(OTHER_GATEWAY) }))
  // What is on the disk at this moment is what a kill leaves.
  await cp(join(before, 'broker'), join(after, 'broker'), { recursive: true })

  const broker = await startBroker({ directory: after, limits: { heartbeatMs: 100 } })
  const server = await connectClient(broker.mqttUrl, asServer())
  await server.subscribeAsync(filters.status(), { qos: 1 })
  const back = await connectClient(
    broker.mqttUrl,
    asGateway(OTHER_GATEWAY, { ...connectBoth, will: willOf(OTHER_GATEWAY) }),
  )
  await vi.waitFor(() => expect(server.received.map(({ topic }) => topic)).toEqual([topics.status(GATEWAY)]), 5_000)
  expect(back.connected).toBe(true)
})

it('deletes the oldest session of an account that makes too many, with what waits for it', async () => {
  const broker = await startBroker({ limits: { sessionsPerAccount: 2 } })
  const server = await connectServer(broker)
  const use = async (clientId: string) => {
    const gateway = await connectClient(broker.mqttUrl, asGateway(GATEWAY, { clientId, clean: false }))
    await gateway.subscribeAsync(topics.ack(GATEWAY), { qos: 1 })
    await gateway.endAsync()
  }
  await use('one')
  await use('two')
  await server.publishAsync(topics.ack(GATEWAY), 'waits', { qos: 1 })
  await vi.waitFor(async () => expect(await metric(broker, 'harbor_broker_messages_waiting')).toBe(2))
  await use('three')
  expect(await metric(broker, 'harbor_broker_sessions')).toBe(2)
  expect(await metric(broker, 'harbor_broker_messages_waiting')).toBe(1)
  const texts = async (clientId: string) => {
    const gateway = await connectClient(broker.mqttUrl, asGateway(GATEWAY, { clientId, clean: false }))
    await gateway.subscribeAsync(topics.ack(GATEWAY), { qos: 1 })
    const mark = `mark ${clientId}`
    await server.publishAsync(topics.ack(GATEWAY), mark, { qos: 1 })
    await vi.waitFor(() => expect(gateway.received.map(({ text }) => text)).toContain(mark))
    return gateway.received.map(({ text }) => text)
  }
  expect(await texts('two')).toEqual(['waits', 'mark two'])
  expect(await texts('one')).toEqual(['mark one'])
})

it('ends a session when its client comes back with a clean one', async () => {
  const broker = await startBroker()
  const server = await connectServer(broker)
  const session = asGateway(GATEWAY, { clientId: 'g', clean: false })
  const gateway = await connectClient(broker.mqttUrl, session)
  await gateway.subscribeAsync(topics.ack(GATEWAY), { qos: 1 })
  await gateway.endAsync()
  await server.publishAsync(topics.ack(GATEWAY), 'waits', { qos: 1 })
  const clean = await connectClient(broker.mqttUrl, { ...session, clean: true })
  await clean.endAsync()
  await vi.waitFor(async () => expect(await metric(broker, 'harbor_broker_messages_waiting')).toBe(0))
  expect(await metric(broker, 'harbor_broker_sessions')).toBe(0)
})

it('carries QoS 2 once', async () => {
  const broker = await startBroker()
  const server = await connectServer(broker, { clientId: 'ingest', clean: false })
  await server.subscribeAsync(filters.telemetry(), { qos: 2 })
  const gateway = await connectClient(broker.mqttUrl, asGateway(GATEWAY))
  for (const text of ['1', '2', '3']) await gateway.publishAsync(topics.telemetry(GATEWAY), text, { qos: 2 })
  await gateway.publishAsync(topics.telemetry(GATEWAY), Buffer.alloc(300_000), { qos: 2 })
  await gateway.publishAsync(topics.telemetry(OTHER_GATEWAY), 'forbidden', { qos: 2 })
  await gateway.publishAsync(topics.telemetry(GATEWAY), '4', { qos: 2 })
  const texts = () => server.received.filter(({ topic }) => topic !== topics.brokerStatus).map(({ text }) => text)
  await vi.waitFor(() => expect(texts()).toEqual(['1', '2', '3', '4']))
  await vi.waitFor(async () => expect(await metric(broker, 'harbor_broker_messages_waiting')).toBe(0))
})
