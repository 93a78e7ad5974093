import * as fc from 'fast-check'
import mqttPacket, { type Packet } from 'mqtt-packet'
import { expect, it } from 'vitest'
import { createPacketGuard } from './packet-guard.ts'
import { bodyProblem, headerProblem, publishHeadBytes, publishProblem } from './packet-rules.ts'

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }).filter(one => !one.includes('\0'))
const topic = text.filter(one => !/[#+]/.test(one))
const qos = fc.constantFrom(0 as const, 1 as const, 2 as const)
const messageId = fc.integer({ min: 1, max: 65_535 })
const bytes = fc.uint8Array({ maxLength: 60 }).map(array => Buffer.from(array))
const will = fc.record({ topic, payload: bytes, qos, retain: fc.boolean() })

const legal: fc.Arbitrary<Packet> = fc.oneof(
  fc.record({
    cmd: fc.constant('publish' as const),
    topic,
    payload: bytes,
    qos,
    retain: fc.boolean(),
    dup: fc.constant(false),
    messageId,
  }),
  fc.record({
    cmd: fc.constant('subscribe' as const),
    messageId,
    subscriptions: fc.array(fc.record({ topic: text, qos }), { minLength: 1, maxLength: 5 }),
  }),
  fc.record({
    cmd: fc.constant('unsubscribe' as const),
    messageId,
    unsubscriptions: fc.array(text, { minLength: 1, maxLength: 5 }),
  }),
  fc.record({
    cmd: fc.constantFrom('puback' as const, 'pubrec' as const, 'pubcomp' as const, 'pubrel' as const),
    messageId,
  }),
  fc.record({ cmd: fc.constantFrom('pingreq' as const, 'disconnect' as const) }),
)
const connect: fc.Arbitrary<Packet> = fc
  .record(
    { clientId: text, keepalive: fc.nat(65_535), username: text, password: bytes, will },
    { requiredKeys: ['clientId'] },
  )
  .filter(({ username, password }) => username !== undefined || password === undefined)
  .map(fields => ({ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clean: true, ...fields }) as Packet)

const newGuard = () =>
  createPacketGuard({ connectBytes: 10_000, packetBytes: 10_000, controlBytes: 10_000, standInTopic: '$SYS/too-large' })

it('finds nothing wrong with what another library writes, and changes no byte of it, however it is cut', () => {
  const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 })
  fc.assert(
    fc.property(connect, fc.array(legal, { maxLength: 6 }), cuts, (first, others, sizes) => {
      const stream = Buffer.concat([first, ...others].map(packet => mqttPacket.generate(packet)))
      const guard = newGuard()
      const passed: Buffer[] = []
      for (let at = 0, turn = 0; at < stream.length; turn += 1) {
        const size = sizes[turn % sizes.length] ?? 1
        const scan = guard.scan(stream.subarray(at, at + size))
        if ('fatal' in scan) throw new Error(scan.fatal)
        passed.push(scan.pass)
        at += size
      }
      expect(Buffer.concat(passed).equals(stream)).toBe(true)
    }),
    { numRuns: 500 },
  )
})

it('comes to an end with any bytes, and what it lets pass has a legal type and flags', () => {
  const type = fc.integer({ min: 0, max: 15 })
  fc.assert(
    fc.property(type, type, bytes, (kind, flags, body) => {
      const early = headerProblem(kind, flags)
      expect(early === undefined || early.length > 0).toBe(true)
      if (kind === 3) {
        const needed = publishHeadBytes(body, flags)
        if (needed <= body.length) publishProblem(body.subarray(0, needed), flags)
      } else bodyProblem(kind, body)
    }),
    { numRuns: 5_000 },
  )
})

it('gives the same verdict whether the bytes come at once or one by one', () => {
  const CONNECT = mqttPacket.generate({
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 4,
    clean: true,
    clientId: 'a',
  })
  const verdict = (stream: Buffer, size: number): string | undefined => {
    const guard = newGuard()
    for (let at = 0; at < stream.length; at += size) {
      const scan = guard.scan(stream.subarray(at, at + size))
      if ('fatal' in scan) return scan.fatal
    }
    return undefined
  }
  // First bytes that are often legal, so that many get beyond them.
  const first = fc.constantFrom(0x30, 0x32, 0x40, 0x62, 0x82, 0xa2, 0xc0, 0x10, 0xff)
  const packet = fc.tuple(first, bytes).map(([head, body]) => Buffer.concat([Buffer.from([head, body.length]), body]))
  fc.assert(
    fc.property(fc.array(packet, { maxLength: 4 }), packets => {
      const stream = Buffer.concat([CONNECT, ...packets])
      expect(verdict(stream, 1)).toBe(verdict(stream, stream.length))
    }),
    { numRuns: 1_000 },
  )
})
