import { FAULT_AGES } from '@harbor/protocol'
import { assert, integer, property } from 'fast-check'
import { expect, test } from 'vitest'
import { raisedWithin } from './fault-age.ts'

const NOW_MS = Date.UTC(2026, 9, 20)

test('whatever was raised has exactly one age', () => {
  assert(
    property(integer({ min: -1_000, max: 30 * 86_400 }), secondsAgo => {
      const atMs = NOW_MS - secondsAgo * 1_000
      const found = FAULT_AGES.filter(age => {
        const { afterMs, untilMs } = raisedWithin(age, NOW_MS)
        return atMs > afterMs && atMs <= untilMs
      })
      expect(found).toHaveLength(1)
    }),
  )
})

test('an hour, a day and a week after it was raised a fault is of the next age', () => {
  const ageOf = (hours: number) =>
    FAULT_AGES.find(age => {
      const { afterMs, untilMs } = raisedWithin(age, NOW_MS)
      const atMs = NOW_MS - hours * 3_600_000
      return atMs > afterMs && atMs <= untilMs
    })
  expect([0.9, 1, 23.9, 24, 167.9, 168].map(ageOf)).toEqual([
    'underHour',
    'underDay',
    'underDay',
    'underWeek',
    'underWeek',
    'older',
  ])
})
