import { once } from 'node:events'
import { type Socket, connect } from 'node:net'
import { connectAsync } from 'mqtt'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { LanMessage } from '../intake/intake.ts'
import { createReplays } from '../intake/replays.ts'
import { type LanListener, MAX_PACKET_BYTES, createLanListener } from './listener.ts'

/** A length-prefixed string of MQTT (MQTT 3.1.1, 1.5.3). */
const text = (value: string) =>
  Buffer.concat([Buffer.from([value.length >> 8, value.length & 0xff]), Buffer.from(value)])
const packet = (type: number, ...parts: Buffer[]) => {
  const body = Buffer.concat(parts)
  return Buffer.concat([Buffer.from([type, body.length]), body])
}
/** mqtt.js itself refuses what these tests are to send. */
const CONNECT = (clientId: string, isClean: boolean) =>
  packet(0x10, text('MQTT'), Buffer.from([4, isClean ? 2 : 0, 0, 30]), text(clientId))
const SUBSCRIBE = (filter: string) => packet(0x82, Buffer.from([0, 1]), text(filter), Buffer.from([1]))

describe("the LAN's listener", () => {
  let lan: LanListener
  let url: string
  let heard: LanMessage[]
  let answer: (done: (error?: Error) => void) => void
  const oversized: number[] = []
  const closed: [string, boolean][] = []
  const replays = createReplays([])
  const sockets: Socket[] = []

  beforeEach(async () => {
    heard = []
    answer = done => done()
    lan = createLanListener(
      { host: '127.0.0.1', port: 0 },
      {
        accept: (message, done) => {
          heard.push(message)
          answer(done)
        },
        isPrivate: topic => topic.startsWith('reader/'),
        open: replays.open,
        close: (session, isOrderly) => closed.push([session.client, isOrderly]),
        onOversized: (_client, sizeBytes) => oversized.push(sizeBytes),
      },
    )
    url = await lan.start()
  })
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy()
    await lan.stop()
    await lan.stop()
  })

  const raw = async (...packets: Buffer[]) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    sockets.push(socket)
    let answered = Buffer.alloc(0)
    socket.on('data', chunk => (answered = Buffer.concat([answered, Buffer.from(chunk)])))
    socket.on('error', () => undefined)
    await once(socket, 'connect')
    socket.write(Buffer.concat(packets))
    return { socket, answered: () => answered }
  }

  it.each(['a+', '+a', 'a/+b', 'a+/b'])('answers the illegal filter %s with 0x80', async filter => {
    const { answered, socket } = await raw(CONNECT('raw', true), SUBSCRIBE(filter))
    // CONNACK, then SUBACK 0x80; Aedes itself ends the connection for some of them, which is no grant either.
    await vi.waitFor(() => expect(socket.destroyed || answered().length === 9).toBe(true))
    expect(answered().subarray(4).toString('hex')).not.toMatch(/^90..0001(00|01|02)/)
  })

  it('grants a legal filter', async () => {
    const { answered } = await raw(CONNECT('raw', true), SUBSCRIBE('cmnd/fridge/#'))
    await vi.waitFor(() => expect(answered().subarray(4).toString('hex')).toBe('9003000101'))
  })

  it('refuses an empty client id that wants its session kept', async () => {
    const { socket, answered } = await raw(CONNECT('', false))
    await once(socket, 'close')
    expect(answered().length).toBe(0)
  })

  it('acknowledges a message only when it is taken over', async () => {
    let release: (() => void) | undefined
    answer = done => (release = () => done())
    const device = await connectAsync(url, { clientId: 'slow' })
    let isConfirmed = false
    const published = device.publishAsync('t', 'x', { qos: 1 }).then(() => (isConfirmed = true))
    await vi.waitFor(() => expect(release).toBeDefined())
    await new Promise(resolve => void setImmediate(resolve))
    expect(isConfirmed).toBe(false)
    release?.()
    await published
    await device.endAsync()
  })

  it('ends the connection of a message that could not be kept, so that it is sent again', async () => {
    let failures = 1
    answer = done => done(failures-- > 0 ? new Error('disk full') : undefined)
    const device = await connectAsync(url, { clientId: 'again', reconnectPeriod: 10 })
    await device.publishAsync('t', 'x', { qos: 1 })
    // mqtt.js sends again under the same identifier, but without the DUP flag.
    expect(heard.map(({ messageId }) => messageId)).toEqual([heard[0]?.messageId, heard[0]?.messageId])
    expect(heard[0]?.session).not.toBe(heard[1]?.session)
    expect(closed.at(-1)).toEqual(['again', false])
    await device.endAsync()
    await vi.waitFor(() => expect(closed.at(-1)).toEqual(['again', true]))
  })

  it('takes a packet just below the limit in many chunks, and ends the connection of a larger one', async () => {
    const device = await connectAsync(url, { clientId: 'large', reconnectPeriod: 0 })
    await device.publishAsync('t', Buffer.alloc(MAX_PACKET_BYTES - 100, 'x'), { qos: 1 })
    expect(heard[0]?.payload.length).toBe(MAX_PACKET_BYTES - 100)
    device.on('error', () => undefined)
    const ended = new Promise<void>(resolve => void device.once('close', () => resolve()))
    device.publish('t', Buffer.alloc(MAX_PACKET_BYTES, 'x'), { qos: 0 })
    await ended
    expect(oversized).toEqual([MAX_PACKET_BYTES + 3])
    expect(heard.length).toBe(1)
    await device.endAsync(true)
  })

  it('reads on when a packet came in pieces while another was being kept', async () => {
    const releases: (() => void)[] = []
    answer = done => releases.push(done)
    const publish = (topic: string, size: number) => packet(0x30, text(topic), Buffer.alloc(size, 'x'))
    const { socket } = await raw(CONNECT('pieces', true), publish('first', 1))
    await vi.waitFor(() => expect(releases.length).toBe(1))
    const second = publish('second', 100)
    for (const piece of [second.subarray(0, 40), second.subarray(40, 80), second.subarray(80)]) {
      socket.write(piece)
      // Another client's round trip: the piece has arrived alone.
      await (await connectAsync(url, { clientId: 'other' })).endAsync()
    }
    releases[0]?.()
    await vi.waitFor(() => expect(heard.map(({ topic }) => topic)).toEqual(['first', 'second']))
    releases[1]?.()
  })

  it("carries the devices' messages to each other and keeps retained ones", async () => {
    const hub = await connectAsync(url, { clientId: 'hub' })
    await hub.publishAsync('zigbee2mqtt/bridge/state', 'online', { qos: 1, retain: true })
    const other = await connectAsync(url, { clientId: 'other' })
    const received = new Promise<string>(
      resolve => void other.once('message', (_topic, payload) => resolve(String(payload))),
    )
    await other.subscribeAsync('zigbee2mqtt/#')
    expect(await received).toBe('online')
    await hub.endAsync()
    await other.endAsync()
  })

  it('tells of a last will when a device vanishes, and of none when it stops itself', async () => {
    const will = { topic: 'tele/x/LWT', payload: Buffer.from('Offline'), qos: 1 as const, retain: true }
    const device = await connectAsync(url, { clientId: 'gone', will, reconnectPeriod: 0 })
    device.stream.destroy()
    await vi.waitFor(() => expect(heard.map(({ topic }) => topic)).toEqual(['tele/x/LWT']))
    const second = await connectAsync(url, { clientId: 'stays', will, reconnectPeriod: 0 })
    await lan.stop()
    expect(heard.length).toBe(1)
    await second.endAsync(true)
    await device.endAsync(true)
  })
})
