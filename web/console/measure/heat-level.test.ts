import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { heatLevel } from './heat-level.ts'

it('tells apart what was never observed, nothing at all, and the most', () => {
  expect(heatLevel(null, 10)).toBe('none')
  expect(heatLevel(0, 10)).toBe(0)
  expect(heatLevel(0, 0)).toBe(0)
  expect(heatLevel(0.01, 10)).toBe(1)
  expect(heatLevel(10, 10)).toBe(5)
})

it('never colours less what is more', () => {
  const value = fc.double({ min: 0, max: 1e6, noNaN: true })
  fc.assert(
    fc.property(value, value, (a, b) => {
      const most = Math.max(a, b)
      const [low, high] = [Math.min(a, b), most].map(one => Number(heatLevel(one, most)))
      expect(low).toBeLessThanOrEqual(high ?? -1)
    }),
  )
})
