import type { HoursPlan } from '@harbor/protocol'
import { describe, expect, it } from 'vitest'
import { dateIn, isAllDay, minuteIn, specialAhead, stretchText, weekAhead, weekdayOf } from './week-hours.ts'

const day = [{ from: 480, to: 1_320 }]
const plan: HoursPlan = {
  validFrom: '2026-09-21',
  validUntil: '2026-10-31',
  week: [day, day, day, day, day, [], []],
  special: [
    { date: '2026-09-26', kind: 'make_up_workday', stretches: day },
    { date: '2026-10-01', kind: 'holiday', stretches: [] },
    { date: '2026-10-02', kind: 'holiday', stretches: [] },
    { date: '2026-10-03', kind: 'holiday', stretches: [{ from: 600, to: 900 }] },
    { date: '2026-10-05', kind: 'holiday', stretches: [] },
  ],
}

describe('weekAhead', () => {
  it('gives seven days from today, special days in the place of their weekday', () => {
    // 2026-09-24 is a Thursday.
    const days = weekAhead(plan, '2026-09-24')
    expect(days.map(({ date }) => date)).toEqual(
      ['24', '25', '26', '27', '28', '29', '30'].map(number => `2026-09-${number}`),
    )
    expect(days.map(({ kind }) => kind)).toEqual([
      undefined,
      undefined,
      'make_up_workday',
      undefined,
      undefined,
      undefined,
      undefined,
    ])
    // A Saturday worked for the holiday, and a Sunday that is not.
    expect([days[2]?.stretches, days[3]?.stretches]).toEqual([day, []])
  })

  it('says nothing of days that the plan does not hold for', () => {
    expect(weekAhead(plan, '2026-10-30').map(({ date }) => date)).toEqual(['2026-10-30', '2026-10-31'])
    expect(weekAhead(plan, '2026-11-01')).toEqual([])
    expect(weekAhead(plan, '2026-09-19')[0]?.date).toBe('2026-09-21')
  })
})

describe('specialAhead', () => {
  it('joins days in a row with the same hours, beyond the week shown day by day', () => {
    expect(specialAhead(plan, '2026-09-24').map(({ date, until }) => [date, until])).toEqual([
      ['2026-10-01', '2026-10-02'],
      ['2026-10-03', '2026-10-03'],
      ['2026-10-05', '2026-10-05'],
    ])
  })

  it('leaves out days that stand in the week above', () => {
    expect(specialAhead(plan, '2026-09-29').map(({ date }) => date)).toEqual([])
    expect(specialAhead(plan, '2026-09-27').map(({ date }) => date)).toEqual(['2026-10-05'])
  })

  it('is no longer than twelve lines', () => {
    const special = Array.from({ length: 40 }, (_, index) => ({
      date: `2027-0${1 + Math.floor(index / 20)}-${String(1 + (index % 20)).padStart(2, '0')}`,
      kind: 'notice' as const,
      stretches: [{ from: index, to: 900 }],
    }))
    expect(specialAhead({ ...plan, validUntil: '2027-12-31', special }, '2026-09-24')).toHaveLength(12)
  })
})

describe('words', () => {
  it.each([
    [{ from: 480, to: 1_320 }, '08:00–22:00'],
    [{ from: 0, to: 1_440 }, '00:00–24:00'],
    [{ from: 1_200, to: 1_560 }, '20:00–02:00'],
    [{ from: 5, to: 65 }, '00:05–01:05'],
  ])('%j is %s', (stretch, text) => expect(stretchText(stretch)).toBe(text))

  it('all day is one stretch from midnight to midnight', () => {
    expect(isAllDay([{ from: 0, to: 1_440 }])).toBe(true)
    expect(isAllDay([{ from: 0, to: 1_439 }])).toBe(false)
    expect(isAllDay([])).toBe(false)
  })

  it('dates and minutes are those of the stations, not of the phone', () => {
    const atMs = Date.parse('2026-09-30T16:05:00Z')
    expect([dateIn('Asia/Shanghai', atMs), minuteIn('Asia/Shanghai', atMs)]).toEqual(['2026-10-01', 5])
    expect(weekdayOf('2026-10-01')).toBe(3)
    expect(weekdayOf('2024-01-01')).toBe(0)
  })
})
