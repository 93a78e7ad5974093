import { describe, expect, it } from 'vitest'
import { STALE_AFTER_MS, againstUsual, freshnessOf, inTrouble, shareOf } from './freshness.ts'
import { overview } from '../test/fixture-management.ts'

const NOW = Date.parse('2026-10-01T04:00:00.000Z')
const ago = (ageMs: number) => new Date(NOW - ageMs).toISOString()

describe('a figure of the one screen', () => {
  it('is live up to twice the time between two tellings, and stale after', () => {
    expect(freshnessOf(ago(STALE_AFTER_MS), NOW)).toBe('live')
    expect(freshnessOf(ago(STALE_AFTER_MS + 1), NOW)).toBe('stale')
  })

  it('has no share where there is nothing, which is not none at all', () => {
    expect(shareOf(0, 0)).toBeUndefined()
    expect(shareOf(3, 4)).toBe(0.75)
  })

  it('is told against the usual one only where there is a usual one', () => {
    expect(againstUsual(12, 10)).toBeCloseTo(0.2)
    expect(againstUsual(12, 0)).toBeUndefined()
    expect(againstUsual(12, undefined)).toBeUndefined()
  })
})

describe('stations in trouble', () => {
  it('are those that are shut though they should be open, show nobody, or are not heard', () => {
    const { counts } = overview(NOW)
    expect(inTrouble({ ...counts, closedButShouldBeOpen: 2, notConfirmed: 3, offline: 5, closed: 99 })).toBe(10)
  })
})
