import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { valueAxis } from './value-axis.ts'

describe('valueAxis', () => {
  it.each([
    [[], { min: 0, max: 1, step: 1 }],
    [[0, 1_150], { min: 0, max: 1_500, step: 500 }],
    [[3.5, 14.7, 12], { min: 0, max: 20, step: 5 }],
    [[6], { min: 5.5, max: 6.5, step: 0.5 }],
    [[0], { min: 0, max: 1, step: 0.5 }],
    [[-18.2, -15], { min: -19, max: -14, step: 1 }],
  ])('holds %j on round marks', (values, axis) => {
    expect(valueAxis(values)).toEqual(axis)
  })

  it('always holds every value between its ends, with few marks', () => {
    const value = fc.double({ min: -50_000, max: 50_000, noNaN: true })
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 20 }), values => {
        const { min, max, step } = valueAxis(values)
        expect(min).toBeLessThanOrEqual(Math.min(...values))
        expect(max).toBeGreaterThanOrEqual(Math.max(...values))
        expect((max - min) / step).toBeLessThanOrEqual(6.01)
      }),
    )
  })
})
