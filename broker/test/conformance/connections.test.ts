import { expect, it, vi } from 'vitest'
import { connectPacket, connectRaw } from '../support.ts'
import { SOON, breakOff, given, join, openBroker, publish, settled, subscribe, texts } from './support.ts'

const will = (topic: string, more: object = {}) => ({
  topic,
  payload: Buffer.from('gone'),
  qos: 1 as const,
  retain: false,
  ...more,
})

it('MQTT-3.1.3-6, -8: an empty client id is taken with a clean session, and answered 2 without', async () => {
  const broker = await openBroker()
  await join(broker, { clientId: '' })
  await join(broker, { clientId: '' })
  const client = await connectRaw(broker.mqttUrl)
  client.send(connectPacket({ clientId: '', clean: false }))
  expect((await client.packet('connack')).returnCode).toBe(2)
  await vi.waitFor(() => expect(client.isClosed()).toBe(true), SOON)
})

it('MQTT-3.1.3-5: a client id may have each letter and digit, and 23 of them', async () => {
  const broker = await openBroker()
  const all = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'
  for (let at = 0; at < all.length; at += 23) {
    const client = await join(broker, { clientId: all.slice(at, at + 23).padEnd(23, 'x') })
    expect(client.isClosed()).toBe(false)
  }
})

it('MQTT-3.1.4-2: a client that comes again ends its former connection', async () => {
  const broker = await openBroker()
  const first = await join(broker, { clientId: 'twin' })
  const second = await join(broker, { clientId: 'twin' })
  await vi.waitFor(() => expect(first.isClosed()).toBe(true), SOON)
  await settled(second)
})

it('MQTT-3.1.4-5, MQTT-3.2.0-1: what comes before the CONNACK is dealt with after it', async () => {
  const broker = await openBroker()
  const client = await connectRaw(broker.mqttUrl)
  client.send(connectPacket({ clientId: 'eager' }))
  client.send({ cmd: 'subscribe', messageId: 5, subscriptions: [{ topic: 'a', qos: 0 }] })
  client.send({ cmd: 'pingreq' })
  await vi.waitFor(() => expect(client.packets).toHaveLength(3), SOON)
  expect(client.packets[0]?.cmd).toBe('connack')
})

it('MQTT-3.12.4-1: a PINGREQ is answered', async () => {
  const client = await join(await openBroker())
  await settled(client)
  expect(client.packets.map(({ cmd }) => cmd)).toEqual(['connack', 'pingresp'])
})

it('MQTT-3.1.2-24: a client that is silent for one and a half of its keep alive is cut, and one that pings is not', async () => {
  const broker = await openBroker()
  const silent = await join(broker, { clientId: 'silent', keepalive: 1 })
  const lively = await join(broker, { clientId: 'lively', keepalive: 1 })
  await vi.waitFor(async () => {
    await settled(lively)
    expect(silent.isClosed()).toBe(true)
  }, SOON)
  expect(lively.isClosed()).toBe(false)
})

it('MQTT-3.1.2-8: a will is published when the connection breaks, when it falls silent and when it is taken over by a mistake', async () => {
  const broker = await openBroker()
  const heir = await join(broker, { clientId: 'heir' })
  await subscribe(heir, [['will/#', 2]])
  const broken = await join(broker, { clientId: 'broken', will: will('will/broken') })
  await breakOff(broker, broken)
  await vi.waitFor(() => expect(texts(heir)).toEqual(['will/broken: gone']), SOON)
  await join(broker, { clientId: 'silent', keepalive: 1, will: will('will/silent') })
  await vi.waitFor(() => expect(texts(heir)).toContain('will/silent: gone'), SOON)
  const wrong = await join(broker, { clientId: 'wrong', will: will('will/wrong') })
  wrong.socket.write(Buffer.from([0xf0, 0]))
  await vi.waitFor(() => expect(texts(heir)).toContain('will/wrong: gone'), SOON)
})

it('MQTT-3.1.2-10, MQTT-3.14.4-3: a will is forgotten with a DISCONNECT', async () => {
  const broker = await openBroker()
  const heir = await join(broker, { clientId: 'heir' })
  await subscribe(heir, [['will/#', 1]])
  const orderly = await join(broker, { clientId: 'orderly', will: will('will/orderly') })
  orderly.send({ cmd: 'disconnect' })
  await vi.waitFor(() => expect(orderly.isClosed()).toBe(true), SOON) // MQTT-3.14.4-1
  publish(heir, { topic: 'will/last', payload: 'end' })
  await vi.waitFor(() => expect(texts(heir)).toEqual(['will/last: end']), SOON)
})

it('MQTT-3.1.2-16, -17: a will is kept when it asks for it, and only then', async () => {
  const broker = await openBroker()
  for (const retain of [true, false]) {
    const client = await join(broker, { clientId: `w${retain}`, will: will(`will/${retain}`, { retain }) })
    await breakOff(broker, client)
  }
  const late = await join(broker, { clientId: 'late' })
  await subscribe(late, [['will/#', 1]])
  await vi.waitFor(() => expect(texts(late)).toEqual(['will/true: gone']), SOON)
  await settled(late)
  expect(given(late).map(({ retain }) => retain)).toEqual([true])
})
