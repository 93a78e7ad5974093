import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { createCalendar } from '../calendar/calendar.ts'
import { type CountedReport, nextWorkingDay, voicesReport } from './voice-figures.ts'

const TIME_ZONE = 'Asia/Shanghai'
/** Monday, 23 November 2026, 12:00 in Chongqing. */
const NOW_MS = Date.parse('2026-11-23T04:00:00Z')
const HOUR_MS = 3_600_000
const holiday = { nameZh: '节', nameEn: 'Holiday', weekday: 1 }
const calendar = createCalendar([
  {
    year: 2026,
    spans: [
      { from: '2026-11-24', to: '2026-11-24', kind: 'holiday', ...holiday },
      { from: '2026-11-28', to: '2026-11-28', kind: 'make_up_workday', ...holiday },
    ],
  },
])
const report = (agoHours: number, rest: Partial<CountedReport> = {}): CountedReport => ({
  station: 'cq-1',
  nameZh: '一',
  nameEn: 'One',
  district: '500103',
  topic: 'dirty',
  state: 'received',
  receivedMs: NOW_MS - agoHours * HOUR_MS,
  repliedMs: undefined,
  stars: undefined,
  ...rest,
})
const of = (...reports: CountedReport[]) => voicesReport(reports, { atMs: NOW_MS, timeZone: TIME_ZONE, calendar })

test.each([
  ['2026-11-20', '2026-11-23'], // Friday: Monday
  ['2026-11-23', '2026-11-25'], // Tuesday is a holiday
  ['2026-11-27', '2026-11-28'], // the Saturday is worked
])('the working day after %s is %s', (...[day, next]) => {
  expect(nextWorkingDay(day, calendar)).toBe(next)
})

test('a reply is in time until the end of the next working day, and thanks need none', () => {
  const friday = report(3 * 24) // Friday noon: until the end of Monday.
  const { replies } = of(
    friday,
    { ...friday, repliedMs: NOW_MS - HOUR_MS },
    report(5 * 24), // Wednesday: until the end of Thursday.
    report(6 * 24, { repliedMs: NOW_MS - 4 * 24 * HOUR_MS }), // Tuesday, answered on Thursday.
    report(5 * 24, { topic: 'thanks' }),
  )
  expect(replies).toEqual({ inTime: 1, late: 2, waiting: 1 })
})

test('a week without a rating has no stars, which is no zero', () => {
  const { weeks } = of(report(1, { stars: 5 }), report(2, { stars: 4 }), report(7 * 24))
  expect(weeks.length).toBe(26)
  expect(weeks.slice(-2)).toEqual([
    { monday: '2026-11-16', count: 1, rated: 0 },
    { monday: '2026-11-23', count: 2, rated: 2, stars: 4.5 },
  ])
})

test('weeks, themes and places each add up to all', () => {
  const any = fc.record({
    agoHours: fc.integer({ min: 0, max: 220 * 24 }),
    topic: fc.constantFrom('dirty' as const, 'thanks' as const, 'full' as const),
    station: fc.constantFrom('a', 'b', 'c'),
    state: fc.constantFrom('received' as const, 'closed' as const),
  })
  fc.assert(
    fc.property(fc.array(any, { maxLength: 40 }), given => {
      const all = of(...given.map(({ agoHours, ...rest }) => report(agoHours, rest)))
      const sum = (rows: readonly { count: number }[]) => rows.reduce((total, { count }) => total + count, 0)
      expect([sum(all.weeks), sum(all.themes), sum(all.places)]).toEqual([all.total, all.total, all.total])
    }),
  )
})
