import type { PinState } from '@harbor/protocol'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { type NearSources, nearestOf, nearestUseful } from './near.ts'
import { type Place, createPlaces } from './places.ts'

const DETOUR_M: Record<PinState, number> = {
  room: 0,
  limited: 100,
  open: 400,
  unknown: 800,
  full: 1_200,
  closed: Infinity,
}
const AT = { latDeg: 29.56, lngDeg: 106.57 }

interface Standing extends Place {
  pin: PinState
  passes: boolean
}

function sources(stations: readonly Standing[]): NearSources {
  return {
    places: createPlaces(stations),
    standings: {
      passes: number => (stations[number] as Standing).passes,
      pinOf: number => (stations[number] as Standing).pin,
    },
  }
}

/** Metres on the plane that touches the earth at AT. */
const metres = ({ latDeg, lngDeg }: Place) =>
  Math.hypot(latDeg - AT.latDeg, (lngDeg - AT.lngDeg) * Math.cos((AT.latDeg * Math.PI) / 180)) * 111_195
const effort = (station: Standing) => metres(station) + DETOUR_M[station.pin]

/** Some near, some in the next town, some in the next province. */
const stationsArb = fc
  .array(
    fc.record({
      reach: fc.constantFrom(0.005, 0.05, 0.2, 3),
      north: fc.double({ min: -1, max: 1, noNaN: true }),
      east: fc.double({ min: -1, max: 1, noNaN: true }),
      pin: fc.constantFrom<PinState>('room', 'limited', 'full', 'open', 'unknown', 'closed', 'closed'),
      passes: fc.boolean(),
    }),
    { maxLength: 60 },
  )
  .map(all =>
    all.map(({ reach, north, east, pin, passes }, n): Standing => ({
      id: `s-${n}`,
      latDeg: AT.latDeg + reach * north,
      lngDeg: AT.lngDeg + reach * east,
      pin,
      passes,
    })),
  )

test('nobody is shown a station that does not pass, one twice, or fewer than there are', () => {
  fc.assert(
    fc.property(stationsArb, fc.integer({ min: 1, max: 12 }), (stations, limit) => {
      const numbers = nearestUseful(sources(stations), { at: AT, wanted: 0, limit })
      const passing = stations.filter(({ passes }) => passes)
      expect(numbers).toHaveLength(Math.min(limit, passing.length))
      expect(new Set(numbers).size).toBe(numbers.length)
      expect(numbers.every(number => (stations[number] as Standing).passes)).toBe(true)
    }),
  )
})

test('what is shown is in the order of the way and the detour, closed ones last, the nearest of them first', () => {
  fc.assert(
    fc.property(stationsArb, fc.integer({ min: 1, max: 12 }), (stations, limit) => {
      const shown = nearestUseful(sources(stations), { at: AT, wanted: 0, limit }).map(n => stations[n] as Standing)
      const sorted = shown.toSorted((a, b) => {
        if (a.pin === 'closed' || b.pin === 'closed') {
          if (a.pin !== b.pin) return a.pin === 'closed' ? 1 : -1
          return metres(a) - metres(b)
        }
        return effort(a) - effort(b)
      })
      expect(shown.map(({ id }) => id)).toEqual(sorted.map(({ id }) => id))
    }),
  )
})

test('of what is open within 30 km with its detour nothing better is left out', () => {
  fc.assert(
    fc.property(stationsArb, fc.integer({ min: 1, max: 12 }), (stations, limit) => {
      const shown = new Set(nearestUseful(sources(stations), { at: AT, wanted: 0, limit }))
      const open = stations
        .map((station, number) => ({ station, number }))
        .filter(({ station }) => station.passes && station.pin !== 'closed' && effort(station) <= 30_000)
        .sort((a, b) => effort(a.station) - effort(b.station))
      for (const { number } of open.slice(0, limit)) expect(shown).toContain(number)
    }),
  )
})

test('at night a closed station round the corner is shown before an open one in the next province', () => {
  const station = (id: string, latDeg: number, pin: PinState): Standing => ({
    id,
    latDeg,
    lngDeg: 106.57,
    pin,
    passes: true,
  })
  const stations = [
    station('corner', 29.561, 'closed'),
    station('province', 32, 'open'),
    station('street', 29.57, 'closed'),
  ]
  const idsOf = (limit: number) =>
    nearestUseful(sources(stations), { at: AT, wanted: 0, limit }).map(number => stations[number]?.id)
  expect(idsOf(2)).toEqual(['corner', 'street'])
  expect(idsOf(3)).toEqual(['province', 'corner', 'street'])
})

test('the nearest of all is found, however far', () => {
  fc.assert(
    fc.property(stationsArb, stations => {
      const nearest = stations.toSorted((a, b) => metres(a) - metres(b))[0]
      const found = nearestOf(sources(stations), AT)
      expect(found === undefined ? undefined : metres(stations[found] as Standing)).toBe(nearest && metres(nearest))
    }),
  )
})
