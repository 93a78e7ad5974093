import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { createHistogram } from './histogram.ts'

const durations = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 300 })

it('knows every quantile to 2 % or a tenth of a millisecond', () => {
  fc.assert(
    fc.property(durations, fc.double({ min: 0, max: 1, noNaN: true }), (values, share) => {
      const histogram = createHistogram()
      for (const value of values) histogram.record(value)
      const sorted = values.toSorted((a, b) => a - b)
      const exact = sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1] ?? 0
      const told = histogram.quantile(share) ?? Number.NaN
      expect(Math.abs(told - exact)).toBeLessThanOrEqual(Math.max(0.11, exact * 0.02))
    }),
  )
})

it('tells the same after its parts were merged as if one had recorded all', () => {
  fc.assert(
    fc.property(fc.array(durations, { minLength: 1, maxLength: 5 }), parts => {
      const whole = createHistogram()
      const merged = createHistogram()
      for (const part of parts) {
        const worker = createHistogram()
        for (const value of part) {
          whole.record(value)
          worker.record(value)
          if (value > 5e5) merged.merge(worker.takeDelta())
        }
        merged.merge(worker.takeDelta())
      }
      expect(merged.count()).toBe(whole.count())
      for (const share of [0.1, 0.5, 0.99, 1]) expect(merged.quantile(share)).toBe(whole.quantile(share))
    }),
  )
})

it('has no quantile of nothing', () => {
  expect(createHistogram().quantile(0.5)).toBeUndefined()
})
