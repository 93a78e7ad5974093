import { expect, it } from 'vitest'
import { PLACINGS } from './placing.ts'

/** Metres a degree of latitude, and of longitude at Chongqing. */
const DEG_M = { lat: 111_195, lng: 96_700 } as const
const metresApart = ([aLat, aLng]: readonly number[], [bLat, bLng]: readonly number[]) =>
  Math.hypot((Number(aLat) - Number(bLat)) * DEG_M.lat, (Number(aLng) - Number(bLng)) * DEG_M.lng)

// gcoord's README, and the public algorithm at four places of Chongqing: WGS-84 and GCJ-02, latitude first.
const FIXED = [
  { name: 'Jiefangbei', wgs: [29.557, 106.577], gcj: [29.554112, 106.580688] },
  { name: 'Shapingba', wgs: [29.541, 106.457], gcj: [29.538399, 106.460965] },
  { name: 'Guanyinqiao', wgs: [29.575, 106.532], gcj: [29.572201, 106.53576] },
  { name: 'Wanzhou', wgs: [30.808, 108.409], gcj: [30.805738, 108.41359] },
] as const

it.each(FIXED)('puts $name where GCJ-02 tiles show it, some 500 m from where WGS-84 ones do', ({ wgs, gcj }) => {
  const placed = PLACINGS.gcj02.toMap([wgs[0], wgs[1]])
  expect(metresApart(placed, gcj)).toBeLessThan(0.2)
  expect(metresApart(placed, wgs)).toBeGreaterThan(400)
})

it.each(FIXED)('finds the way back from $name to less than a metre', ({ wgs }) => {
  const { toMap, fromMap } = PLACINGS.gcj02
  expect(metresApart(fromMap(toMap([wgs[0], wgs[1]])), wgs)).toBeLessThan(1)
})

it('reads the published point back: GCJ-02 123, 45', () => {
  // gcoord's README: 122.99395597, 44.99804071.
  expect(metresApart(PLACINGS.gcj02.fromMap([45, 123]), [44.99804071, 122.99395597])).toBeLessThan(0.1)
})

it('leaves WGS-84 as it is', () => {
  expect(PLACINGS.wgs84.toMap([29.5, 106.5])).toEqual([29.5, 106.5])
})
