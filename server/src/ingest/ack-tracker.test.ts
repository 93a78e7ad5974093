import { describe, expect, it } from 'vitest'
import { createAckTracker } from './ack-tracker.ts'

describe('an ack tracker', () => {
  it('says an acknowledgement again when a pack comes again, and nothing for one beyond a gap', () => {
    const acks = createAckTracker(10)
    expect(acks.stored('gw', 'b1', { seq: 1, base: 1 })).toBe(1)
    expect(acks.stored('gw', 'b1', { seq: 1, base: 1 })).toBe(1)
    expect(acks.stored('gw', 'b1', { seq: 3, base: 1 })).toBeUndefined()
    expect(acks.stored('gw', 'b1', { seq: 2, base: 2 })).toBe(3)
  })

  it('says nothing while the very first pack is missing', () => {
    expect(createAckTracker(10).stored('gw', 'b1', { seq: 2, base: 1 })).toBeUndefined()
  })

  it('keeps runs and gateways apart', () => {
    const acks = createAckTracker(10)
    acks.stored('gw', 'b1', { seq: 1, base: 1 })
    expect(acks.stored('gw', 'b2', { seq: 2, base: 1 })).toBeUndefined()
    expect(acks.stored('gw-2', 'b1', { seq: 2, base: 1 })).toBeUndefined()
    expect(acks.stored('gw', 'b1', { seq: 2, base: 1 })).toBe(2)
  })

  it('forgets the gateway heard longest ago, which then goes on from its base', () => {
    const acks = createAckTracker(2)
    for (const gateway of ['a', 'b', 'c']) acks.stored(gateway, 'b1', { seq: 1, base: 1 })
    expect(acks.stored('a', 'b1', { seq: 3, base: 2 })).toBe(1)
    expect(acks.stored('c', 'b1', { seq: 2, base: 1 })).toBe(2)
  })

  it('lets a gateway that makes up runs push out none but its own', () => {
    const acks = createAckTracker(2)
    acks.stored('a', 'b1', { seq: 1, base: 1 })
    for (let n = 0; n < 100; n += 1) acks.stored('b', `boot-${n}`, { seq: 1, base: 1 })
    expect(acks.stored('a', 'b1', { seq: 2, base: 1 })).toBe(2)
  })
})
