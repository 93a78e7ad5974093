import { describe, expect, it } from 'vitest'
import { NOON_MS } from '../test/sample-stations.ts'
import { translatorFor } from '../texts/texts.ts'
import { hoursLines } from './hours-text.ts'
import { ageText, clockText } from './time-text.ts'

const zh = translatorFor('zh')
const en = translatorFor('en')
const SECOND_MS = 1_000
const HOUR_MS = 3_600_000

describe('ageText', () => {
  it.each([
    { ageMs: -5 * SECOND_MS, text: 'just now' },
    { ageMs: 59 * SECOND_MS, text: 'just now' },
    { ageMs: 60 * SECOND_MS, text: '1 min ago' },
    { ageMs: HOUR_MS - 1, text: '59 min ago' },
    { ageMs: HOUR_MS, text: '1 h ago' },
    { ageMs: 48 * HOUR_MS - 1, text: '47 h ago' },
    { ageMs: 48 * HOUR_MS, text: '2 d ago' },
  ])('says "$text" for $ageMs ms', ({ ageMs, text }) => {
    expect(ageText(ageMs, en)).toBe(text)
  })
})

describe('clockText', () => {
  const words = { t: en, locale: 'en', timeZone: 'Asia/Shanghai' }

  it.each([
    // Noon of Thursday 2026-07-30 in Chongqing.
    { hours: 10, text: '22:00' },
    { hours: -11.75, text: '00:15' },
    { hours: 20, text: 'tomorrow 08:00' },
    { hours: 44, text: 'Sat 08:00' },
    { hours: 24 * 7, text: 'Aug 6 12:00' },
    { hours: -24, text: 'Jul 29 12:00' },
  ])("says $text for $hours hours from noon, in the stations' zone", ({ hours, text }) => {
    expect(clockText(NOON_MS + hours * HOUR_MS, NOON_MS, words)).toBe(text)
  })

  it("keeps to the stations' zone where the phone's day is another", () => {
    expect(clockText(NOON_MS + 10 * HOUR_MS, NOON_MS, { ...words, timeZone: 'Pacific/Auckland' })).toBe(
      'tomorrow 02:00',
    )
  })

  it('speaks Chinese', () => {
    expect(clockText(NOON_MS + 20 * HOUR_MS, NOON_MS, { t: zh, locale: 'zh-CN', timeZone: 'Asia/Shanghai' })).toBe(
      '明天 08:00',
    )
  })
})

describe('hoursLines', () => {
  it.each([
    { hours: '24/7', lines: ['Every day 0:00–24:00'] },
    { hours: 'Mo-Su 07:00-22:00', lines: ['Every day 07:00–22:00'] },
    { hours: '08:00-20:00', lines: ['Every day 08:00–20:00'] },
    {
      hours: 'Mo-Fr 08:30-12:00,14:30-18:00; Sa,Su 09:00-17:00; PH off',
      lines: ['Mon–Fri 08:30–12:00, 14:30–18:00', 'Sat, Sun 09:00–17:00', 'Holidays closed'],
    },
  ])('says $hours in words', ({ hours, lines }) => {
    expect(hoursLines(hours, en, 'en')).toEqual(lines)
  })

  it('speaks Chinese', () => {
    expect(hoursLines('Mo-Fr 07:00-22:00; PH off', zh, 'zh-CN')).toEqual(['周一–周五 07:00–22:00', '节假日 不开放'])
  })

  it.each(['Mo-Fr sunrise-sunset', 'Jan-Mar 08:00-18:00', 'week 1-20 Mo 10:00-12:00', 'by appointment', '', 'Mo'])(
    'shows what it cannot say as it was written: %j',
    hours => {
      expect(hoursLines(hours, en, 'en').join(';')).toBe(hours)
    },
  )
})
