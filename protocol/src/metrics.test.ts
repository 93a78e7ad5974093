import { describe, expect, test } from 'vitest'
import { METRICS, METRIC_NAMES, implausible, isMetric } from './metrics.ts'
import { MAX_AGE_MS, MAX_FUTURE_MS, implausibleTime } from './reading.ts'

/** The next number on a side that a double can tell apart. */
const justBelow = (value: number) => value - Math.max(Math.abs(value) * Number.EPSILON, Number.MIN_VALUE)
const justAbove = (value: number) => -justBelow(-value)

describe.each(METRIC_NAMES)('the metric %s', metric => {
  const { kind, min, max, unit } = METRICS[metric]

  test('takes its least and its greatest value, and nothing beyond', () => {
    expect([implausible(metric, min), implausible(metric, max)]).toEqual([undefined, undefined])
    expect([implausible(metric, justBelow(min)), implausible(metric, justAbove(max))]).toEqual([
      'out_of_range',
      'out_of_range',
    ])
  })

  test('takes no number that is none', () => {
    for (const value of [Number.NaN, Infinity, -Infinity]) expect(implausible(metric, value)).toBe('not_finite')
  })

  test('has a unit unless it is a state, which is 0 or 1; a counter starts at 0', () => {
    expect(unit === undefined).toBe(kind === 'state')
    expect(implausible(metric, (min + max) / 2)).toBe(kind === 'state' ? 'out_of_range' : undefined)
    expect(kind !== 'counter' || min === 0).toBe(true)
  })
})

test.each(['constructor', '__proto__', 'toString', '', 'Power', 'power '])('%j is no metric', name => {
  expect(isMetric(name)).toBe(false)
})

test('a time is believed from a year back to ten minutes ahead, both included', () => {
  const now = Date.UTC(2026, 6, 30)
  expect(implausibleTime(now + MAX_FUTURE_MS, now)).toBeUndefined()
  expect(implausibleTime(now + MAX_FUTURE_MS + 1, now)).toBe('time_future')
  expect(implausibleTime(now - MAX_AGE_MS, now)).toBeUndefined()
  expect(implausibleTime(now - MAX_AGE_MS - 1, now)).toBe('time_past')
  expect(implausibleTime(0, now)).toBe('time_past')
})
