import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { deletedBefore, hourOf, monthOf } from './month.ts'

const ZONE = 'Asia/Shanghai'
const at = (text: string) => Date.parse(text)

test("a month is that of the stations' own calendar", () => {
  expect(monthOf(at('2026-10-31T15:59:59Z'), ZONE)).toBe('2026-10')
  expect(monthOf(at('2026-10-31T16:00:00Z'), ZONE)).toBe('2026-11')
})

test('the hour of a check-in is the full one before it', () => {
  expect(hourOf(at('2026-10-31T16:59:59.999Z'), ZONE)).toBe(at('2026-10-31T16:00:00Z'))
  // India is half an hour apart from the full hours of UTC.
  expect(hourOf(at('2026-10-31T16:59:59Z'), 'Asia/Kolkata')).toBe(at('2026-10-31T16:30:00Z'))
})

test('a month is kept until seven days after its end, to the millisecond', () => {
  const beginOfNovember = at('2026-11-01T00:00:00+08:00')
  const beginOfOctober = at('2026-10-01T00:00:00+08:00')
  expect(deletedBefore(at('2026-11-07T23:59:59.999+08:00'), ZONE)).toBe(beginOfOctober)
  expect(deletedBefore(at('2026-11-08T00:00:00.000+08:00'), ZONE)).toBe(beginOfNovember)
})

test('a check-in is kept for at least seven days and for no more than a month and seven days', () => {
  const moments = fc.integer({ min: at('2020-01-01T00:00:00Z'), max: at('2040-01-01T00:00:00Z') })
  fc.assert(
    fc.property(moments, fc.constantFrom(ZONE, 'Europe/Berlin', 'America/St_Johns'), (nowMs, zone) => {
      const ageDays = (nowMs - deletedBefore(nowMs, zone)) / (24 * 3_600_000)
      expect(ageDays).toBeGreaterThanOrEqual(7)
      // 31 days, seven days, and the hour by which clocks are put forward or back.
      expect(ageDays).toBeLessThan(31 + 7 + 0.1)
    }),
  )
})
