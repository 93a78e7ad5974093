import { expect, it, vi } from 'vitest'
import { SOON, breakOff, given, join, openBroker, publish, settled, subscribe, texts } from './support.ts'

const kept = (clientId: string) => ({ clientId, clean: false })

it('MQTT-3.1.2-4 to -6, MQTT-3.2.2-1 to -3: a session stays, says so when it is there, and goes with a clean one', async () => {
  const broker = await openBroker()
  const first = await join(broker, kept('s'))
  expect(first.sessionPresent).toBe(false)
  await subscribe(first, [['a', 1]])
  first.send({ cmd: 'disconnect' })
  await vi.waitFor(() => expect(first.isClosed()).toBe(true), SOON)

  const second = await join(broker, kept('s'))
  expect(second.sessionPresent).toBe(true)
  publish(second, { topic: 'a', payload: 'still subscribed' })
  await vi.waitFor(() => expect(texts(second)).toEqual(['a: still subscribed']), SOON)
  second.send({ cmd: 'disconnect' })
  await vi.waitFor(() => expect(second.isClosed()).toBe(true), SOON)

  const clean = await join(broker, { clientId: 's' })
  expect(clean.sessionPresent).toBe(false)
  publish(clean, { topic: 'a', payload: 'not subscribed' })
  await settled(clean)
  expect(given(clean)).toEqual([])
  clean.send({ cmd: 'disconnect' })
  await vi.waitFor(() => expect(clean.isClosed()).toBe(true), SOON)
  expect((await join(broker, kept('s'))).sessionPresent).toBe(false)
})

it('MQTT-3.1.2-7: what is retained belongs to no session', async () => {
  const broker = await openBroker()
  const client = await join(broker, { clientId: 'gone' })
  publish(client, { topic: 'r', payload: 'kept', retain: true, qos: 1, messageId: 1 })
  await client.packet('puback')
  await breakOff(broker, client)
  await join(broker, { clientId: 'gone' })
  const reader = await join(broker, { clientId: 'reader' })
  await subscribe(reader, [['r', 0]])
  await vi.waitFor(() => expect(texts(reader)).toEqual(['r: kept']), SOON)
})

it('MQTT-3.1.2-5: messages of QoS 1 and 2 wait for a session that is away', async () => {
  const broker = await openBroker()
  const away = await join(broker, kept('away'))
  await subscribe(away, [['q/#', 2]])
  away.send({ cmd: 'disconnect' })
  await vi.waitFor(() => expect(away.isClosed()).toBe(true), SOON)
  const writer = await join(broker, { clientId: 'writer' })
  publish(writer, { topic: 'q/1', payload: 'one', qos: 1, messageId: 1 })
  await writer.packet('puback')
  publish(writer, { topic: 'q/2', payload: 'two', qos: 2, messageId: 2 })
  await writer.packet('pubrec')
  writer.send({ cmd: 'pubrel', messageId: 2 })
  await writer.packet('pubcomp')

  const back = await join(broker, kept('away'))
  const answered = new Set<number>()
  await vi.waitFor(() => {
    for (const { messageId = 0, qos } of given(back)) {
      if (answered.has(messageId)) continue
      answered.add(messageId)
      back.send(qos === 1 ? { cmd: 'puback', messageId } : { cmd: 'pubrec', messageId })
    }
    expect(given(back).map(({ topic, qos }) => [topic, qos])).toEqual([
      ['q/1', 1],
      ['q/2', 2],
    ])
  }, SOON)
  const { messageId } = await back.packet('pubrel')
  expect(messageId).toBe(given(back)[1]?.messageId)
})

it('MQTT-4.4.0-1: what was not acknowledged comes again at the next connection, with its packet id and DUP', async () => {
  const broker = await openBroker()
  const first = await join(broker, kept('reader'))
  await subscribe(first, [['d/#', 2]])
  const writer = await join(broker, { clientId: 'writer' })
  publish(writer, { topic: 'd/1', payload: 'one', qos: 1, messageId: 1 })
  publish(writer, { topic: 'd/2', payload: 'two', qos: 2, messageId: 2 })
  await writer.packet('pubrec')
  writer.send({ cmd: 'pubrel', messageId: 2 })
  await vi.waitFor(() => expect(given(first)).toHaveLength(2), SOON)
  const sent = given(first).map(({ topic, messageId }) => [topic, messageId])
  await breakOff(broker, first)

  const second = await join(broker, kept('reader'))
  await vi.waitFor(() => expect(given(second)).toHaveLength(2), SOON)
  expect(
    given(second)
      .map(({ topic, messageId }) => [topic, messageId])
      .toSorted(),
  ).toEqual(sent.toSorted())
  expect(given(second).map(({ dup }) => dup)).toEqual([true, true])
})

it('MQTT-4.4.0-1: a PUBREL that was not answered comes again', async () => {
  const broker = await openBroker()
  const first = await join(broker, kept('reader'))
  await subscribe(first, [['d', 2]])
  const writer = await join(broker, { clientId: 'writer' })
  publish(writer, { topic: 'd', payload: 'two', qos: 2, messageId: 2 })
  await writer.packet('pubrec')
  writer.send({ cmd: 'pubrel', messageId: 2 })
  await vi.waitFor(() => expect(given(first)).toHaveLength(1), SOON)
  const messageId = given(first)[0]?.messageId ?? 0
  first.send({ cmd: 'pubrec', messageId })
  expect((await first.packet('pubrel')).messageId).toBe(messageId)
  await breakOff(broker, first)

  const second = await join(broker, kept('reader'))
  expect((await second.packet('pubrel')).messageId).toBe(messageId)
  second.send({ cmd: 'pubcomp', messageId })
  await settled(second)
  expect(given(second)).toEqual([])
})

it('MQTT-3.10.4-3: what was begun for a filter is finished after its end', async () => {
  const broker = await openBroker()
  const reader = await join(broker, kept('reader'))
  await subscribe(reader, [['u', 1]])
  const writer = await join(broker, { clientId: 'writer' })
  publish(writer, { topic: 'u', payload: 'begun', qos: 1, messageId: 1 })
  await vi.waitFor(() => expect(given(reader)).toHaveLength(1), SOON)
  reader.send({ cmd: 'unsubscribe', messageId: 8, unsubscriptions: ['u'] })
  await reader.packet('unsuback')
  await breakOff(broker, reader)
  const back = await join(broker, kept('reader'))
  await vi.waitFor(() => expect(texts(back)).toEqual(['u: begun']), SOON)
})
