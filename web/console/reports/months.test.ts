import { expect, it } from 'vitest'
import { monthName, newestFullMonth } from './months.ts'

it.each([
  ['2026-11-24', '2026-10'],
  ['2026-11-01', '2026-10'],
  ['2026-01-31', '2025-12'],
  ['2028-03-01', '2028-02'],
])('on %s the newest month that is over is %s', (today, month) => {
  expect(newestFullMonth(today)).toBe(month)
})

it('is named in the page’s language', () => {
  expect(monthName('2026-10', 'zh')).toBe('2026年10月')
  expect(monthName('2026-10', 'en')).toBe('October 2026')
})
