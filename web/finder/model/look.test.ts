import { LOOK_CELL_DEG, MAX_LOOK_CELLS, MAX_NEAR, lookSchema } from '@harbor/protocol'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { lookOf } from './look.ts'

it('is always what the server takes, and never more cells than it allows', () => {
  const degrees = fc.double({ min: -170, max: 170, noNaN: true })
  fc.assert(
    fc.property(degrees, degrees, fc.double({ min: 0.001, max: 1, noNaN: true }), (west, south, side) => {
      const box: [number, number, number, number] = [west, south, west + side, south + side]
      const look = lookOf(box, ['a'])
      expect(lookSchema.safeParse(look).success).toBe(true)
      const columns = Math.floor((west + side) / LOOK_CELL_DEG) - Math.floor(west / LOOK_CELL_DEG) + 1
      const rows = Math.floor((south + side) / LOOK_CELL_DEG) - Math.floor(south / LOOK_CELL_DEG) + 1
      const isLegal = south >= -90 && south + side <= 90
      expect(look.box !== null).toBe(isLegal && columns * rows <= MAX_LOOK_CELLS)
    }),
  )
})

it('names each station once, and no more than the server takes', () => {
  const many = Array.from({ length: 80 }, (_, index) => `s-${index}`)
  expect(lookOf(undefined, ['s-1', ...many]).stations).toHaveLength(MAX_NEAR)
  expect(lookOf(undefined, ['a', 'a'])).toEqual({ box: null, stations: ['a'] })
})
