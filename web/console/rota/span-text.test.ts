import { expect, it } from 'vitest'
import { spanText } from './span-text.ts'

const STYLE = { locale: 'en', timeZone: 'Asia/Shanghai' }

it('names the day once, and the second day of a night', () => {
  expect(spanText({ from: '2026-11-23T01:00:00.000Z', to: '2026-11-23T05:00:00.000Z' }, STYLE)).toBe(
    'Mon, 11/23, 09:00–13:00',
  )
  expect(spanText({ from: '2026-11-23T14:00:00.000Z', to: '2026-11-23T17:00:00.000Z' }, STYLE)).toBe(
    'Mon, 11/23, 22:00–Tue, 11/24, 01:00',
  )
})
