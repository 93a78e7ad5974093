import { OVERVIEW_STATES, type OverviewStation } from '@harbor/protocol'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { STATION_CHOICES, chosenStations, readChoice } from './station-choice.ts'

const station = fc.record(
  {
    id: fc.stringMatching(/^[a-z0-9]{1,8}$/),
    nameZh: fc.constant('站'),
    nameEn: fc.constant('Station'),
    district: fc.constant('500103'),
    latDeg: fc.constant(29.5),
    lngDeg: fc.constant(106.5),
    state: fc.constantFrom(...OVERVIEW_STATES),
    people: fc.nat(40),
    faulty: fc.nat(4),
    heatDanger: fc.boolean(),
  },
  { requiredKeys: ['id', 'nameZh', 'nameEn', 'district', 'latDeg', 'lngDeg', 'state', 'faulty', 'heatDanger'] },
) as fc.Arbitrary<OverviewStation>

describe('the list behind a count', () => {
  it('has every station in exactly one of the states', () => {
    fc.assert(
      fc.property(fc.array(station), stations => {
        const sum = OVERVIEW_STATES.reduce((count, state) => count + chosenStations(stations, state).length, 0)
        expect(sum).toBe(stations.length)
        expect(chosenStations(stations, 'all')).toHaveLength(stations.length)
      }),
    )
  })

  it('begins with the fullest where people are asked for, and names no station that nobody counted', () => {
    fc.assert(
      fc.property(fc.array(station), stations => {
        const people = chosenStations(stations, 'people').map(one => one.people)
        expect(people).toEqual([...people].toSorted((a, b) => (b ?? -1) - (a ?? -1)))
        expect(people).not.toContain(undefined)
      }),
    )
  })

  it('is of all stations for an address that asks for something unknown', () => {
    for (const choice of STATION_CHOICES) expect(readChoice(new URLSearchParams({ state: choice }))).toBe(choice)
    expect(readChoice(new URLSearchParams({ state: 'lost' }))).toBe('all')
  })
})
