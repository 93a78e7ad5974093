import { expect, test } from 'vitest'
import { isOpenInHour, minutesUntilClosing, parseWeeklyHours } from './opening-hours.ts'

const SUNDAY = 0
const MONDAY = 1
const SATURDAY = 6
const at = (weekday: number, hour: number, minute = 0) => ({ weekday, minute: hour * 60 + minute, dayOfYear: 0 })

test('24/7 never closes', () => {
  const hours = parseWeeklyHours('24/7')
  for (const weekday of [SUNDAY, MONDAY, SATURDAY]) expect(minutesUntilClosing(hours, at(weekday, 23, 59))).toBe(1_440)
})

test('a day with a midday break is closed in the break', () => {
  const hours = parseWeeklyHours('Mo-Fr 08:30-12:00,14:30-18:00; Sa-Su 09:00-17:00')
  expect(minutesUntilClosing(hours, at(MONDAY, 8, 29))).toBe(0)
  expect(minutesUntilClosing(hours, at(MONDAY, 8, 30))).toBe(210)
  expect(minutesUntilClosing(hours, at(MONDAY, 12))).toBe(0)
  expect(minutesUntilClosing(hours, at(MONDAY, 17, 59))).toBe(1)
  expect(minutesUntilClosing(hours, at(SUNDAY, 13))).toBe(240)
})

test('a day without a rule is closed, and a later rule replaces an earlier one', () => {
  const hours = parseWeeklyHours('Mo-Sa 09:00-17:00; Sa 09:00-12:00')
  expect(minutesUntilClosing(hours, at(SUNDAY, 10))).toBe(0)
  expect(minutesUntilClosing(hours, at(SATURDAY, 11))).toBe(60)
  expect(minutesUntilClosing(hours, at(SATURDAY, 13))).toBe(0)
})

test('an hour counts as open when any minute of it is', () => {
  const hours = parseWeeklyHours('08:30-12:00')
  expect([7, 8, 11, 12].map(hour => isOpenInHour(hours, MONDAY, hour))).toEqual([false, true, true, false])
})

test.each(['', 'always', 'Mo-Fr', '9:00-17:00', '17:00-09:00', 'Xx 09:00-17:00', '09:00-24:30', '09:00-17:00; off'])(
  'hours it does not read are refused, never guessed: "%s"',
  text => {
    expect(() => parseWeeklyHours(text)).toThrowError(expect.objectContaining({ code: 'SIMULATORS_FLEET_UNUSABLE' }))
  },
)
