import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { wallTimeMs } from './days.ts'

const ZONES = ['Asia/Shanghai', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'UTC']

test('what a clock of the zone shows is read back to a moment at which it shows that, save where it leaps over it', () => {
  const times = fc.date({ min: new Date('2026-01-01T00:00Z'), max: new Date('2028-01-01T00:00Z'), noInvalidDate: true })
  fc.assert(
    fc.property(times, fc.constantFrom(...ZONES), (...[at, timeZone]) => {
      const shown = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' })
      const text = shown.format(at).replace(' ', 'T')
      // A moment that was shown is none that the clock leaps over.
      expect(shown.format(wallTimeMs(text, timeZone)).replace(' ', 'T')).toBe(text)
    }),
  )
})

test('a deadline of the stations is not one of the reader’s own zone', () => {
  expect(new Date(wallTimeMs('2026-07-30T18:00', 'Asia/Shanghai')).toISOString()).toBe('2026-07-30T10:00:00.000Z')
})
