import * as fc from 'fast-check'
import { generate } from 'mqtt-packet'
import { expect, it } from 'vitest'
import { createPacketFrames } from './packet-frames.ts'

const packet = fc
  .record({ payload: fc.uint8Array({ maxLength: 300 }), id: fc.integer({ min: 1, max: 65_535 }) })
  .map(({ payload, id }) =>
    generate({
      cmd: 'publish',
      topic: 'a/b',
      payload: Buffer.from(payload),
      qos: 1,
      messageId: id,
      dup: false,
      retain: false,
    }),
  )

it('gives each packet whole, however the bytes were cut on their way', () => {
  fc.assert(
    fc.property(fc.array(packet, { maxLength: 8 }), fc.array(fc.integer({ min: 1, max: 90 })), (packets, cuts) => {
      const frames = createPacketFrames()
      const found: Buffer[] = []
      let rest = Buffer.concat(packets)
      for (const cut of cuts) {
        found.push(...frames.take(rest.subarray(0, cut)).map(bytes => Buffer.from(bytes)))
        rest = rest.subarray(cut)
      }
      found.push(...frames.take(rest))
      expect(found.map(String)).toEqual(packets.map(String))
    }),
  )
})

it('refuses bytes that cannot be MQTT', () => {
  expect(() => createPacketFrames().take(Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 1]))).toThrow(RangeError)
})
