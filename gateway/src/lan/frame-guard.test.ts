import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createFrameGuard } from './frame-guard.ts'

/** An MQTT packet of `size` bytes after its fixed header (MQTT 3.1.1, 2.2.3). */
function packet(size: number): Buffer {
  const length: number[] = []
  let rest = size
  do {
    length.push((rest % 128) | (rest >= 128 ? 0x80 : 0))
    rest = Math.floor(rest / 128)
  } while (rest > 0)
  return Buffer.concat([Buffer.from([0x30, ...length]), Buffer.alloc(size)])
}

describe('the frame guard', () => {
  it('lets packets up to the limit pass, however they are cut into chunks', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20_000), { maxLength: 8 }), fc.integer({ min: 1, max: 7_000 }), (sizes, cut) => {
        const inspect = createFrameGuard(20_000)
        const stream = Buffer.concat(sizes.map(packet))
        for (let at = 0; at < stream.length; at += cut)
          expect(inspect(stream.subarray(at, at + cut))).toMatchObject({ ok: true })
      }),
    )
  })

  it('refuses a larger one by its announced length, before it came', () => {
    const inspect = createFrameGuard(20_000)
    expect(inspect(packet(20_000))).toMatchObject({ ok: true })
    expect(inspect(packet(20_001).subarray(0, 4))).toEqual({ ok: false, sizeBytes: 20_001 })
  })
})
