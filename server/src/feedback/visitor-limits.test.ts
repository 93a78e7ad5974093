import { expect, test } from 'vitest'
import { createVisitorLimits } from './visitor-limits.ts'

const MINUTE_MS = 60_000

/** How many of `messages` in a minute are let through, minute by minute. */
function allowed(perMinute: number, minutes: number, speakerOf: (n: number) => { network: string; sender?: string }) {
  const limits = createVisitorLimits()
  return Array.from({ length: minutes }, (_, minute) => {
    let passed = 0
    for (let n = 0; n < perMinute; n += 1) {
      const atMs = minute * MINUTE_MS + Math.floor((n * MINUTE_MS) / perMinute)
      try {
        limits.take({ ...speakerOf(minute * perMinute + n), station: 'cq-1' }, atMs)
        passed += 1
      } catch (error) {
        expect(error).toMatchObject({ code: 'too_many_requests', retryAfterS: expect.any(Number) })
      }
    }
    return passed
  })
}

test('five people a minute behind one address are never held up, for a whole hour', () => {
  const passed = allowed(5, 60, n => ({ network: 'shared', sender: `phone ${n}` }))
  expect(Math.min(...passed)).toBe(5)
})

test('a hundred posts a minute from one address are stopped within the first, and stay stopped', () => {
  const passed = allowed(100, 10, n => ({ network: 'flood', sender: `made-up ${n}` }))
  expect(passed[0]).toBeLessThanOrEqual(30)
  for (const later of passed.slice(1)) expect(later).toBeLessThanOrEqual(11)
})

test('one phone that taps on and on is stopped while its neighbours behind the same address are not', () => {
  const limits = createVisitorLimits()
  const tap = (sender: string, atMs: number) => limits.take({ network: 'shared', sender, station: 'cq-1' }, atMs)
  for (let n = 0; n < 6; n += 1) tap('restless', n)
  // Refused by its own limit, it takes nothing of the others' share.
  for (let n = 0; n < 100; n += 1) expect(() => tap('restless', 10 + n)).toThrow('too much at once')
  for (let n = 0; n < 10; n += 1) tap(`neighbour ${n}`, 200)
})

test('a flood of one station from many addresses is bounded, and leaves the other stations alone', () => {
  const limits = createVisitorLimits()
  let passed = 0
  for (let n = 0; n < 1_000; n += 1) {
    try {
      limits.take({ network: `n${n}`, station: 'cq-1' }, 0)
      passed += 1
    } catch {
      continue
    }
  }
  expect(passed).toBe(100)
  limits.take({ network: 'somebody', station: 'cq-2' }, 0)
})
