import { describe, expect, it } from 'vitest'
import { createServerClock } from './clock.ts'
import { ageText, clockText, durationText, exactText, zoneOffsetMs } from './format.ts'

const NOON_UTC = Date.parse('2026-07-30T04:00:05.000Z')
const MINUTE = 60_000
const HOUR = 3_600_000

describe('ageText', () => {
  it.each([
    [0, 'now', '现在'],
    [-9_000, 'now', '现在'],
    [12_000, '12 sec. ago', '12秒前'],
    [59_999, '59 sec. ago', '59秒前'],
    [31 * MINUTE, '31 min. ago', '31分钟前'],
    [47 * HOUR, '47 hr. ago', '47小时前'],
    [48 * HOUR, '2 days ago', '2天前'],
  ])('says %i ms as %s and %s', (ageMs, english, chinese) => {
    expect(ageText(ageMs, 'en')).toBe(english)
    expect(ageText(ageMs, 'zh-CN')).toBe(chinese)
  })
})

describe('durationText', () => {
  it.each([
    [45_000, '45 sec'],
    [31 * MINUTE, '31 min'],
    [125 * MINUTE, '2 hr 5 min'],
    [3 * HOUR, '3 hr'],
    [76 * HOUR, '3 days 4 hr'],
  ])('says %i ms as %s', (spanMs, text) => {
    expect(durationText(spanMs, 'en')).toBe(text)
  })

  it('says it in Chinese', () => {
    expect(durationText(31 * MINUTE, 'zh-CN')).toBe('31分钟')
  })
})

describe('clock texts', () => {
  const chongqing = { locale: 'en', timeZone: 'Asia/Shanghai' }

  it("are on the stations' clock, not the device's", () => {
    expect(exactText(NOON_UTC, chongqing)).toBe('Jul 30, 2026, 12:00:05 GMT+8')
    expect(clockText(NOON_UTC, NOON_UTC, chongqing)).toBe('12:00')
  })

  it('name the day when it is another one there', () => {
    // 16:30 UTC is half past midnight of the next day in Chongqing.
    expect(clockText(Date.parse('2026-07-30T16:30:00Z'), NOON_UTC, chongqing)).toBe('Fri, 7/31, 00:30')
  })
})

describe('zoneOffsetMs', () => {
  it.each([
    ['2026-07-30T04:00:00.123Z', 'Asia/Shanghai', 8 * HOUR],
    ['2026-07-30T04:00:00Z', 'UTC', 0],
    ['2026-01-15T12:00:00Z', 'Europe/Berlin', HOUR],
    ['2026-07-15T12:00:00Z', 'Europe/Berlin', 2 * HOUR],
    ['2026-07-15T12:00:00Z', 'America/St_Johns', -2.5 * HOUR],
  ])('of %s in %s is %i', (at, zone, offset) => {
    expect(zoneOffsetMs(Date.parse(at), zone)).toBe(offset)
  })
})

describe('the server clock', () => {
  it("follows the server when the device's clock is wrong, and not for a slow answer", () => {
    const clock = createServerClock(() => 1_000_000)
    clock.learn(1_005_000)
    expect(clock.now()).toBe(1_000_000)
    clock.learn(1_300_000)
    expect(clock.now()).toBe(1_300_000)
    clock.learn(1_000_000)
    expect(clock.now()).toBe(1_000_000)
  })
})
