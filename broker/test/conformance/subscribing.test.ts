import { describe, expect, it, vi } from 'vitest'
import {
  SOON,
  given,
  join,
  openBroker,
  packet,
  publish,
  rawConnect,
  settled,
  subscribe,
  texts,
  utf8,
} from './support.ts'
import { connectRaw } from '../support.ts'

it('MQTT-3.8.4-1 to -5, MQTT-3.9.3-1: a SUBACK has the packet id, and a code for each filter in its order', async () => {
  const client = await join(await openBroker())
  expect(
    await subscribe(
      client,
      [
        ['a', 2],
        ['nosubscribe', 1],
        ['b/#', 0],
        ['c', 1],
      ],
      321,
    ),
  ).toEqual([2, 0x80, 0, 1])
})

it('MQTT-3.8.4-3: a filter that is given again takes the place of the first, and its retained messages come again', async () => {
  const broker = await openBroker()
  const client = await join(broker)
  publish(client, { topic: 'a', payload: 'kept', retain: true, qos: 1, messageId: 1 })
  await client.packet('puback')
  await subscribe(client, [['a', 0]], 2)
  await subscribe(client, [['a', 1]], 3)
  await vi.waitFor(() => expect(given(client).map(({ qos }) => qos)).toEqual([0, 1]), SOON)
  publish(client, { topic: 'a', payload: 'once', qos: 1, messageId: 4 })
  await settled(client)
  expect(texts(client).filter(text => text === 'a: once')).toHaveLength(1)
})

it('MQTT-3.3.5-1: of filters that overlap a message comes once at least, with the highest QoS', async () => {
  const broker = await openBroker()
  const client = await join(broker)
  await subscribe(client, [
    ['t/#', 2],
    ['t/+', 1],
  ])
  publish(client, { topic: 't/c', payload: 'both', qos: 2, messageId: 5 })
  await client.packet('pubrec')
  client.send({ cmd: 'pubrel', messageId: 5 })
  await vi.waitFor(() => expect(given(client).length).toBeGreaterThanOrEqual(1), SOON)
  await settled(client)
  expect(
    given(client)
      .map(({ qos }) => qos)
      .toSorted()
      .at(-1),
  ).toBe(2)
  expect(given(client).length).toBeLessThanOrEqual(2)
})

it('MQTT-3.10.4-1 to -6: an UNSUBSCRIBE ends exactly its filters, and is answered even when there were none', async () => {
  const broker = await openBroker()
  const client = await join(broker)
  await subscribe(client, [
    ['a/+', 0],
    ['a/b', 0],
    ['c', 0],
    ['A/b', 0],
  ])
  client.send({ cmd: 'unsubscribe', messageId: 99, unsubscriptions: ['a/+', 'c', 'never/had'] })
  expect((await client.packet('unsuback')).messageId).toBe(99)
  for (const topic of ['a/b', 'a/c', 'c', 'A/b']) publish(client, { topic, payload: 'x' })
  await settled(client)
  await vi.waitFor(() => expect(texts(client)).toEqual(['a/b: x', 'A/b: x']), SOON)
})

describe('topics and filters (MQTT-4.7)', () => {
  it.each([
    [
      'sport/tennis/player1/#',
      ['sport/tennis/player1', 'sport/tennis/player1/ranking', 'sport/tennis/player1/score/wimbledon'],
      ['sport/tennis/player10'],
    ],
    ['sport/#', ['sport', 'sport/'], ['sports']],
    ['#', ['a', '/', 'a/b/c', '/a'], ['$SYS-like', '$a/b']],
    ['sport/tennis/+', ['sport/tennis/player1', 'sport/tennis/'], ['sport/tennis', 'sport/tennis/player1/ranking']],
    ['sport/+', ['sport/'], ['sport']],
    ['+/+', ['/finance', 'a/b'], ['finance', '/a/b', '$a/b']],
    ['/+', ['/finance'], ['finance', '/a/b']],
    ['+', ['finance'], ['/finance', '$finance']],
    ['+/monitor/Clients', ['a/monitor/Clients'], ['$SYX/monitor/Clients']],
    ['$SYX/#', ['$SYX/a', '$SYX'], ['SYX/a']],
    ['$SYX/monitor/+', ['$SYX/monitor/Clients'], []],
    ['Accounts payable', ['Accounts payable'], ['ACCOUNTS payable', 'Accounts']],
    ['a//b', ['a//b'], ['a/b', 'a/x/b']],
    ['a/+/b', ['a//b', 'a/x/b'], ['a/b']],
  ])('%s', async (filter, fitting, others) => {
    const broker = await openBroker()
    const client = await join(broker)
    await subscribe(client, [[filter, 0]])
    for (const topic of [...others, ...fitting]) publish(client, { topic, payload: 'x' })
    await settled(client)
    await vi.waitFor(() => expect(given(client).map(({ topic }) => topic)).toEqual(fitting), SOON)
  })

  it.each(['a+', '+a', 'a/+b', 'a#', 'a/#/b', '#/a', 'a/b#'])(
    '%s is no filter (MQTT-4.7.1-2, -3) and is answered 0x80',
    async filter => {
      const client = await join(await openBroker())
      expect(await subscribe(client, [[filter, 0]])).toEqual([0x80])
      await settled(client)
    },
  )

  it('MQTT-4.7.3-3: a topic of 65,535 bytes is carried', async () => {
    const broker = await openBroker()
    const topic = `long/${'x'.repeat(65_530)}`
    const client = await join(broker)
    await subscribe(client, [['long/#', 0]])
    publish(client, { topic, payload: 'x' })
    await vi.waitFor(() => expect(given(client).map(one => one.topic.length)).toEqual([65_535]), SOON)
  })

  it('MQTT-1.5.3-3, MQTT-4.7.3-4: U+FEFF stays, and texts that look alike are not made one', async () => {
    const broker = await openBroker()
    const client = await join(broker)
    await subscribe(client, [['#', 0]])
    const topics = ['\uFEFFa', 'a', 'Å', 'A\u030a', '港湾/温度', '😀']
    for (const topic of topics) publish(client, { topic, payload: 'x' })
    await vi.waitFor(() => expect(given(client)).toHaveLength(topics.length), SOON)
    expect(given(client).map(({ topic }) => topic)).toEqual(topics)
    await subscribe(client, [['\uFEFFa', 0]], 5)
  })

  it('MQTT-4.7.3-1: an empty filter is answered 0x80', async () => {
    const client = await connectRaw((await openBroker()).mqttUrl)
    client.socket.write(Buffer.concat([rawConnect(), packet(0x82, Buffer.from([0, 1]), utf8(''), Buffer.from([0]))]))
    expect((await client.packet('suback')).granted).toEqual([0x80])
  })
})
