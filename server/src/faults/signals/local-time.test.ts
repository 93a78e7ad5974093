import { expect, test } from 'vitest'
import { localDay, localHour, zoneOffset } from './local-time.ts'

const HOUR_MS = 3_600_000

test.each([
  ['Asia/Shanghai', '2026-07-01T00:00:00Z', 8],
  ['UTC', '2026-07-01T00:00:00Z', 0],
  ['Asia/Kathmandu', '2026-07-01T00:00:00Z', 5.75],
  ['America/St_Johns', '2026-01-01T00:00:00Z', -3.5],
  ['Europe/Berlin', '2026-03-29T00:59:59Z', 1], // summer time begins at 01:00 UTC
  ['Europe/Berlin', '2026-03-29T01:00:00Z', 2],
])('in %s at %s clocks are ahead by %d h', (zone, at, hours) => {
  expect(zoneOffset(zone)(Date.parse(at))).toBe(hours * HOUR_MS)
})

test('a day begins at midnight of the zone', () => {
  const offsetMs = zoneOffset('Asia/Shanghai')(0)
  const midnightMs = Date.parse('2026-07-01T00:00:00+08:00')
  expect(localDay(midnightMs, offsetMs) - localDay(midnightMs - 1, offsetMs)).toBe(1)
  expect(localHour(midnightMs, offsetMs) % 24).toBe(0)
})
