import { expect, it, vi } from 'vitest'
import { SOON, given, join, openBroker, publish, settled, subscribe, texts } from './support.ts'

it('MQTT-3.3.4-1: QoS 1 is answered PUBACK, QoS 2 by PUBREC and PUBCOMP, each with its packet id, and QoS 0 not at all', async () => {
  const client = await join(await openBroker())
  publish(client, { topic: 'a', payload: '0' })
  publish(client, { topic: 'a', payload: '1', qos: 1, messageId: 11 })
  expect((await client.packet('puback')).messageId).toBe(11)
  publish(client, { topic: 'a', payload: '2', qos: 2, messageId: 22 })
  expect((await client.packet('pubrec')).messageId).toBe(22)
  client.send({ cmd: 'pubrel', messageId: 22 })
  expect((await client.packet('pubcomp')).messageId).toBe(22)
  expect(client.packets.map(({ cmd }) => cmd)).toEqual(['connack', 'puback', 'pubrec', 'pubcomp'])
})

it('MQTT-4.3.3-2: a QoS 2 message that comes again before its PUBREL is handed on once', async () => {
  const broker = await openBroker()
  const reader = await join(broker, { clientId: 'reader' })
  await subscribe(reader, [['a', 0]])
  const writer = await join(broker, { clientId: 'writer' })
  for (const dup of [false, true, true]) publish(writer, { topic: 'a', payload: 'once', qos: 2, messageId: 3, dup })
  await vi.waitFor(() => expect(writer.packets.filter(({ cmd }) => cmd === 'pubrec').length).toBe(3), SOON)
  writer.send({ cmd: 'pubrel', messageId: 3 })
  await writer.packet('pubcomp')
  publish(writer, { topic: 'a', payload: 'end' })
  await vi.waitFor(() => expect(texts(reader)).toEqual(['a: once', 'a: end']), SOON)
})

it('MQTT-4.3.3-2: a PUBREL that comes again is answered again', async () => {
  const client = await join(await openBroker())
  publish(client, { topic: 'a', payload: 'x', qos: 2, messageId: 4 })
  await client.packet('pubrec')
  for (let round = 1; round <= 2; round += 1) {
    client.send({ cmd: 'pubrel', messageId: 4 })
    await vi.waitFor(() => expect(client.packets.filter(({ cmd }) => cmd === 'pubcomp')).toHaveLength(round), SOON)
  }
})

it('MQTT-3.8.4-6: a message comes with the lower of the two QoS', async () => {
  const broker = await openBroker()
  const reader = await join(broker, { clientId: 'reader' })
  await subscribe(reader, [
    ['of/0', 0],
    ['of/1', 1],
    ['of/2', 2],
  ])
  const writer = await join(broker, { clientId: 'writer' })
  const levels = [0, 1, 2] as const
  for (const filter of levels)
    for (const qos of levels)
      publish(writer, { topic: `of/${filter}`, payload: String(qos), qos, messageId: 10 * (filter + 1) + qos })
  await vi.waitFor(() => expect(writer.packets.filter(({ cmd }) => cmd === 'pubrec')).toHaveLength(3), SOON)
  for (const filter of levels) writer.send({ cmd: 'pubrel', messageId: 10 * (filter + 1) + 2 })
  await vi.waitFor(() => expect(given(reader)).toHaveLength(9), SOON)
  const came = new Map(given(reader).map(({ topic, payload, qos }) => [`${topic} ${String(payload)}`, qos]))
  for (const filter of levels)
    for (const qos of levels) expect(came.get(`of/${filter} ${qos}`)).toBe(Math.min(filter, qos))
})

it('MQTT-3.3.1-3: the DUP flag of a sender is not passed on', async () => {
  const broker = await openBroker()
  const reader = await join(broker, { clientId: 'reader' })
  await subscribe(reader, [['a', 1]])
  publish(await join(broker, { clientId: 'writer' }), { topic: 'a', payload: 'x', qos: 1, messageId: 9, dup: true })
  await vi.waitFor(() => expect(given(reader).map(({ dup }) => dup)).toEqual([false]), SOON)
})

it('MQTT-3.3.1-5 to -12: the newest retained message stays for each topic, an empty one takes it away, others change nothing', async () => {
  const broker = await openBroker()
  const writer = await join(broker, { clientId: 'writer' })
  const live = await join(broker, { clientId: 'live' })
  await subscribe(live, [['r/#', 0]])
  publish(writer, { topic: 'r/a', payload: 'old', retain: true })
  publish(writer, { topic: 'r/a', payload: 'new', retain: true, qos: 1, messageId: 1 })
  publish(writer, { topic: 'r/a', payload: 'passing' })
  publish(writer, { topic: 'r/b', payload: 'to go', retain: true })
  publish(writer, { topic: 'r/b', payload: '', retain: true })
  publish(writer, { topic: 'r/c', payload: 'passing' })
  await vi.waitFor(() => expect(given(live)).toHaveLength(6), SOON)
  // MQTT-3.3.1-9: those who are there already are not told that it is kept.
  expect(given(live).map(({ retain }) => retain)).toEqual([false, false, false, false, false, false])
  const late = await join(broker, { clientId: 'late' })
  await subscribe(late, [['r/#', 1]])
  await settled(late)
  await vi.waitFor(() => expect(texts(late)).toEqual(['r/a: new']), SOON)
  expect(given(late)[0]).toMatchObject({ retain: true, qos: 1 })
})

it('MQTT-4.6.0-5, -6: messages of one topic and one QoS keep their order', async () => {
  const broker = await openBroker()
  const reader = await join(broker, { clientId: 'reader' })
  await subscribe(reader, [['o', 1]])
  const writer = await join(broker, { clientId: 'writer' })
  for (let n = 1; n <= 200; n += 1) publish(writer, { topic: 'o', payload: String(n), qos: 1, messageId: n })
  const acked = new Set<number>()
  await vi.waitFor(() => {
    for (const { messageId = 0 } of given(reader))
      if (!acked.has(messageId)) {
        acked.add(messageId)
        reader.send({ cmd: 'puback', messageId })
      }
    expect(given(reader)).toHaveLength(200)
  }, SOON)
  expect(given(reader).map(({ payload }) => Number(String(payload)))).toEqual(
    Array.from({ length: 200 }, (_, n) => n + 1),
  )
  // MQTT-4.6.0-2: and their acknowledgements too.
  const acks = writer.packets.flatMap(one => (one.cmd === 'puback' ? [one.messageId] : []))
  expect(acks).toEqual(Array.from({ length: 200 }, (_, n) => n + 1))
})
