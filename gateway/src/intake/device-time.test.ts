import { describe, expect, it } from 'vitest'
import { MAX_DEVICE_SKEW_MS, createDeviceClock } from './device-time.ts'

const ARRIVED = Date.UTC(2026, 6, 30, 4, 0, 10)
const wall = (text: string) => ({ kind: 'local' as const, wallMs: Date.parse(`${text}Z`) })

describe("a device's time", () => {
  it.each([
    // 12:00:05 in Shanghai (UTC+8) is 04:00:05 UTC.
    ['Asia/Shanghai', '2026-07-30T12:00:05'],
    // In July Berlin is at UTC+2.
    ['Europe/Berlin', '2026-07-30T06:00:05'],
    ['UTC', '2026-07-30T04:00:05'],
    ['Asia/Kathmandu', '2026-07-30T09:45:05'], // UTC+5:45
  ])('without a zone is read in %s', (zone, text) => {
    expect(createDeviceClock(zone).instantOf(wall(text), ARRIVED)).toBe(Date.UTC(2026, 6, 30, 4, 0, 5))
  })

  it('in UTC is taken as it is', () => {
    expect(createDeviceClock('Asia/Shanghai').instantOf({ kind: 'utc', atMs: ARRIVED - 900 }, ARRIVED)).toBe(
      ARRIVED - 900,
    )
  })

  it.each([MAX_DEVICE_SKEW_MS, -MAX_DEVICE_SKEW_MS])(
    'is believed at %i ms from the arrival, and not beyond',
    skewMs => {
      const clock = createDeviceClock('Asia/Shanghai')
      expect(clock.instantOf({ kind: 'utc', atMs: ARRIVED + skewMs }, ARRIVED)).toBe(ARRIVED + skewMs)
      expect(clock.instantOf({ kind: 'utc', atMs: ARRIVED + skewMs + Math.sign(skewMs) }, ARRIVED)).toBe(ARRIVED)
    },
  )

  it.each([
    ['1970-01-01T00:00:07', 'before its first NTP answer'],
    ['2026-07-30T04:00:05', 'in another zone than the station'],
  ])('%s, %s, gives way to the arrival', text => {
    expect(createDeviceClock('Asia/Shanghai').instantOf(wall(text), ARRIVED)).toBe(ARRIVED)
  })

  it('that is not said is the arrival', () => {
    expect(createDeviceClock('Asia/Shanghai').instantOf(undefined, ARRIVED)).toBe(ARRIVED)
  })
})
