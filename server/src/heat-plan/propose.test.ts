import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { type HeatFacts, proposeLonger } from './propose.ts'

const RED = { untilMin: 22 * 60, maxC: 41, signal: 'red' as const }
const station = (rest: Partial<HeatFacts> = {}): HeatFacts => ({
  station: 's-1',
  nameZh: '站',
  nameEn: 'Station',
  district: '500103',
  latDeg: 29.56,
  lngDeg: 106.57,
  capacity: 10,
  peopleLate: 4,
  ac: 'works',
  closesAtMin: 18 * 60,
  isClosedDown: false,
  ...rest,
})
const factsArb: fc.Arbitrary<HeatFacts[]> = fc
  .array(
    fc.record({
      latDeg: fc.double({ min: 29, max: 30, noNaN: true }),
      lngDeg: fc.double({ min: 106, max: 107, noNaN: true }),
      capacity: fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined }),
      peopleLate: fc.option(fc.double({ min: 0, max: 40, noNaN: true }), { nil: undefined }),
      ac: fc.constantFrom('works' as const, 'unknown' as const, 'faulty' as const, 'none' as const),
      closesAtMin: fc.option(fc.integer({ min: 0, max: 2_880 }), { nil: undefined }),
      isClosedDown: fc.boolean(),
    }),
    { maxLength: 30 },
  )
  .map(all => all.map((rest, n) => station({ ...rest, station: `s-${n}` })))
const demandArb = fc.record({
  untilMin: fc.integer({ min: 1_000, max: 1_700 }),
  maxC: fc.option(fc.double({ min: 20, max: 45, noNaN: true }), { nil: undefined }),
  signal: fc.constantFrom('yellow' as const, 'orange' as const, 'red' as const, undefined),
})

test('every station is in the proposal once, its score is the sum of its reasons, and none is proposed without a warning', () => {
  fc.assert(
    fc.property(factsArb, demandArb, (stations, demand) => {
      const candidates = proposeLonger(stations, demand)
      expect(candidates.map(one => one.station).sort()).toEqual(stations.map(one => one.station).sort())
      for (const { score, reasons } of candidates)
        expect(score).toBeCloseTo(
          reasons.reduce((sum, { points }) => sum + points, 0),
          5,
        )
      expect(demand.signal === undefined && candidates.some(({ isProposed }) => isProposed)).toBe(false)
    }),
  )
})

test('never proposed: out of service, hours unknown, open that long anyway, or with a broken air conditioner', () => {
  fc.assert(
    fc.property(factsArb, demandArb, (stations, demand) => {
      const facts = new Map(stations.map(one => [one.station, one]))
      for (const { station: id, isProposed } of proposeLonger(stations, demand)) {
        const { isClosedDown, closesAtMin, ac } = facts.get(id) as HeatFacts
        if (!isProposed) continue
        expect(isClosedDown || ac === 'faulty' || closesAtMin === undefined).toBe(false)
        expect(closesAtMin ?? 0).toBeLessThan(demand.untilMin)
      }
    }),
  )
})

test('the order in which stations are known changes nothing', () => {
  fc.assert(
    fc.property(factsArb, demandArb, (stations, demand) => {
      expect(proposeLonger(stations.toReversed(), demand)).toEqual(proposeLonger(stations, demand))
    }),
  )
})

test('more people, more seats and a longer way to the next late station each put a station ahead', () => {
  const first = (...stations: HeatFacts[]) => proposeLonger(stations, RED)[0]?.station
  expect(first(station(), station({ station: 's-2', peopleLate: 8 }))).toBe('s-2')
  expect(first(station(), station({ station: 's-2', capacity: 20 }))).toBe('s-2')
  // 200 m from one that is open until midnight; the other is 5 km away.
  const late = station({ station: 'late', closesAtMin: 1_440, lngDeg: 106.572 })
  expect(first(late, station(), station({ station: 's-2', lngDeg: 106.62 }))).toBe('s-2')
})

test('orange proposes half of those that could, yellow a quarter, red all', () => {
  const stations = Array.from({ length: 8 }, (_one, n) => station({ station: `s-${n}`, peopleLate: n }))
  const count = (signal: 'yellow' | 'orange' | 'red') =>
    proposeLonger(stations, { ...RED, signal }).filter(({ isProposed }) => isProposed).length
  expect([count('yellow'), count('orange'), count('red')]).toEqual([2, 4, 8])
})
