import * as fc from 'fast-check'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createRateGate } from './rate-gate.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('lets all through in their order, and in no span more than the rate and two seconds of it', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 500 }),
      fc.array(fc.record({ afterMs: fc.nat(2_000), count: fc.nat(60) }), { maxLength: 30 }),
      (perS, bursts) => {
        const gate = createRateGate({ perS, stopwatch: () => performance.now() })
        const passed: { id: number; atMs: number }[] = []
        let id = 0
        for (const { afterMs, count } of bursts) {
          vi.advanceTimersByTime(afterMs)
          for (let n = 0; n < count; n++) {
            const mine = id++
            gate.pass(() => passed.push({ id: mine, atMs: performance.now() }))
          }
        }
        vi.advanceTimersByTime((id / perS) * 1_000 + 3_000)
        expect(passed.map(entry => entry.id)).toEqual(Array.from({ length: id }, (_, index) => index))
        for (const [index, { atMs }] of passed.entries()) {
          const inLastSecond = passed.slice(0, index + 1).filter(entry => entry.atMs > atMs - 1_000).length
          expect(inLastSecond).toBeLessThanOrEqual(3 * perS + 1)
        }
      },
    ),
    { numRuns: 60 },
  )
})

it('does not hold back who keeps to the rate', () => {
  const gate = createRateGate({ perS: 10, stopwatch: () => performance.now() })
  for (let n = 0; n < 100; n++) {
    expect(gate.pass(() => undefined)).toBe(false)
    vi.advanceTimersByTime(100)
  }
})
