import { describe, expect, it, vi } from 'vitest'
import { connectRaw } from '../support.ts'
import { SOON, fate, openBroker, packet, rawConnect, stillServes, utf8 } from './support.ts'

// Statements of MQTT 3.1.1 (OASIS, 29 October 2014) by their numbers: what a server is to end the connection for.

const id = (number: number) => Buffer.from([number >> 8, number & 255])
const SURROGATE = Buffer.from([0xed, 0xa0, 0x80])
const OVERLONG = Buffer.from([0xc0, 0x80])
const NULL = Buffer.from('a\0b')

describe('instead of a proper CONNECT', () => {
  it.each([
    ['MQTT-3.1.0-1 another packet comes first', packet(0x82, id(1), utf8('a'), Buffer.from([0]))],
    ['MQTT-3.1.0-1 a PINGREQ comes first', packet(0xc0)],
    ['MQTT-3.1.2-1 the protocol has another name', rawConnect({ name: 'HTTP' })],
    ['MQTT-3.1.2-3 the reserved connect flag is set', rawConnect({ flags: 3 })],
    ['MQTT-3.1.2-13 there is a will QoS without a will', rawConnect({ flags: 2 | 8 })],
    ['MQTT-3.1.2-15 there is a will retain without a will', rawConnect({ flags: 2 | 32 })],
    [
      'MQTT-3.1.2-14 the will QoS is 3',
      rawConnect({ flags: 2 | 4 | 24, payload: [utf8('raw'), utf8('w'), utf8('x')] }),
    ],
    ['MQTT-3.1.2-9 the will is announced and not there', rawConnect({ flags: 2 | 4 })],
    [
      'MQTT-3.1.2-22 there is a password without a user name',
      rawConnect({ flags: 2 | 64, payload: [utf8('raw'), utf8('x')] }),
    ],
    ['MQTT-3.1.2-19 the user name is announced and not there', rawConnect({ flags: 2 | 128 })],
    ['MQTT-3.1.3-3 there is no client id', rawConnect({ payload: [] })],
    ['MQTT-3.1.3-4 the client id is no UTF-8', rawConnect({ payload: [utf8(OVERLONG)] })],
    ['MQTT-1.5.3-1 the client id holds a surrogate', rawConnect({ payload: [utf8(SURROGATE)] })],
    ['MQTT-1.5.3-2 the client id holds U+0000', rawConnect({ payload: [utf8(NULL)] })],
    [
      'MQTT-1.5.3-2 the will topic holds U+0000',
      rawConnect({ flags: 6, payload: [utf8('raw'), utf8(NULL), utf8('x')] }),
    ],
    [
      'MQTT-2.2.2-2 the flags of the fixed header are not zero',
      Buffer.concat([Buffer.from([0x11]), rawConnect().subarray(1)]),
    ],
    ['MQTT-2.2.3 the remaining length has five bytes', Buffer.from([0x10, 0x80, 0x80, 0x80, 0x80, 0x01])],
    ['MQTT-2.2 a packet has the reserved type 0', packet(0x00)],
    ['MQTT-2.2 a packet has the reserved type 15', packet(0xf0)],
  ])('%s', async (_, bytes) => {
    const broker = await openBroker()
    // MQTT-3.1.4-1: without a CONNACK.
    expect((await fate(broker, bytes)).codes.filter(code => code === 0)).toEqual([])
    await stillServes(broker)
  })

  it('MQTT-3.1.2-2 another level of the protocol is answered 1', async () => {
    const broker = await openBroker()
    expect((await fate(broker, rawConnect({ level: 5 }))).codes).toEqual([1])
    expect((await fate(broker, rawConnect({ level: 9 }))).codes).toEqual([1])
  })
})

describe('after a proper CONNECT', () => {
  const publishOf = (topic: string | Buffer) => packet(0x30, utf8(topic), Buffer.from('x'))
  it.each([
    ['MQTT-3.1.0-2 a second CONNECT', rawConnect()],
    ['MQTT-2.2.2-2 a PINGREQ with flags', packet(0xc1)],
    ['MQTT-3.8.1-1 a SUBSCRIBE without its flag', packet(0x80, id(1), utf8('a'), Buffer.from([0]))],
    ['MQTT-3.10.1-1 an UNSUBSCRIBE without its flag', packet(0xa0, id(1), utf8('a'))],
    ['MQTT-3.6.1-1 a PUBREL without its flag', packet(0x60, id(1))],
    ['MQTT-3.14.1-1 a DISCONNECT with flags', packet(0xe2)],
    ['MQTT-3.3.1-4 a PUBLISH of QoS 3', packet(0x36, utf8('a'), id(1))],
    ['MQTT-2.3.1-1 a PUBLISH of QoS 1 with the packet id 0', packet(0x32, utf8('a'), id(0), Buffer.from('x'))],
    ['MQTT-2.3.1-1 a SUBSCRIBE with the packet id 0', packet(0x82, id(0), utf8('a'), Buffer.from([0]))],
    ['MQTT-2.3.1-1 an UNSUBSCRIBE with the packet id 0', packet(0xa2, id(0), utf8('a'))],
    ['MQTT-3.3.2-2 a PUBLISH to a topic with #', publishOf('a/#')],
    ['MQTT-3.3.2-2 a PUBLISH to a topic with +', publishOf('+/a')],
    ['MQTT-4.7.3-1 a PUBLISH without a topic', publishOf('')],
    ['MQTT-3.3.2-1 a PUBLISH whose topic is no UTF-8', publishOf(OVERLONG)],
    ['MQTT-1.5.3-1 a PUBLISH whose topic holds a surrogate', publishOf(SURROGATE)],
    ['MQTT-4.7.3-2 a PUBLISH whose topic holds U+0000', publishOf(NULL)],
    ['MQTT-3.8.3-3 a SUBSCRIBE without a filter', packet(0x82, id(1))],
    ['MQTT-3.8.3-4 a SUBSCRIBE of QoS 3', packet(0x82, id(1), utf8('a'), Buffer.from([3]))],
    ['MQTT-3.8.3-4 a SUBSCRIBE with reserved bits', packet(0x82, id(1), utf8('a'), Buffer.from([4]))],
    ['MQTT-3.8.3-1 a SUBSCRIBE whose filter is no UTF-8', packet(0x82, id(1), utf8(OVERLONG), Buffer.from([0]))],
    ['MQTT-1.5.3-2 a SUBSCRIBE whose filter holds U+0000', packet(0x82, id(1), utf8(NULL), Buffer.from([0]))],
    ['MQTT-3.10.3-2 an UNSUBSCRIBE without a filter', packet(0xa2, id(1))],
    ['MQTT-3.10.3-1 an UNSUBSCRIBE whose filter is no UTF-8', packet(0xa2, id(1), utf8(OVERLONG))],
    ['a CONNACK, which only a server sends', packet(0x20, Buffer.from([0, 0]))],
    ['a SUBACK, which only a server sends', packet(0x90, id(1), Buffer.from([0]))],
    ['a topic that is longer than its packet', packet(0x30, Buffer.from([0, 9]), Buffer.from('a'))],
  ])('%s ends the connection (MQTT-4.8.0-1)', async (_, bytes) => {
    const broker = await openBroker()
    const client = await connectRaw(broker.mqttUrl)
    client.socket.write(rawConnect())
    await client.packet('connack')
    client.socket.write(bytes)
    await vi.waitFor(() => expect(client.isClosed()).toBe(true), SOON)
    expect(client.packets.map(({ cmd }) => cmd)).toEqual(['connack'])
    await stillServes(broker)
  })
})
