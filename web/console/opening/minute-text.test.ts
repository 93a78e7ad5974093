import { expect, it } from 'vitest'
import { minuteText } from './minute-text.ts'

it('writes minutes as a clock does, and counts on past midnight', () => {
  expect([0, 61, 1_439, 1_470].map(minuteText)).toEqual(['00:00', '01:01', '23:59', '24:30'])
})
