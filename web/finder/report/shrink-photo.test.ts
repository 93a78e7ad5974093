import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { LONGEST_SIDE, fitInto } from './shrink-photo.ts'

it.each([
  [4_000, 3_000, { width: 1_600, height: 1_200 }],
  [3_000, 4_000, { width: 1_200, height: 1_600 }],
  [1_600, 900, { width: 1_600, height: 900 }],
  [640, 480, { width: 640, height: 480 }],
  [100_000, 10, { width: 1_600, height: 1 }],
])('%d by %d fits as %j', (width, height, expected) => expect(fitInto(width, height, LONGEST_SIDE)).toEqual(expected))

it('is never larger than it may be or was, and keeps its shape', () => {
  const side = fc.integer({ min: 1, max: 20_000 })
  fc.assert(
    fc.property(side, side, (width, height) => {
      const fitted = fitInto(width, height, LONGEST_SIDE)
      expect(Math.max(fitted.width, fitted.height)).toBeLessThanOrEqual(LONGEST_SIDE)
      expect(fitted.width).toBeLessThanOrEqual(width)
      // Half a pixel of rounding on each side.
      expect(Math.abs(fitted.width * height - fitted.height * width)).toBeLessThanOrEqual(Math.max(width, height))
    }),
  )
})
