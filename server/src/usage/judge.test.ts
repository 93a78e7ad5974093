import { describe, expect, it } from 'vitest'
import { type StationPeriod, judge } from './judge.ts'
import { doubtsOf } from './write-days.ts'

const USUAL: StationPeriod = {
  countedDays: 28,
  visits: 28 * 12,
  peakPeople: 6,
  crowdedDays: 0,
  capacity: 20,
  observedDays: 28,
  didNotOpen: 0,
  postedHoursPerDay: 12,
  faultyAppliances: 0,
  nearestM: 900,
  hotCrowdedDays: 0,
}

describe('a judgement', () => {
  it('is none of a usual station, and none of too few days', () => {
    expect(judge(USUAL)).toBeUndefined()
    expect(judge({ ...USUAL, visits: 0, countedDays: 13 })).toBeUndefined()
  })

  it('calls little use by its strongest reason first', () => {
    const few = { ...USUAL, visits: 28 }
    expect(judge(few)).toEqual({ judgement: 'under_used', reasons: ['unknown'] })
    expect(judge({ ...few, didNotOpen: 3, faultyAppliances: 1, nearestM: 200 })).toEqual({
      judgement: 'under_used',
      reasons: ['did_not_open', 'broken', 'near_other'],
    })
  })

  it('calls it overcrowded from a fifth of the days on', () => {
    expect(judge({ ...USUAL, crowdedDays: 5 })).toBeUndefined()
    expect(judge({ ...USUAL, crowdedDays: 6, capacity: 6, hotCrowdedDays: 3 })).toEqual({
      judgement: 'overcrowded',
      reasons: ['small', 'hot_days'],
    })
  })
})

describe('a doubt', () => {
  const week = Array.from({ length: 7 }, () => 10)
  it('needs more than three times the median of a week of counted days', () => {
    expect(doubtsOf({ visits: 30, in: null, out: null }, week)).toEqual({ doubts: [], median: 10 })
    expect(doubtsOf({ visits: 31, in: null, out: null }, week).doubts).toEqual(['above_median'])
    expect(doubtsOf({ visits: 31, in: null, out: null }, week.slice(1))).toEqual({ doubts: [], median: null })
  })

  it('is a difference of in and out by more than a fifth and more than ten', () => {
    expect(doubtsOf({ visits: 95, in: 100, out: 80 }, []).doubts).toEqual([])
    expect(doubtsOf({ visits: 90, in: 100, out: 79 }, []).doubts).toEqual(['imbalance'])
    expect(doubtsOf({ visits: 5, in: 10, out: 0 }, []).doubts).toEqual([])
  })
})
