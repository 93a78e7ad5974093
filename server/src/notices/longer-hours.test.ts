import type { HoursPlan, OpenStretch } from '@harbor/protocol'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { readCalendar } from '../calendar/read-calendar.ts'
import { createPostedHours } from '../stations/opening.ts'
import { longerHours } from './longer-hours.ts'

/** Thursday 30 July 2026. */
const DAY = { from: '2026-07-30', to: '2026-07-30' }
const plan = (stretches: OpenStretch[]): HoursPlan => ({
  validFrom: '2026-07-30',
  validUntil: '2026-09-27',
  week: Array.from({ length: 7 }, () => stretches),
  special: [],
})
const open = (from: number, to: number) => ({ from, to })

test('a station opens no later and closes no earlier than ordered, without its midday break', () => {
  const noonBreak = plan([open(510, 720), open(870, 1_080)])
  expect(longerHours(noonBreak, { openUntil: '22:00', ...DAY })).toBe('Th 08:30-22:00')
  expect(longerHours(noonBreak, { openFrom: '05:30', openUntil: '22:00', ...DAY })).toBe('Th 05:30-22:00')
})

test('one that is open for all of it anyway keeps its hours', () => {
  expect(longerHours(plan([open(0, 1_440)]), { openFrom: '05:30', openUntil: '22:00', ...DAY })).toBeUndefined()
  expect(longerHours(plan([open(300, 1_380)]), { openFrom: '05:30', openUntil: '22:00', ...DAY })).toBeUndefined()
})

test('a day on which nobody is there stays closed, and a night beyond midnight is one stretch', () => {
  expect(longerHours(plan([]), { openUntil: '22:00', ...DAY })).toBeUndefined()
  expect(longerHours(plan([open(480, 1_080)]), { openUntil: '02:00', ...DAY })).toBe('Th 08:00-26:00')
})

const posted = createPostedHours(await readCalendar('/no such folder'))

test('the hours that come out can be read, and are open from the first to the last minute ordered', () => {
  const minute = fc.integer({ min: 360, max: 1_380 })
  fc.assert(
    fc.property(minute, fc.integer({ min: 30, max: 700 }), minute, (from, length, untilMin) => {
      const clock = `${String(Math.floor(untilMin / 60)).padStart(2, '0')}:${String(untilMin % 60).padStart(2, '0')}`
      const hours = longerHours(plan([open(from, from + length)]), { openUntil: clock, ...DAY })
      const covers = from + length >= untilMin
      expect(hours === undefined).toBe(covers)
      const atMs = Date.UTC(2026, 6, 29, 16) + (untilMin - 1) * 60_000
      const state = hours && posted.openingState({ hours, atMs, timeZone: 'Asia/Shanghai', closingSoonMs: 0 }).state
      expect(state).toBe(covers ? undefined : 'open')
    }),
  )
})
