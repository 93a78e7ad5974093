import { LOOK_CELL_DEG, MAX_LOOK_CELLS } from '@harbor/protocol'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Box, isInBox } from '../finder/places.ts'
import { cellsOf, createLookBook } from './look-book.ts'

const placeArb = fc.record({
  id: fc.constantFrom('a', 'b', 'c'),
  latDeg: fc.double({ min: -90, max: 90, noNaN: true }),
  lngDeg: fc.double({ min: -180, max: 180, noNaN: true }),
})

/** Boxes around a place in which stations are likely to be. */
const boxNear = (latDeg: number, lngDeg: number) =>
  fc
    .tuple(...Array.from({ length: 4 }, () => fc.double({ min: -0.1, max: 0.15, noNaN: true })))
    .map(([west = 0, south = 0, east = 0, north = 0]): Box => [
      Math.max(-180, lngDeg - Math.abs(west)),
      Math.max(-90, latDeg - Math.abs(south)),
      Math.min(180, lngDeg + east),
      Math.min(90, latDeg + north),
    ])

test('who has a station in the box or names it is told of it, and nobody else, whatever was looked at and forgotten before', () => {
  const viewerArb = fc.constantFrom('one', 'two', 'three')
  const stationArb = placeArb.chain(station =>
    fc.record({
      station: fc.constant(station),
      steps: fc.array(
        fc.record({
          viewer: viewerArb,
          look: fc.option(
            fc.record({
              box: fc.option(boxNear(station.latDeg, station.lngDeg), { nil: null }),
              stations: fc.uniqueArray(fc.constantFrom('a', 'b', 'c')),
            }),
          ),
        }),
      ),
    }),
  )
  fc.assert(
    fc.property(stationArb, ({ station, steps }) => {
      const book = createLookBook<string>()
      const looks = new Map<string, { box: Box | null; stations: string[] }>()
      for (const { viewer, look } of steps) {
        if (look === null) {
          book.forget(viewer)
          looks.delete(viewer)
        } else {
          book.look(viewer, { box: look.box === null ? null : [...look.box], stations: look.stations })
          looks.set(viewer, look)
        }
      }
      const expected = [...looks]
        .filter(([, { box, stations }]) => {
          const isSeen = box !== null && cellsOf(box) !== undefined && isInBox(station, box)
          return isSeen || stations.includes(station.id)
        })
        .map(([viewer]) => viewer)
      expect(book.viewersOf(station).sort()).toEqual(expected.sort())
    }),
    { numRuns: 500 },
  )
})

describe('cells', () => {
  test('a box of as many cells as may be looked at is taken, one column more is not', () => {
    const side = Math.sqrt(MAX_LOOK_CELLS)
    const box = (columns: number): Box => [
      100.01,
      30.01,
      100.01 + LOOK_CELL_DEG * (columns - 1),
      30.01 + LOOK_CELL_DEG * (side - 1),
    ]
    expect(cellsOf(box(side))).toHaveLength(MAX_LOOK_CELLS)
    expect(cellsOf(box(side + 1))).toBeUndefined()
  })

  test.each<[string, Box]>([
    ['west of its west', [106.6, 29.5, 106.5, 29.6]],
    ['south of its south', [106.5, 29.6, 106.6, 29.5]],
  ])('a box that ends %s is none', (_, box) => expect(cellsOf(box)).toBeUndefined())
})
