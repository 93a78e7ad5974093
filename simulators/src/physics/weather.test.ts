import { expect, test } from 'vitest'
import { localIsoText, localTime } from './local-time.ts'
import { weatherAt } from './weather.ts'

const HOUR_MS = 3_600_000

/** Outdoor temperatures of a month of 2026, hour by hour, over 8 seeds. */
function month(index: number): number[] {
  const from = Date.UTC(2026, index, 1)
  const to = Date.UTC(2026, index + 1, 1)
  const temperatures: number[] = []
  for (const seed of 'abcdefgh') {
    for (let atMs = from; atMs < to; atMs += HOUR_MS) temperatures.push(weatherAt(atMs, seed).outdoorC)
  }
  return temperatures
}

const mean = (numbers: number[]) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length

test('months are as warm as Chongqing’s', () => {
  // Published monthly means of Shapingba, to the degree: January 8, April 19, July 29, October 19.
  expect(Math.abs(mean(month(0)) - 8)).toBeLessThan(2)
  expect(Math.abs(mean(month(3)) - 19)).toBeLessThan(2)
  expect(Math.abs(mean(month(6)) - 29)).toBeLessThan(2)
  expect(Math.abs(mean(month(9)) - 19)).toBeLessThan(2.5)
})

test('it never freezes hard and never passes 44 Cel', () => {
  expect(Math.min(...month(0))).toBeGreaterThan(-3)
  expect(Math.max(...month(6), ...month(7))).toBeLessThan(44)
})

test('afternoons are warmer than the nights before them, and the sun is down at midnight', () => {
  const midnight = Date.parse('2026-07-30T00:00:00+08:00')
  const day = (hour: number) => weatherAt(midnight + hour * HOUR_MS, 'seed')
  expect(day(15).outdoorC - day(4).outdoorC).toBeGreaterThan(4)
  expect(day(0).sun).toBe(0)
  expect(day(13).sun).toBeGreaterThan(0.9)
})

test('the weather changes without jumps', () => {
  const start = Date.UTC(2026, 6, 1)
  for (let minute = 0; minute < 20 * 1_440; minute += 10) {
    const [now, next] = [minute, minute + 10].map(at => weatherAt(start + at * 60_000, 'seed').outdoorC)
    expect(Math.abs((next ?? 0) - (now ?? 0))).toBeLessThan(0.6)
  }
})

test('a station’s clock is China’s', () => {
  const at = Date.parse('2026-12-31T18:30:00Z')
  expect(localTime(at)).toEqual({ weekday: 5, minute: 150, dayOfYear: 150 / 1_440 })
  expect(localIsoText(at)).toBe('2027-01-01T02:30:00')
})
