import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dateOfWall, isPlannedOpen, openingAt, plannedDay, wallOfDate, weekdayOfWall } from './opening-at.ts'
import type { HoursPlan } from './opening-plan.ts'

const DAY = [{ from: 480, to: 720 }, { from: 840, to: 1_080 }] // prettier-ignore
const NIGHT = [{ from: 480, to: 1_320 }, { from: 1_320, to: 1_920, unstaffed: true }] // prettier-ignore

/** From Thursday, 1 October 2026, on; Saturday's and Sunday's hours run through the night. */
const PLAN: HoursPlan = {
  validFrom: '2026-10-01',
  validUntil: '2026-10-14',
  week: [DAY, DAY, DAY, DAY, DAY, NIGHT, NIGHT],
  special: [
    { date: '2026-10-01', kind: 'holiday', stretches: [] },
    { date: '2026-10-10', kind: 'make_up_workday', stretches: DAY },
  ],
}

const wall = (text: string) => Date.parse(`${text}:00Z`)
const at = (text: string) => {
  const { changesAt, ...said } = openingAt(PLAN, wall(text))
  return { ...said, ...(changesAt !== undefined && { changesAt: new Date(changesAt).toISOString().slice(0, 16) }) }
}

describe('an opening by the plan', () => {
  test('is open in its stretches and closed between them', () => {
    expect(at('2026-10-02T08:00')).toEqual({
      state: 'open',
      openSince: wall('2026-10-02T08:00'),
      changesAt: '2026-10-02T12:00',
    })
    expect(at('2026-10-02T07:59')).toEqual({ state: 'closed', changesAt: '2026-10-02T08:00' })
    expect(at('2026-10-02T12:00')).toEqual({ state: 'closed', changesAt: '2026-10-02T14:00' })
    expect(at('2026-10-02T18:00')).toEqual({ state: 'closed', changesAt: '2026-10-03T08:00' })
  })

  test('goes on over midnight and from staff to none without a break', () => {
    const night = at('2026-10-04T03:00')
    expect(night).toMatchObject({ state: 'open', unstaffed: true, openSince: wall('2026-10-03T08:00') })
    // Saturday 08:00 to Monday 08:00, and on through Monday's morning
    expect(night.changesAt).toBe('2026-10-05T12:00')
  })

  test('says why a day is not as others, and looks past it', () => {
    expect(at('2026-10-01T09:00')).toEqual({ state: 'closed', special: 'holiday', changesAt: '2026-10-02T08:00' })
    expect(at('2026-10-10T13:00')).toMatchObject({ state: 'closed', special: 'make_up_workday' })
  })

  test('is unknown outside of its days, and tells no change beyond them', () => {
    expect(at('2026-09-30T23:59')).toEqual({ state: 'unknown' })
    expect(at('2026-10-15T00:00')).toEqual({ state: 'unknown' })
    expect(at('2026-10-14T19:00')).toEqual({ state: 'closed' })
  })

  test('is asked for alone with the same answer', () => {
    fc.assert(
      fc.property(fc.integer({ min: -2_000, max: 16 * 1_440 }), minute => {
        const wallMs = wall('2026-09-30T00:00') + minute * 60_000
        const { state } = openingAt(PLAN, wallMs)
        expect(isPlannedOpen(PLAN, wallMs)).toBe(state === 'unknown' ? undefined : state === 'open')
      }),
    )
  })

  test('around the clock never changes', () => {
    const always = { ...PLAN, week: PLAN.week.map(() => [{ from: 0, to: 1_440 }]), special: [] }
    const told = openingAt(always, wall('2026-10-07T12:00'))
    expect(told).toEqual({ state: 'open', openSince: wall('2026-10-01T00:00') })
  })
})

test('the stretches of a day are its own, or the week’s', () => {
  expect(plannedDay(PLAN, '2026-10-10')).toEqual({ stretches: DAY, special: 'make_up_workday' })
  expect(plannedDay(PLAN, '2026-10-11')).toEqual({ stretches: NIGHT })
})

test('dates and weekdays are those of the calendar, before 1970 too', () => {
  expect(dateOfWall(wall('2026-10-01T23:59'))).toBe('2026-10-01')
  expect(new Date(wallOfDate('2026-02-28')).toISOString()).toBe('2026-02-28T00:00:00.000Z')
  // 1 October 2026 is a Thursday, 31 December 1969 a Wednesday
  expect([weekdayOfWall(wallOfDate('2026-10-01')), weekdayOfWall(wallOfDate('1969-12-31'))]).toEqual([3, 2])
})
