import { encodeJson, filters, topics } from '@harbor/protocol'
import { describe, expect, it, vi } from 'vitest'
import mqttPacket from 'mqtt-packet'
import {
  GATEWAY,
  OTHER_GATEWAY,
  asGateway,
  asNodeRed,
  connectClient,
  connectPacket,
  connectRaw,
  connectServer,
  secretOf,
  startBroker,
} from './support.ts'

describe.each([
  ['TCP', (urls: { mqttUrl: string }) => urls.mqttUrl],
  ['WebSocket', (urls: { wsUrl: string }) => urls.wsUrl],
] as const)('over %s', (_name, urlOf: (urls: { mqttUrl: string; wsUrl: string }) => string) => {
  it('carries telemetry to the server and the acknowledgement back', async () => {
    const broker = await startBroker()
    const server = await connectServer(broker)
    await server.subscribeAsync(filters.telemetry(), { qos: 1 })
    const gateway = await connectClient(urlOf(broker), asGateway(GATEWAY))
    await gateway.subscribeAsync(topics.ack(GATEWAY), { qos: 1 })

    await gateway.publishAsync(topics.telemetry(GATEWAY), 'reading', { qos: 1 })
    await vi.waitFor(() =>
      expect(server.received.at(-1)).toMatchObject({ topic: topics.telemetry(GATEWAY), text: 'reading' }),
    )
    await server.publishAsync(topics.ack(GATEWAY), 'ack', { qos: 1 })
    await vi.waitFor(() =>
      expect(gateway.received).toEqual([{ topic: topics.ack(GATEWAY), text: 'ack', retain: false }]),
    )
  })

  it('carries a payload of 200 KB, which arrives in many chunks', async () => {
    const broker = await startBroker()
    const server = await connectServer(broker)
    await server.subscribeAsync(filters.telemetry(), { qos: 1 })
    const gateway = await connectClient(urlOf(broker), asGateway(GATEWAY))
    const payload = 'x'.repeat(200_000)
    await gateway.publishAsync(topics.telemetry(GATEWAY), payload, { qos: 1 })
    await vi.waitFor(() => expect(server.received.at(-1)?.text.length).toBe(200_000))
  })
})

it('understands packets that arrive byte by byte', async () => {
  const broker = await startBroker()
  const server = await connectServer(broker)
  await server.subscribeAsync(filters.telemetry(), { qos: 1 })
  const raw = await connectRaw(broker.mqttUrl)
  raw.socket.setNoDelay(true)
  const bytes = Buffer.concat([
    mqttPacket.generate(connectPacket({ username: 'gw-1', password: Buffer.from(secretOf('gw-1')) })),
    mqttPacket.generate({
      cmd: 'publish',
      topic: topics.telemetry(GATEWAY),
      payload: 'slow',
      qos: 1,
      messageId: 3,
      dup: false,
      retain: false,
    }),
  ])
  for (const byte of bytes) await new Promise(resolve => raw.socket.write(Buffer.from([byte]), resolve))
  expect(await raw.packet('puback')).toMatchObject({ messageId: 3 })
  await vi.waitFor(() => expect(server.received.at(-1)?.text).toBe('slow'))
})

it('hands events to Node-RED and nothing else', async () => {
  const broker = await startBroker()
  const server = await connectServer(broker)
  const nodeRed = await connectClient(broker.mqttUrl, asNodeRed())
  expect(await nodeRed.subscribeAsync(filters.events(), { qos: 1 })).toMatchObject([{ qos: 1 }])
  await expect(nodeRed.subscribeAsync(filters.telemetry(), { qos: 1 })).rejects.toThrow(/Unspecified error/)

  await server.publishAsync(topics.event('500103', 'alert-raised'), 'event', { qos: 1 })
  await vi.waitFor(() => expect(nodeRed.received.map(({ text }) => text)).toEqual(['event']))
})

it('keeps the order of retained and plain messages, and loses neither', async () => {
  const broker = await startBroker()
  const server = await connectServer(broker, { clean: false, clientId: 'ingest' })
  await server.subscribeAsync([filters.telemetry(), filters.status()], { qos: 1 })
  const gateway = await connectClient(broker.mqttUrl, asGateway(GATEWAY))
  const sent = Array.from({ length: 400 }, (_, index) => String(index))
  await Promise.all(
    sent.map(text =>
      Number(text) % 2 === 0
        ? gateway.publishAsync(topics.status(GATEWAY), text, { qos: 1, retain: true })
        : gateway.publishAsync(topics.telemetry(GATEWAY), text, { qos: 1 }),
    ),
  )
  await vi.waitFor(() => {
    const got = server.received.filter(({ topic }) => topic !== topics.brokerStatus).map(({ text }) => text)
    expect(got).toEqual(sent)
  }, 5_000)
})

it('publishes the last will of a gateway whose connection breaks, and keeps it', async () => {
  const broker = await startBroker()
  const server = await connectServer(broker)
  await server.subscribeAsync(filters.status(), { qos: 1 })
  const payload = Buffer.from(encodeJson({ online: false }))
  const will = { topic: topics.status(OTHER_GATEWAY), payload, qos: 1, retain: true } as const
  const gateway = await connectClient(broker.mqttUrl, asGateway(OTHER_GATEWAY, { will }))
  gateway.stream.destroy()
  await vi.waitFor(() => expect(server.received.at(-1)?.topic).toBe(will.topic))

  const later = await connectServer(broker)
  await later.subscribeAsync(will.topic, { qos: 1 })
  await vi.waitFor(() => expect(later.received.at(-1)).toMatchObject({ text: payload.toString(), retain: true }))
})
