import { FINDER_FILTERS, type FinderFilter } from '@harbor/protocol'
import { type FilterFacts, passesFilters, pinOf } from '@harbor/protocol/finder-filter'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { createStandings, maskOf } from './standings.ts'

const factsArb: fc.Arbitrary<FilterFacts> = fc.record({
  opening: fc.constantFrom('open', 'closing_soon', 'closed', 'unknown'),
  space: fc.constantFrom('free', 'limited', 'full', 'unknown'),
  appliances: fc.array(
    fc.record({
      kind: fc.constantFrom('microwave', 'fridge', 'air_conditioner'),
      state: fc.constantFrom('working', 'faulty'),
    }),
    { maxLength: 2 },
  ),
  facilities: fc.subarray(['toilet', 'charging', 'wheelchair']),
  openAtNight: fc.boolean(),
})
const filtersArb = fc.subarray<FinderFilter>([...FINDER_FILTERS])

test('three bytes of a station say the same as its facts', () => {
  fc.assert(
    fc.property(fc.array(factsArb, { minLength: 1, maxLength: 20 }), filtersArb, (facts, filters) => {
      const standings = createStandings(facts.length)
      facts.forEach((fact, number) => standings.set(number, fact))
      facts.forEach((fact, number) => {
        expect(standings.passes(number, maskOf(filters))).toBe(passesFilters(fact, filters))
        expect(standings.pinOf(number)).toBe(pinOf(fact))
        expect(standings.isOpen(number)).toBe(passesFilters(fact, ['open']))
      })
      const passing = facts.filter(fact => passesFilters(fact, filters))
      expect(standings.count(0, facts.length, maskOf(filters))).toEqual({
        passing: passing.length,
        usable: passing.filter(fact => passesFilters(fact, ['open', 'space'])).length,
      })
    }),
  )
})

test('each filter is told how many would pass without it', () => {
  fc.assert(
    fc.property(fc.array(factsArb, { maxLength: 20 }), filtersArb, (facts, filters) => {
      const standings = createStandings(facts.length)
      facts.forEach((fact, number) => standings.set(number, fact))
      const { matching, of, without } = standings.matches([...facts.keys()], filters)
      const passing = (wanted: readonly FinderFilter[]) => facts.filter(fact => passesFilters(fact, wanted)).length
      expect([matching, of]).toEqual([passing(filters), facts.length])
      expect(without).toEqual(
        Object.fromEntries(filters.map(filter => [filter, passing(filters.filter(other => other !== filter))])),
      )
    }),
  )
})
