import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  ALWAYS,
  type Clocked,
  type Schedule,
  addCounted,
  countedBetween,
  deadlinesFrom,
  nextAlarm,
  resumed,
} from './clock.ts'
import { TARGETS } from './policy.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** Open from `from` to `to` o'clock UTC on every day that is not a holiday (days since 1970). */
function daily(from: number, to: number, holidays: readonly number[] = []): Schedule {
  const isOpenAt = (atMs: number) => {
    const day = Math.floor(atMs / DAY_MS)
    const hour = (atMs % DAY_MS) / HOUR_MS
    return !holidays.includes(day) && hour >= from && hour < to
  }
  return atMs => {
    const isOpen = isOpenAt(atMs)
    for (let nextMs = (Math.floor(atMs / HOUR_MS) + 1) * HOUR_MS; ; nextMs += HOUR_MS)
      if (isOpenAt(nextMs) !== isOpen) return { isOpen, changesAtMs: nextMs }
  }
}

test('time counts while the station is open alone: 10 hours begun at 15:00 of a place open 9 to 17 end at 17:00 on the next day', () => {
  // 15 to 17 are 2 hours, 9 to 17 the other 8.
  expect(addCounted(15 * HOUR_MS, 10 * HOUR_MS, daily(9, 17))).toBe(DAY_MS + 17 * HOUR_MS)
})

test('a holiday does not count: the same ten hours end a day later', () => {
  expect(addCounted(15 * HOUR_MS, 10 * HOUR_MS, daily(9, 17, [1]))).toBe(2 * DAY_MS + 17 * HOUR_MS)
})

test.each([
  ['hours that nobody knows', (() => ({ isOpen: undefined })) as Schedule],
  ['a place that never opens again', (() => ({ isOpen: false })) as Schedule],
])('%s count by the wall clock', (_what, schedule) => {
  expect(addCounted(0, 5 * HOUR_MS, schedule)).toBe(5 * HOUR_MS)
})

const schedules = fc
  .tuple(fc.integer({ min: 0, max: 22 }), fc.integer({ min: 1, max: 23 }), fc.array(fc.integer({ min: 0, max: 20 })))
  .map(([from, span, holidays]) => daily(from, Math.min(24, from + span), holidays))
const instants = fc.integer({ min: 0, max: 20 * DAY_MS })
const durations = fc.integer({ min: 1, max: 80 * HOUR_MS })

test('what was added is what lies between', () => {
  fc.assert(
    fc.property(fc.oneof(schedules, fc.constant(ALWAYS)), instants, durations, (schedule, fromMs, durationMs) => {
      expect(countedBetween(fromMs, addCounted(fromMs, durationMs, schedule), schedule)).toBe(durationMs)
    }),
  )
})

test('after a pause as much counted time is left as before it, and what was late stays late', () => {
  fc.assert(
    fc.property(schedules, instants, fc.tuple(durations, durations), (schedule, startMs, [beforeMs, pauseMs]) => {
      const deadlines = deadlinesFrom(startMs, TARGETS.P2, schedule)
      const pausedMs = startMs + beforeMs
      const nowMs = pausedMs + pauseMs
      const after = resumed(deadlines, { pausedMs, nowMs }, schedule)
      const left = (fromMs: number, byMs: number) => countedBetween(fromMs, byMs, schedule)
      for (const key of ['acceptByMs', 'respondByMs', 'doneByMs'] as const) {
        const wasLate = deadlines[key] <= pausedMs
        expect(wasLate ? after[key] : left(nowMs, after[key])).toBe(
          wasLate ? deadlines[key] : left(pausedMs, deadlines[key]),
        )
      }
    }),
  )
})

test('somebody is reminded when a quarter of the time is left; lead, district and city are told at 100, 150 and 200 %', () => {
  const order: Clocked = {
    ...deadlinesFrom(0, TARGETS.P1, ALWAYS),
    state: 'assigned',
    isPaused: false,
    reminded: undefined,
    level: 'crew',
  }
  const told: [string, number][] = []
  for (let now = order; ;) {
    const alarm = nextAlarm(now, TARGETS.P1, ALWAYS)
    if (alarm === undefined) break
    told.push([alarm.does === 'remind' ? 'remind' : alarm.level, alarm.atMs / 60_000])
    now = alarm.does === 'remind' ? { ...now, reminded: alarm.stage } : { ...now, level: alarm.level }
  }
  // P1 is to be accepted within 10 minutes.
  expect(told).toEqual([
    ['remind', 7.5],
    ['lead', 10],
    ['district', 15],
    ['city', 20],
  ])
})

test.each(['done', 'verified', 'cancelled'] as const)('the clock of an order that is %s says nothing', state => {
  const order = {
    ...deadlinesFrom(0, TARGETS.P0, ALWAYS),
    state,
    isPaused: false,
    reminded: undefined,
    level: 'crew' as const,
  }
  expect(nextAlarm(order, TARGETS.P0, ALWAYS)).toBeUndefined()
})

test('a clock that stands says nothing', () => {
  const order = {
    ...deadlinesFrom(0, TARGETS.P0, ALWAYS),
    state: 'on_site' as const,
    isPaused: true,
    reminded: undefined,
    level: 'crew' as const,
  }
  expect(nextAlarm(order, TARGETS.P0, ALWAYS)).toBeUndefined()
})
