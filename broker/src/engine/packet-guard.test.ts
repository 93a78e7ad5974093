import * as fc from 'fast-check'
import mqttPacket, { type Packet } from 'mqtt-packet'
import { describe, expect, it } from 'vitest'
import { connectPacket } from '../../test/support.ts'
import { createPacketGuard } from './packet-guard.ts'

const STAND_IN = '$SYS/too-large'
const newGuard = () =>
  createPacketGuard({ connectBytes: 200, packetBytes: 1_000, controlBytes: 1_000, standInTopic: STAND_IN })
const CONNECT = mqttPacket.generate(connectPacket({}))

const publish = (qos: 0 | 1 | 2, payloadBytes: number, messageId = 7): Buffer =>
  mqttPacket.generate({
    cmd: 'publish',
    topic: 'a/b',
    payload: Buffer.alloc(payloadBytes, 1),
    qos,
    retain: true,
    dup: false,
    messageId,
  })

/** What a parser makes of a byte stream that passed the guard in chunks of the given sizes. */
function through(bytes: Buffer, chunkSizes: readonly number[]): { packets: Packet[]; fatal: string | undefined } {
  const guard = newGuard()
  const parser = mqttPacket.parser({ protocolVersion: 4 })
  const packets: Packet[] = []
  parser.on('packet', packet => packets.push(packet))
  for (let at = 0, index = 0; at < bytes.length; index += 1) {
    const size = chunkSizes[index % chunkSizes.length] ?? 1
    const scan = guard.scan(bytes.subarray(at, at + size))
    if ('fatal' in scan) return { packets, fatal: scan.fatal }
    if (scan.pass.length > 0) parser.parse(scan.pass)
    at += size
  }
  return { packets, fatal: undefined }
}

const chunkSizes = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 10 })

describe('the packet guard', () => {
  it('changes nothing of packets that are not too large, however they are cut into chunks', () => {
    const packet = fc.tuple(fc.constantFrom(0, 1, 2), fc.integer({ min: 0, max: 900 }))
    fc.assert(
      fc.property(fc.array(packet, { maxLength: 8 }), chunkSizes, (sizes, cuts) => {
        const stream = Buffer.concat([CONNECT, ...sizes.map(([qos, size]) => publish(qos as 0 | 1 | 2, size))])
        const guard = newGuard()
        const passed: Buffer[] = []
        for (let at = 0, index = 0; at < stream.length; index += 1) {
          const size = cuts[index % cuts.length] ?? 1
          const scan = guard.scan(stream.subarray(at, at + size))
          if ('fatal' in scan) throw new Error(scan.fatal)
          passed.push(scan.pass)
          at += size
        }
        expect(Buffer.concat(passed).equals(stream)).toBe(true)
      }),
    )
  })

  it('puts a small packet with the same QoS and id in the place of each PUBLISH that is too large', () => {
    fc.assert(
      fc.property(chunkSizes, fc.constantFrom(0, 1, 2), fc.integer({ min: 1, max: 65_535 }), (cuts, qos, messageId) => {
        const large = publish(qos as 0 | 1 | 2, 5_000, messageId)
        const { packets, fatal } = through(Buffer.concat([CONNECT, large, publish(1, 10, 9)]), cuts)
        expect(fatal).toBeUndefined()
        expect(packets.map(({ cmd }) => cmd)).toEqual(['connect', 'publish', 'publish'])
        expect(packets[1]).toMatchObject({ topic: STAND_IN, qos, retain: false, payload: Buffer.alloc(0) })
        expect(packets[1]?.messageId).toBe(qos > 0 ? messageId : undefined)
        expect(packets[2]).toMatchObject({ topic: 'a/b', messageId: 9 })
      }),
      { numRuns: 50 },
    )
  })

  it.each([
    // 1,000 bytes may pass: 1 type + 2 length + 2 topic length + 3 topic + 2 id + payload
    [990, 'a/b'],
    [991, STAND_IN],
  ])('draws the line at the size of the whole packet: a payload of %i goes to %s', (payloadBytes, topic) => {
    const { packets } = through(Buffer.concat([CONNECT, publish(1, payloadBytes)]), [10_000])
    expect(packets[1]).toMatchObject({ topic })
  })

  it.each([
    ['a first packet that is no CONNECT', publish(0, 1)],
    ['a CONNECT that is too large', mqttPacket.generate(connectPacket({ clientId: 'x'.repeat(300) }))],
    ['a SUBSCRIBE that is too large', Buffer.concat([CONNECT, Buffer.from([0x82, 0xff, 0x7f])])],
    ['a length of five bytes', Buffer.concat([CONNECT, Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 0x01])])],
    ['a topic longer than its packet', Buffer.concat([CONNECT, Buffer.from([0x32, 0xff, 0x7f, 0xff, 0xff])])],
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
  ])('ends a stream with %s', (_what, bytes) => {
    expect(through(bytes, [3]).fatal).toEqual(expect.any(String))
    expect(through(bytes, [10_000]).fatal).toEqual(expect.any(String))
  })

  it('never throws, whatever bytes come', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 }), chunks => {
        const guard = newGuard()
        guard.scan(CONNECT)
        for (const chunk of chunks) {
          const scan = guard.scan(Buffer.from(chunk))
          if ('fatal' in scan) return
        }
      }),
    )
  })
})
