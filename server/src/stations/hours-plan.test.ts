import { hoursPlanSchema } from '@harbor/protocol'
import { dateOfWall, openingAt, plannedDay, wallOfDate } from '@harbor/protocol/opening-at'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readCalendar } from '../calendar/read-calendar.ts'
import type { HoursOverride } from './hours-line.ts'
import { createPostedHours } from './opening.ts'

const posted = createPostedHours(await readCalendar('/no such folder'))
const SHANGHAI = 'Asia/Shanghai'
const MINUTE_MS = 60_000
const DAY_MS = 1_440 * MINUTE_MS
/** The wall clock in China is 8 hours ahead of UTC. */
const SHIFT_MS = 8 * 3_600_000

const REAL_HOURS = [
  '24/7',
  '24/7 off',
  '08:30-12:00,14:30-18:00',
  'Mo-Fr 08:00-20:00; PH off',
  'Mo-Fr 09:00-17:00; Sa,Su,PH 10:00-16:00',
  'Mo-Fr 08:30-12:00,14:30-18:00; Sa-Su 09:00-17:00; PH 10:00-15:00',
  'Fr-Sa 20:00-04:00; Su-Th 20:00-24:00; PH off',
  '22:00-06:00',
  'Jun-Aug 07:00-22:00; Sep-May 08:00-20:00',
  'Sep 15-Oct 20 07:00-13:00; Oct 21-Sep 14 09:00-18:00; Dec 24 off',
  '08:00-22:00 open "staffed", 22:00-08:00 open "unstaffed: code at the door"',
  'Mo-Sa 06:00-23:00; Su 06:00-30:00',
  'week 1-53/2 Fr 09:00-12:00; 13:00-17:00',
]

const overrideArb: fc.Arbitrary<HoursOverride> = fc
  .record({
    day: fc.integer({ min: -3, max: 40 }),
    days: fc.integer({ min: 0, max: 9 }),
    hours: fc.constantFrom(undefined, '05:30-22:00', '24/7', '20:00-02:00'),
  })
  .map(({ day, days, hours }) => {
    const fromMs = wallOfDate('2026-09-20') + day * DAY_MS
    const kind = hours === undefined ? ('closure' as const) : ('heat' as const)
    const span = { from: dateOfWall(fromMs), to: dateOfWall(fromMs + days * DAY_MS) }
    return { id: `${day} ${days} ${hours}`, kind, ...span, ...(hours !== undefined && { hours }) }
  })

test('a plan says at every moment of its days what the hours, the calendar and the changes say', () => {
  const anyPlanArb = fc.record({
    hours: fc.constantFrom(...REAL_HOURS),
    madeOn: fc.integer({ min: 0, max: 400 }),
    minute: fc.integer({ min: 0, max: 60 * 1_440 - 1 }),
    overrides: fc.array(overrideArb, { maxLength: 3 }),
  })
  fc.assert(
    fc.property(anyPlanArb, ({ hours, madeOn, minute, overrides }) => {
      const madeMs = Date.UTC(2026, 0, 20, 3) + madeOn * DAY_MS
      const plan = posted.plan({ hours, overrides, atMs: madeMs, timeZone: SHANGHAI })
      if (plan === undefined) throw new Error(`no plan of ${hours}`)
      const wallMs = Math.floor((madeMs + SHIFT_MS) / DAY_MS) * DAY_MS + minute * MINUTE_MS
      const atMs = wallMs - SHIFT_MS
      const { openSince: _openSince, special: _special, ...told } = openingAt(plan, wallMs)
      const truth = posted.openingState({ hours, overrides, atMs, timeZone: SHANGHAI, closingSoonMs: -1 })
      const { changesAtMs } = truth
      const endMs = wallOfDate(plan.validUntil) + DAY_MS
      const isPlanned = changesAtMs !== undefined && changesAtMs + SHIFT_MS < endMs
      const expected = {
        state: truth.state,
        ...(isPlanned && { changesAt: changesAtMs + SHIFT_MS }),
        ...(truth.unstaffed && { unstaffed: true }),
      }
      expect(told).toEqual(wallMs < endMs ? expected : { state: 'unknown' })
    }),
    { numRuns: 400 },
  )
})

