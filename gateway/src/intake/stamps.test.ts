import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createStamps } from './stamps.ts'

const T = Date.UTC(2026, 6, 30)
const power = (timeMs: number, value: number) => ({ device: 'plug', metric: 'power' as const, timeMs, value })

describe('stamps', () => {
  it('give a second, different value at the same time the next millisecond', () => {
    const { stamp } = createStamps([])
    expect(stamp(power(T, 1), T)?.timeMs).toBe(T)
    expect(stamp(power(T, 2), T)?.timeMs).toBe(T + 1)
    expect(stamp(power(T, 1), T)?.timeMs).toBe(T + 2)
  })

  it('take the same value at the same time for the same reading', () => {
    const { stamp } = createStamps([])
    stamp(power(T, 1), T)
    expect(stamp(power(T, 1), T)).toBeUndefined()
  })

  it('keep metrics and devices apart', () => {
    const { stamp } = createStamps([])
    stamp(power(T, 1), T)
    expect(stamp({ ...power(T, 2), metric: 'voltage' }, T)?.timeMs).toBe(T)
    expect(stamp({ ...power(T, 2), device: 'other' }, T)?.timeMs).toBe(T)
  })

  it('go on after a restart where the readings before it ended', () => {
    expect(createStamps([power(T + 5, 1)]).stamp(power(T, 2), T)?.timeMs).toBe(T + 6)
  })

  it('take back what was not kept', () => {
    const stamps = createStamps([power(T, 1)])
    stamps.stamp(power(T + 9, 2), T)
    stamps.stamp({ ...power(T, 3), metric: 'voltage' }, T)
    stamps.undo()
    expect(stamps.stamp(power(T, 1), T)).toBeUndefined()
    expect(stamps.stamp({ ...power(T, 3), metric: 'voltage' }, T)?.timeMs).toBe(T)
    stamps.settle()
    stamps.undo()
    expect(stamps.stamp({ ...power(T, 3), metric: 'voltage' }, T)).toBeUndefined()
  })

  it('forget a time that a wrong clock set far ahead', () => {
    const inFourYears = T + 4 * 365 * 24 * 3_600_000
    expect(createStamps([power(inFourYears, 1)]).stamp(power(T, 2), T)?.timeMs).toBe(T)
  })

  it('never give one time twice, and never go back', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: -5, max: 5 }), fc.nat(2)), { maxLength: 60 }), values => {
        const { stamp } = createStamps([])
        let last = Number.NEGATIVE_INFINITY
        for (const [offsetMs, value] of values) {
          const given = stamp(power(T + offsetMs, value), T)
          if (given === undefined) continue
          expect(given.timeMs).toBeGreaterThan(last)
          last = given.timeMs
        }
      }),
    )
  })
})
