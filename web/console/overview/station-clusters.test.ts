import { OVERVIEW_STATES, type OverviewStation } from '@harbor/protocol'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clusterStations, isTrouble } from './station-clusters.ts'

const WORLD = [-180, -85, 180, 85] as [number, number, number, number]
const station = fc
  .tuple(
    fc.double({ min: 28, max: 32, noNaN: true }),
    fc.double({ min: 105, max: 110, noNaN: true }),
    fc.constantFrom(...OVERVIEW_STATES),
    fc.boolean(),
  )
  .map(([latDeg, lngDeg, state, heatDanger]): OverviewStation => ({
    id: 'any',
    nameZh: '站',
    nameEn: 'Station',
    district: '500103',
    latDeg,
    lngDeg,
    state,
    faulty: 0,
    heatDanger,
  }))

describe('the stations of a view', () => {
  it('are all there at every zoom, each alone or in one cluster, with those that are fine counted', () => {
    fc.assert(
      fc.property(fc.array(station, { maxLength: 200 }), fc.integer({ min: 3, max: 18 }), (stations, zoom) => {
        const seen = clusterStations(stations)({ box: WORLD, zoom })
        const count = seen.stations.length + seen.clusters.reduce((sum, one) => sum + one.count, 0)
        const fine =
          seen.stations.filter(one => !isTrouble(one)).length + seen.clusters.reduce((sum, one) => sum + one.fine, 0)
        expect(count).toBe(stations.length)
        expect(fine).toBe(stations.filter(one => !isTrouble(one)).length)
      }),
    )
  })
})