test('a plan has the shape of the contract', () => {
  for (const hours of REAL_HOURS) {
    for (const month of [0, 1, 3, 8, 11]) {
      const plan = posted.plan({ hours, atMs: Date.UTC(2026, month, 12), timeZone: SHANGHAI })
      expect(hoursPlanSchema.parse(plan)).toEqual(plan)
    }
  }
})

const planOn = (hours: string, date: string, overrides: HoursOverride[] = []) =>
  posted.plan({ hours, overrides, atMs: Date.parse(`${date}T12:00:00+08:00`), timeZone: SHANGHAI })

describe('what differs from the week says why', () => {
  test('holidays and make-up workdays', () => {
    const plan = planOn('Mo-Fr 08:00-20:00; PH off', '2026-09-16')
    const kinds = plan?.special.map(({ date, kind }) => `${date.slice(5)} ${kind}`)
    expect(kinds).toEqual([
      '09-20 make_up_workday',
      '09-25 holiday',
      '10-01 holiday',
      '10-02 holiday',
      '10-05 holiday',
      '10-06 holiday',
      '10-07 holiday',
      '10-10 make_up_workday',
    ])
    expect(plan?.week[5]).toEqual([])
    expect(plannedDay(plan as never, '2026-09-20').stretches).toEqual([{ from: 480, to: 1_200 }])
  })

  test('a season that begins within it', () => {
    const plan = planOn('Jun-Aug 07:00-22:00; Sep-May 08:00-20:00', '2026-08-12')
    expect(plan?.week[0]).toEqual([{ from: 420, to: 1_320 }])
    expect(plan?.special[0]).toEqual({ date: '2026-09-01', kind: 'season', stretches: [{ from: 480, to: 1_200 }] })
  })

  test('a change for some days, which stands above a holiday', () => {
    const heat = { id: 'a', kind: 'heat' as const, from: '2026-10-01', to: '2026-10-01', hours: '05:30-22:00' }
    const plan = planOn('Mo-Fr 08:00-20:00; PH off', '2026-09-28', [heat])
    expect(plan?.special[0]).toEqual({ date: '2026-10-01', kind: 'heat', stretches: [{ from: 330, to: 1_320 }] })
    expect(plan?.special[1]?.kind).toBe('holiday')
  })
})

test('a night belongs to the evening that it begins on, and hours without end are cut at midnight', () => {
  expect(planOn('22:00-06:00', '2026-11-11')?.week[0]).toEqual([{ from: 1_320, to: 1_800 }])
  expect(planOn('24/7', '2026-11-11')?.week[6]).toEqual([{ from: 0, to: 1_440 }])
  expect(planOn('08:00-22:00 open "staffed", 22:00-08:00 open "unstaffed"', '2026-11-11')?.week[0]).toEqual([
    { from: 480, to: 1_320 },
    { from: 1_320, to: 1_920, unstaffed: true },
  ])
})

test('hours that go by holidays are planned as far as holidays are known, and never less than two weeks', () => {
  expect(planOn('Mo-Fr 08:00-20:00; PH off', '2026-11-23')?.validUntil).toBe('2026-12-31')
  expect(planOn('Mo-Fr 08:00-20:00; PH off', '2026-12-30')?.validUntil).toBe('2027-01-12')
  expect(planOn('08:00-20:00', '2026-11-23')?.validUntil).toBe('2027-01-21')
})

test('hours that are unknown at some time have no plan', () => {
  for (const hours of ['xx', 'Mo-Fr 09:00-17:00 "by appointment"', 'SH off'])
    expect(planOn(hours, '2026-11-23')).toBeUndefined()
  expect(posted.plan({ hours: undefined, atMs: Date.now(), timeZone: SHANGHAI })).toBeUndefined()
})

test('places of the same hours share one plan', () => {
  expect(planOn('08:00-20:00', '2026-11-23')).toBe(planOn('08:00-20:00', '2026-11-23'))
})
