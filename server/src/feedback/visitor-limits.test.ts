import { expect, test } from 'vitest'
import type { ApiProblem } from '../errors.ts'
import { createVisitorLimits } from './visitor-limits.ts'

const MINUTE_MS = 60_000

/** What a message meets: `ok`, or the code and wait of its refusal. */
function outcome(take: () => void): string {
  try {
    take()
    return 'ok'
  } catch (error) {
    const { code, retryAfterS } = error as ApiProblem
    return `${code} ${retryAfterS === undefined ? 'for ever' : 'for a while'}`
  }
}

/** How many of so many messages a minute are let through, minute by minute. */
function allowed(perMinute: number, minutes: number, speakerOf: (n: number) => { network: string; sender?: string }) {
  const limits = createVisitorLimits()
  return Array.from({ length: minutes }, (_, minute) => {
    const outcomes = Array.from({ length: perMinute }, (_message, n) => {
      const atMs = minute * MINUTE_MS + Math.floor((n * MINUTE_MS) / perMinute)
      return outcome(() => limits.take({ ...speakerOf(minute * perMinute + n), station: 'cq-1' }, atMs))
    })
    expect(new Set([...outcomes, 'ok', 'too_many_requests for a while']).size).toBe(2)
    return outcomes.filter(what => what === 'ok').length
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
  const outcomes = Array.from({ length: 1_000 }, (_, n) =>
    outcome(() => limits.take({ network: `n${n}`, station: 'cq-1' }, 0)),
  )
  expect(outcomes.filter(what => what === 'ok')).toHaveLength(100)
  limits.take({ network: 'somebody', station: 'cq-2' }, 0)
})
