import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CounterState, count, isCounter } from './energy.ts'

const HOUR_MS = 3_600_000

/** The totals of a series of raw values, `elapsedMs` apart. */
function totals(raws: readonly number[], elapsedMs: number | undefined = 10_000): number[] {
  let state: CounterState | undefined
  return raws.map(raw => {
    state = count('energy', state, { raw, elapsedMs })
    return state.total
  })
}

describe('an energy counter', () => {
  it.each<[string, number[], number[]]>([
    ['grows as the plug says', [1_000, 1_001, 1_001, 1_004.5], [1_000, 1_001, 1_001, 1_004.5]],
    // 5,000 before the reset, and then 0, 2 and 3 more.
    ['goes on after a reset to zero', [5_000, 0, 2, 3], [5_000, 5_000, 5_002, 5_003]],
    // What was counted between the reset and the first word after it counts: 40 Wh.
    ['takes what was counted since a reset', [5_000, 40, 42], [5_000, 5_040, 5_042]],
    ['goes on after several resets', [500, 0, 100, 0, 7], [500, 500, 600, 600, 607]],
    // A power cut threw Tasmota back to what it had saved: it was at 5,000 when it had counted 5,000.
    ['goes on where it was when the plug fell back', [5_000, 4_000, 4_003], [5_000, 5_000, 5_003]],
    ['is that of the new plug, after a used one took its place', [5_000, 900, 905], [5_000, 5_000, 5_005]],
    ['is that of the new plug, also when that one says more', [5_000, 80_000, 80_002], [5_000, 5_000, 5_002]],
    // Two sums of one device, one of them rounded.
    ['does not fall or climb by rounding', [50, 49.9, 50, 49.9, 50.2], [50, 50, 50, 50, 50.2]],
    [
      'survives a zero before the plug had read its memory',
      [10_000, 0, 10_010, 10_012],
      [10_000, 10_000, 10_000, 10_002],
    ],
    ['survives an old word that comes late', [10_000, 9_000, 10_001, 10_002], [10_000, 10_000, 10_000, 10_001]],
    ['sums tenths without a crumb', [0.1, 0.3, 1_000.7, 1_000.8], [0.1, 0.3, 0.3, 0.4]],
  ])('%s', (_rule, raws, expected) => {
    expect(totals(raws)).toEqual(expected)
  })

  it('believes what 15 kW and 100 Wh more can have brought, and not more', () => {
    // 2 hours: 2 * 15,000 + 100 = 30,100 Wh.
    expect(totals([0, 30_100], 2 * HOUR_MS)).toEqual([0, 30_100])
    expect(totals([0, 30_101], 2 * HOUR_MS)).toEqual([0, 0])
    expect(totals([50_000, 30_100], 2 * HOUR_MS)).toEqual([50_000, 80_100])
    expect(totals([50_000, 30_101], 2 * HOUR_MS)).toEqual([50_000, 50_000])
  })

  it('takes a fall of 10 Wh for rounding, and one of more for a reset', () => {
    expect(totals([100, 90, 95])).toEqual([100, 100, 100])
    expect(totals([100, 89, 95])).toEqual([100, 189, 195])
  })

  it('believes any growth when nobody knows for how long it was silent', () => {
    const state = count('energy', { raw: 5, total: 6 }, { raw: 900_000, elapsedMs: undefined })
    expect(state.total).toBe(900_001)
  })

  it('never falls, whatever is said', () => {
    const rawArb = fc.oneof(fc.double({ min: 0, max: 1e10, noNaN: true }), fc.nat(50), fc.constantFrom(0, 5_000, 5_001))
    const saidArb = fc.tuple(rawArb, fc.option(fc.integer({ min: -HOUR_MS, max: 50 * HOUR_MS }), { nil: undefined }))
    fc.assert(
      fc.property(fc.array(saidArb, { maxLength: 60 }), said => {
        let state: CounterState | undefined
        let last = 0
        for (const [raw, elapsedMs] of said) {
          state = count('energy', state, { raw, elapsedMs })
          const { total } = state
          expect(total).toBeGreaterThanOrEqual(last)
          expect(total).toBeLessThanOrEqual(1e10)
          last = total
        }
      }),
    )
  })

  it('is the energy used, up to what was used unheard, for a plug that is reset, cut and replaced at random', () => {
    // Each step the plug uses some energy, up to 2.3 kW for 10 s, says its counter; between steps things happen to it.
    const event = fc.constantFrom('none', 'none', 'none', 'none', 'reset', 'fall back', 'replace')
    fc.assert(
      fc.property(fc.array(fc.tuple(event, fc.nat(64)), { maxLength: 80 }), steps => {
        let raw = 3_000
        let state = count('energy', undefined, { raw, elapsedMs: undefined })
        let used = raw
        let unheard = 0
        for (const [what, tenthsWh] of steps) {
          const before = raw
          if (what === 'reset') raw = 0
          else if (what === 'fall back') raw = Math.max(0, raw - 500)
          else if (what === 'replace') raw = 40_000
          raw += tenthsWh / 10
          used += tenthsWh / 10
          // Within a step of its fate nobody can tell use from a jump; and up to 141 Wh (100 and 15 kW for 10 s) are believed.
          if (what !== 'none' || raw < before) unheard += 142
          state = count('energy', state, { raw, elapsedMs: 10_000 })
        }
        expect(Math.abs(state.total - used)).toBeLessThanOrEqual(unheard + 0.001)
      }),
    )
  })
})

it('counts people as it counts energy, with their own limits', () => {
  const state = count('people_in', { raw: 900, total: 900 }, { raw: 3, elapsedMs: 60_000 })
  expect(state.total).toBe(903)
  expect([isCounter('people_out'), isCounter('people'), isCounter('power')]).toEqual([true, false, false])
})
