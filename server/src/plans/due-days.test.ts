import type { PlanSchedule } from '@harbor/protocol'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dueAtMs, dueDays, lastDueDay, ruleProblem } from './due-days.ts'

const by = (rrule: string, from = '2026-01-01'): Extract<PlanSchedule, { by: 'calendar' }> => ({
  by: 'calendar',
  rrule,
  from,
  leadDays: 0,
})

test.each([
  ['FREQ=MONTHLY;BYMONTHDAY=-1', '2028-01-31', ['2028-01-31', '2028-02-29', '2028-03-31']],
  ['FREQ=MONTHLY;BYMONTHDAY=31', '2026-01-31', ['2026-01-31', '2026-03-31', '2026-05-31']],
  ['FREQ=MONTHLY;BYDAY=1MO', '2026-03-01', ['2026-03-02', '2026-04-06', '2026-05-04']],
  ['FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH', '2026-01-01', ['2026-01-01', '2026-01-12', '2026-01-15']],
  ['FREQ=YEARLY', '2024-02-29', ['2024-02-29', '2028-02-29', '2032-02-29']],
  ['FREQ=DAILY;COUNT=2', '2026-03-28', ['2026-03-28', '2026-03-29']],
])('%s from %s is due on %j', (rrule, from, days) => {
  expect(dueDays(by(rrule, from), { fromDay: from, count: 3 })).toEqual(days)
})

test.each([
  'FREQ=MONTHLY;BYMONTHDAY=32',
  'FREQ=MONTHLY;BYMONTHDAY=0',
  'FREQ=HOURLY',
  'FREQ=DAILY;BYHOUR=1,2,3',
  'FREQ=DAILY;UNTIL=20260101',
  'FREQ=DAILY;FREQ=DAILY',
  'FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30',
  'FREQ=DAILY;',
])('%s is refused with a reason', rrule => {
  expect(ruleProblem(by(rrule))).toMatch(/not understood|twice|ever due/)
})

test('the last due of a day is the day itself when it is due, and none before the first', () => {
  const weekly = by('FREQ=WEEKLY;BYDAY=MO', '2026-01-05')
  expect(['2026-01-04', '2026-01-05', '2026-01-11', '2026-01-12'].map(day => lastDueDay(weekly, day))).toEqual([
    undefined,
    '2026-01-05',
    '2026-01-05',
    '2026-01-12',
  ])
})

test('the first days from any day on begin where the last one up to it ends', () => {
  const day = fc
    .date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true })
    .map(date => date.toISOString().slice(0, 10))
  const rule = fc.constantFrom(
    'FREQ=DAILY;INTERVAL=3',
    'FREQ=WEEKLY;BYDAY=TU',
    'FREQ=MONTHLY;BYMONTHDAY=-1',
    'FREQ=MONTHLY;BYMONTHDAY=30',
    'FREQ=YEARLY',
  )
  fc.assert(
    fc.property(rule, day, day, (...[rrule, from, at]) => {
      const schedule = by(rrule, from)
      const all = dueDays(schedule, { fromDay: at, count: 3 })
      expect(all).toEqual(all.toSorted())
      for (const one of all) {
        expect(one >= at && one >= from).toBe(true)
        expect(lastDueDay(schedule, one)).toBe(one)
      }
      const last = lastDueDay(schedule, at)
      expect(last === undefined ? [] : dueDays(schedule, { fromDay: last, count: 1 })).toEqual(
        last === undefined ? [] : [last],
      )
    }),
    { numRuns: 100 },
  )
})

describe('the clock of a due begins at nine in the morning of its place', () => {
  test.each([
    ['2026-07-01', 'Asia/Shanghai', '2026-07-01T01:00:00.000Z'],
    // The clocks go forward and back in that night.
    ['2026-03-29', 'Europe/Berlin', '2026-03-29T07:00:00.000Z'],
    ['2026-10-25', 'Europe/Berlin', '2026-10-25T08:00:00.000Z'],
    ['2026-11-01', 'America/New_York', '2026-11-01T14:00:00.000Z'],
  ])('%s in %s', (...[day, zone, instant]) => {
    expect(new Date(dueAtMs(day, zone)).toISOString()).toBe(instant)
  })
})
