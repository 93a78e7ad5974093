import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { daysLater } from '../assets/asset-row.ts'
import { expiryState, warningStage } from './expiry.ts'

test.each([
  [61, 'fresh'],
  [60, 'in_60'],
  [31, 'in_60'],
  [30, 'in_30'],
  [8, 'in_30'],
  [7, 'in_7'],
  [0, 'in_7'],
  [-1, 'expired'],
])('%i days before its last day a batch is %s', (...[days, state]) => {
  expect(expiryState(daysLater('2026-11-23', days), '2026-11-23')).toBe(state)
})

test('what does not expire is never warned of', () => {
  expect(expiryState(null, '2026-11-23')).toBe('none')
})

test('watched day by day, a batch comes to each of the four warnings once and in order, wherever the watch begins', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 120 }), left => {
      const seen: number[] = []
      const last = daysLater('2026-01-01', left)
      for (let day = 0; day <= left + 3; day += 1) {
        const stage = warningStage(last, daysLater('2026-01-01', day))
        if (stage !== undefined && stage !== seen.at(-1)) seen.push(stage)
      }
      const first = left > 30 ? 0 : left > 7 ? 1 : 2
      expect(seen).toEqual([60, 30, 7, 0].slice(first))
    }),
  )
})
