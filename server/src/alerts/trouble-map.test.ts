import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { MAX_SPOTS, type TroubleSpot, troubleMap } from './trouble-map.ts'

const CHINA = [73, 18, 135, 54] as const
const spot = fc.record({
  latDeg: fc.double({ min: 18, max: 54, noNaN: true }),
  lngDeg: fc.double({ min: 73, max: 135, noNaN: true }),
  severity: fc.constantFrom('P0' as const, 'P1' as const, 'P2' as const, 'P3' as const),
  alerts: fc.integer({ min: 1, max: 9 }),
})
const named = (spots: readonly Omit<TroubleSpot, 'station' | 'nameZh' | 'nameEn'>[]): TroubleSpot[] =>
  spots.map((one, n) => ({ ...one, station: `s${n}`, nameZh: '', nameEn: '' }))
const everywhere = fc.array(spot, { maxLength: 60 }).map(named)

test('each station in the box is in one pin or one cluster, whatever the zoom, and none from outside', () => {
  fc.assert(
    fc.property(
      everywhere,
      fc.integer({ min: 0, max: 19 }),
      fc.double({ min: 74, max: 134, noNaN: true }),
      (all, zoom, east) => {
        const { pins, clusters } = troubleMap(all, { box: [73, 18, east, 54], zoom })
        const inBox = all.filter(({ lngDeg }) => lngDeg <= east)
        expect(pins.length + clusters.reduce((sum, { count }) => sum + count, 0)).toBe(inBox.length)
        expect(
          clusters.reduce((sum, { grave }) => sum + grave, 0) + pins.filter(({ severity }) => severity <= 'P1').length,
        ).toBe(inBox.filter(({ severity }) => severity <= 'P1').length)
        for (const { count, grave, severity } of clusters) {
          expect(count).toBeGreaterThan(1)
          expect(severity <= 'P1').toBe(grave > 0)
        }
      },
    ),
  )
})

test('a cluster comes apart at the zoom that it names, not before', () => {
  fc.assert(
    fc.property(everywhere, fc.integer({ min: 0, max: 15 }), (all, zoom) => {
      for (const cluster of troubleMap(all, { box: CHINA, zoom }).clusters) {
        const parts = (at: number) => {
          const { clusters } = troubleMap(all, { box: CHINA, zoom: at })
          return clusters.some(one => one.count === cluster.count && one.latDeg === cluster.latDeg)
        }
        expect(cluster.zoom).toBeGreaterThan(zoom)
        expect(parts(cluster.zoom - 1)).toBe(true)
        expect(parts(cluster.zoom)).toBe(false)
      }
    }),
  )
})

test('stations in one house are told apart at last, and a storm over a country is drawn coarser', () => {
  const house = named(Array.from({ length: 3 }, () => ({ latDeg: 29.5, lngDeg: 106.5, severity: 'P2', alerts: 1 })))
  expect(troubleMap(house, { box: CHINA, zoom: 16 }).clusters).toMatchObject([{ count: 3, zoom: 17 }])
  expect(troubleMap(house, { box: CHINA, zoom: 17 }).pins).toHaveLength(3)
  const storm = named(
    Array.from({ length: 20_000 }, (_one, n) => ({
      latDeg: 20 + (n % 150) * 0.2,
      lngDeg: 75 + Math.floor(n / 150) * 0.4,
      severity: 'P1',
      alerts: 1,
    })),
  )
  const { pins, clusters } = troubleMap(storm, { box: CHINA, zoom: 18 })
  expect(pins.length + clusters.length).toBeLessThanOrEqual(MAX_SPOTS)
  expect(pins.length + clusters.reduce((sum, { count }) => sum + count, 0)).toBe(20_000)
})
