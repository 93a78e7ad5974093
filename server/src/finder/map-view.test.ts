import { FINDER_FILTERS, type FinderFilter, MAX_VIEW_FEATURES } from '@harbor/protocol'
import { type FilterFacts, passesFilters } from '@harbor/protocol/finder-filter'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createClusterTree } from './cluster-tree.ts'
import { type MapViewSources, mapView } from './map-view.ts'
import { type Box, createPlaces, isInBox } from './places.ts'
import { type Standings, createStandings, maskOf } from './standings.ts'

const WORLD: Box = [-180, -85, 180, 85]

interface Made extends MapViewSources {
  standings: Standings
  factsOf: (number: number) => FilterFacts
}

/** `size` stations crowded round a few towns, each open or not, with a toilet or not, as `seed` has it. */
function country(size: number, seed: number): Made {
  let state = seed >>> 0
  const random = () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32
  const given = Array.from({ length: size }, (_, n) => ({
    id: `s-${n}`,
    latDeg: 25 + (n % 5) * 3 + random() ** 3,
    lngDeg: 103 + (n % 7) * 2 + random() ** 3,
  }))
  const tree = createClusterTree(given)
  const places = createPlaces([...tree.order].map(place => given[place] as (typeof given)[number]))
  const standings = createStandings(size)
  const facts = places.ids.map((): FilterFacts => ({
    opening: random() < 0.5 ? 'open' : 'closed',
    space: random() < 0.2 ? 'full' : 'unknown',
    appliances: [],
    facilities: random() < 0.1 ? ['toilet'] : [],
    openAtNight: random() < 0.02,
  }))
  facts.forEach((fact, number) => standings.set(number, fact))
  const nameOf = (number: number) => ({ nameZh: `站${number}`, nameEn: `Station ${number}` })
  return { tree, places, standings, nameOf, factsOf: number => facts[number] as FilterFacts }
}

const filtersArb = fc.subarray<FinderFilter>(['open', 'space', 'toilet', 'night'])

test('over the whole world no station that passes is missing or counted twice, and those that are open are told', () => {
  fc.assert(
    fc.property(
      fc.tuple(fc.integer({ min: 1, max: 3_000 }), fc.nat()),
      filtersArb,
      fc.integer({ min: 0, max: 22 }),
      ([size, seed], filters, zoom) => {
        const made = country(size, seed)
        const view = mapView(made, { box: WORLD, zoom, wanted: maskOf(filters) })
        const passing = [...made.places.ids.keys()].filter(number => passesFilters(made.factsOf(number), filters))
        const counted = view.clusters.reduce((sum, { count }) => sum + count, 0) + view.pins.length
        expect(counted).toBe(passing.length)
        const usable = passing.filter(number => passesFilters(made.factsOf(number), ['open', 'space'])).length
        const open = view.clusters.reduce((sum, cluster) => sum + cluster.open, 0)
        expect(open + view.pins.filter(({ pin }) => pin === 'open').length).toBe(usable)
        expect(view.clusters.length + view.pins.length).toBeLessThanOrEqual(MAX_VIEW_FEATURES)
        for (const { count, zoom: splits } of view.clusters) {
          expect(count).toBeGreaterThan(1)
          expect(splits).toBeLessThanOrEqual(18)
        }
      },
    ),
    { numRuns: 30 },
  )
})

test('a box with few stations that pass shows each of them and no other, where it stands', () => {
  const made = country(4_000, 7)
  fc.assert(
    fc.property(
      fc.nat(3_999),
      fc.double({ min: 0.001, max: 0.3, noNaN: true }),
      filtersArb,
      (number, half, filters) => {
        const lat = made.places.latDeg[number] as number
        const lng = made.places.lngDeg[number] as number
        const box: Box = [lng - half, lat - half, lng + half, lat + half]
        const expected = [...made.places.ids.keys()].filter(
          other =>
            isInBox(
              { latDeg: made.places.latDeg[other] as number, lngDeg: made.places.lngDeg[other] as number },
              box,
            ) && passesFilters(made.factsOf(other), filters),
        )
        fc.pre(expected.length <= MAX_VIEW_FEATURES)
        const view = mapView(made, { box, zoom: 12, wanted: maskOf(filters) })
        expect(view.clusters).toEqual([])
        expect(view.pins.map(({ id }) => id).sort()).toEqual(expected.map(other => made.places.ids[other]).sort())
      },
    ),
    { numRuns: 100 },
  )
})

test('a change is in the very next view', () => {
  const made = country(2_000, 3)
  const before = mapView(made, { box: WORLD, zoom: 4, wanted: 0 })
  for (let number = 0; number < 2_000; number++)
    made.standings.set(number, { ...made.factsOf(number), opening: 'closed' })
  const after = mapView(made, { box: WORLD, zoom: 4, wanted: 0 })
  expect(after.clusters.map(({ open, ...place }) => place)).toEqual(before.clusters.map(({ open, ...place }) => place))
  expect(before.clusters.some(({ open }) => open > 0)).toBe(true)
  expect(after.clusters.every(({ open }) => open === 0)).toBe(true)
})

test('a cluster comes apart at the zoom it names, for who sees only what passes', () => {
  const made = country(3_000, 11)
  for (const filters of [[], ['open'], ['open', 'toilet']] as FinderFilter[][]) {
    const wanted = maskOf(filters)
    const { clusters } = mapView(made, { box: WORLD, zoom: 3, wanted })
    const spotsAt = (zoom: number) =>
      made.tree.spots(WORLD, zoom).filter(({ from, to }) => made.standings.count(from, to, wanted).passing > 0)
    for (const spot of spotsAt(3)) {
      const { passing } = made.standings.count(spot.from, spot.to, wanted)
      if (passing < 2) continue
      const told = clusters.find(cluster => cluster.count === passing)
      if (told === undefined) continue
      const within = (zoom: number) => spotsAt(zoom).filter(part => part.from >= spot.from && part.to <= spot.to).length
      expect(within(told.zoom)).toBeGreaterThan(1)
    }
  }
})

describe('the clusters’ tree', () => {
  test('of no stations shows nothing', () => {
    expect(createClusterTree([]).spots(WORLD, 3)).toEqual([])
  })

  test('stations at one and the same place are never apart, and still all there', () => {
    const tree = createClusterTree(Array.from({ length: 500 }, (_, n) => ({ id: `s-${n}`, latDeg: 30, lngDeg: 106 })))
    for (const zoom of [0, 10, 17]) expect(tree.spots(WORLD, zoom).map(({ from, to }) => to - from)).toEqual([500])
    expect(new Set(tree.order).size).toBe(500)
    expect(FINDER_FILTERS.length).toBeLessThanOrEqual(16)
  })
})
