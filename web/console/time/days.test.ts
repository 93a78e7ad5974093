import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { dayIn, isDay, nextDay, startOfDayMs } from './days.ts'

// Half-hours, changes of the clock at midnight (Beirut, Havana, Santiago) and at other hours, and none.
const ZONES = [
  'Asia/Shanghai',
  'UTC',
  'Asia/Kolkata',
  'Europe/Berlin',
  'Asia/Beirut',
  'America/Havana',
  'America/Santiago',
]

const dayArbitrary = fc
  .date({ min: new Date('2000-01-01T00:00:00Z'), max: new Date('2035-12-31T00:00:00Z'), noInvalidDate: true })
  .map(date => date.toISOString().slice(0, 10))

test('a day begins at its first instant, also where the clock is changed at midnight', () => {
  fc.assert(
    fc.property(dayArbitrary, fc.constantFrom(...ZONES), (day, timeZone) => {
      const startMs = startOfDayMs(day, timeZone)
      expect(dayIn(startMs, timeZone)).toBe(day)
      expect(dayIn(startMs - 1, timeZone)).toBe(nextDay(day, -1))
    }),
    { numRuns: 300 },
  )
})

test.each([
  ['2026-03-29', 'Asia/Beirut', '2026-03-28T22:00:00.000Z'],
  ['2026-07-30', 'Asia/Shanghai', '2026-07-29T16:00:00.000Z'],
])('%s in %s begins at %s', (day, zone, at) => {
  expect(new Date(startOfDayMs(day, zone)).toISOString()).toBe(at)
})

test.each([
  ['2026-02-28', true],
  ['2026-02-29', false],
  ['2026-13-01', false],
  ['', false],
  ['26-01-01', false],
])('%j is a day: %s', (text, is) => {
  expect(isDay(text)).toBe(is)
})
