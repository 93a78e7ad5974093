import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AckWindow, MAX_RANGES, storePack } from './ack-window.ts'

/** The acknowledged number after each pack, given as its number or as [number, base]. */
function ackedAfter(...packs: (number | [number, number])[]): number[] {
  let window: AckWindow | undefined
  return packs.map(pack => {
    const [seq, base] = typeof pack === 'number' ? [pack, undefined] : pack
    window = storePack(window, { seq, base })
    return window.ackedSeq
  })
}

describe('an ack window', () => {
  it('follows packs that come in order', () => {
    expect(ackedAfter([1, 1], [2, 1], [3, 1])).toEqual([1, 2, 3])
  })

  it('waits at a gap, and goes over it when the missing pack is stored', () => {
    expect(ackedAfter([1, 1], [3, 1], [4, 1], [2, 1])).toEqual([1, 1, 1, 4])
  })

  it('starts an unknown run just below its base', () => {
    expect(ackedAfter([12, 10])).toEqual([9])
    expect(ackedAfter([10, 10])).toEqual([10])
  })

  it('starts an unknown run without a base at the first pack seen', () => {
    expect(ackedAfter(7, 8, 10)).toEqual([7, 8, 8])
  })

  it('moves up to a later base, over a gap that another server closed', () => {
    expect(ackedAfter([1, 1], [3, 1], [6, 5])).toEqual([1, 1, 4])
    expect(ackedAfter([1, 1], [3, 1], [5, 5])).toEqual([1, 1, 5])
  })

  it('takes no base above the pack itself, which would acknowledge what nobody stored', () => {
    expect(ackedAfter([3, 100])).toEqual([3])
    expect(ackedAfter([1, 1], [3, 100])).toEqual([1, 1])
  })

  it('stays where it is when a pack comes again', () => {
    expect(ackedAfter([1, 1], [2, 1], [1, 1], [2, 1])).toEqual([1, 2, 2, 2])
  })

  it('remembers a bounded number of gaps, and what it forgot counts when it comes again', () => {
    let window: AckWindow | undefined
    // Every second pack: each is a range of its own.
    for (let seq = 3; seq < 3 + 4 * MAX_RANGES; seq += 2) window = storePack(window, { seq, base: 1 })
    expect(window?.beyond).toHaveLength(MAX_RANGES)
    for (let seq = 1; seq <= 4 * MAX_RANGES; seq += 1) window = storePack(window, { seq, base: 1 })
    // The last of the first loop, 4 * MAX_RANGES + 1, was forgotten: stored, but not acknowledged.
    expect(window).toEqual({ ackedSeq: 4 * MAX_RANGES, beyond: [] })
  })

  it('never acknowledges a number from base on that was not stored with all before it, in whatever order packs come', () => {
    const seqArbitrary = fc.integer({ min: 1, max: 60 })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.array(seqArbitrary, { maxLength: 120 }), (base, seqs) => {
        let window: AckWindow | undefined
        const stored = new Set<number>()
        let told = base - 1
        for (const seq of seqs.filter(seq => seq >= base)) {
          // The gateway's base is at least one above what it was told last, but it may lag behind.
          window = storePack(window, { seq, base: stored.size % 2 === 0 ? base : Math.min(seq, told + 1) })
          stored.add(seq)
          let durable = base - 1
          while (stored.has(durable + 1)) durable += 1
          // Not just never more: exactly what is durable, as long as no gap had to be forgotten.
          expect(window.ackedSeq).toBe(durable)
          told = window.ackedSeq
        }
      }),
    )
  })

  it('keeps its ranges ascending and apart', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 300 })), seqs => {
        let window: AckWindow | undefined
        for (const seq of seqs) window = storePack(window, { seq, base: 1 })
        const edges = [window?.ackedSeq ?? 0, ...(window?.beyond ?? []).flat()]
        expect(edges).toEqual(edges.toSorted((a, b) => a - b))
        for (const [index, [first]] of (window?.beyond ?? []).entries()) {
          const before = index === 0 ? window?.ackedSeq : window?.beyond[index - 1]?.[1]
          expect(first).toBeGreaterThan((before ?? 0) + 1)
        }
      }),
    )
  })
})
