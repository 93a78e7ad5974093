import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { fromHours, toHours } from './usual-hours.ts'

const stretchesArb = fc.constantFrom('', '08:00-20:00', '08:30-12:00,14:30-18:00', '00:00-24:00', '22:00-06:00')

test('what was filled in is what is shown again', () => {
  const usualArb = fc.record({
    weekdays: stretchesArb,
    weekend: stretchesArb,
    holidays: fc.option(stretchesArb, { nil: undefined }),
  })
  fc.assert(
    fc.property(usualArb, usual => {
      expect(fromHours(toHours(usual))).toEqual(usual)
    }),
  )
})

test.each([
  ['24/7', { weekdays: '00:00-24:00', weekend: '00:00-24:00', holidays: undefined }],
  ['08:00-20:00', { weekdays: '08:00-20:00', weekend: '08:00-20:00', holidays: undefined }],
  ['Mo-Fr 08:00-18:00; PH off', { weekdays: '08:00-18:00', weekend: '', holidays: '' }],
])('%s is hours of the usual kind', (text, usual) => {
  expect(fromHours(text)).toEqual(usual)
})

test.each(['Mo,We 08:00-12:00', 'Mo-Fr 08:00-18:00; Mo-Su 09:00-10:00', 'sunrise-sunset', 'Apr-Oct 08:00-20:00', ''])(
  '%s is said by its text alone',
  text => {
    expect(fromHours(text)).toBeUndefined()
  },
)

test('what a thumb types on a Chinese keyboard is understood', () => {
  expect(toHours({ weekdays: '08：00–12：00，14:00 - 18:00', weekend: '', holidays: undefined })).toBe(
    'Mo-Fr 08:00-12:00,14:00-18:00',
  )
})
