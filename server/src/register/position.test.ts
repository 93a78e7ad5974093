import { COORDINATE_SYSTEMS } from '@harbor/protocol'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Place, doubtOf, metresBetween, placeIn, wgs84Of } from './position.ts'

const CHONGQING = '500103'
/** The municipality's box. */
const placeArb = fc.record({
  latDeg: fc.double({ min: 28.2, max: 32.2, noNaN: true }),
  lngDeg: fc.double({ min: 105.3, max: 110.2, noNaN: true }),
})
const systemArb = fc.constantFrom(...COORDINATE_SYSTEMS)
/** A place so many metres to the north and to the east. */
const moved = ({ latDeg, lngDeg }: Place, north: number, east: number): Place => ({
  latDeg: latDeg + north / 111_195,
  lngDeg: lngDeg + east / (111_195 * Math.cos((latDeg * Math.PI) / 180)),
})

test('a position that goes out in any system comes back to within ten centimetres', () => {
  fc.assert(
    fc.property(placeArb, systemArb, (place, system) => {
      const back = wgs84Of({ ...placeIn(place, system, CHONGQING), system }, CHONGQING)
      expect(metresBetween(place, back)).toBeLessThan(0.1)
    }),
  )
})

test('a wrong label is asked about wherever a station is, and the right one is named', () => {
  fc.assert(
    fc.property(placeArb, systemArb, systemArb, (place, real, said) => {
      const doubt = doubtOf({ ...placeIn(place, real, CHONGQING), system: said }, place, CHONGQING)
      expect(doubt?.likely).toBe(real === said ? undefined : real)
      expect(doubt === undefined).toBe(real === said)
    }),
  )
})

test('a pin set right by up to 100 m, or moved by kilometres, is nobody’s question', () => {
  const angleArb = fc.double({ min: 0, max: 2 * Math.PI, noNaN: true })
  const farArb = fc.oneof(
    fc.double({ min: 0, max: 99, noNaN: true }),
    fc.double({ min: 1_500, max: 20_000, noNaN: true }),
  )
  fc.assert(
    fc.property(placeArb, angleArb, farArb, (place, angle, far) => {
      const to = moved(place, far * Math.cos(angle), far * Math.sin(angle))
      expect(doubtOf({ ...to, system: 'WGS84' }, place, CHONGQING)).toBeUndefined()
    }),
  )
})

test.each([
  [429, false],
  [431, true],
  [549, true],
  [551, false],
  [849, false],
  [851, true],
  [1_199, true],
  [1_201, false],
])('a move of %i m straight to the west is asked about: %s', (metres, isAsked) => {
  // GCJ-02 and BD-09 lie to the east of WGS-84 there: no label explains a move to the west.
  const place = { latDeg: 29.56, lngDeg: 106.57 }
  const doubt = doubtOf({ ...moved(place, 0, -metres), system: 'WGS84' }, place, CHONGQING)
  expect([doubt !== undefined, doubt?.likely]).toEqual([isAsked, undefined])
})

test('where maps are not shifted nothing is asked', () => {
  const place = { latDeg: 22.28, lngDeg: 114.16 }
  expect(doubtOf({ ...moved(place, 0, 480), system: 'GCJ02' }, place, '810000')).toBeUndefined()
})
