import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { STAY_MS, createArrivals } from './arrivals.ts'

const count = (arrivals: ReturnType<typeof createArrivals>, atMs: number) => arrivals.of('cq-1', atMs)?.count ?? 0

test('who arrived is counted once, for half an hour after the last scan, and at that station alone', () => {
  const arrivals = createArrivals()
  arrivals.arrive('cq-1', 'a', 1_000)
  arrivals.arrive('cq-1', 'a', 2_000)
  expect(arrivals.of('cq-1', 2_000)).toEqual({ count: 1, sinceMs: 2_000 })
  expect(arrivals.of('cq-2', 2_000)).toBeUndefined()
  expect(count(arrivals, 2_000 + STAY_MS - 1)).toBe(1)
  expect(count(arrivals, 2_000 + STAY_MS)).toBe(0)
})

test('whoever leaves is taken off once, however often it is said', () => {
  const arrivals = createArrivals()
  for (const who of ['a', 'b', 'c']) arrivals.arrive('cq-1', who, 0)
  for (let n = 0; n < 3; n += 1) arrivals.leave('cq-1', 'b', n)
  expect(count(arrivals, 10)).toBe(2)
})

test('a leaving of nobody known is that of whoever came first, once', () => {
  const arrivals = createArrivals()
  arrivals.arrive('cq-1', 'first', 0)
  arrivals.arrive('cq-1', 'second', 1_000)
  for (let n = 0; n < 3; n += 1) arrivals.leave('cq-1', 'scanned anew', 2_000)
  expect(arrivals.of('cq-1', 2_000)).toEqual({ count: 1, sinceMs: 1_000 })
})

test('whoever leaves after longer than is counted takes nobody else off', () => {
  const arrivals = createArrivals()
  arrivals.arrive('cq-1', 'rests long', 0)
  arrivals.arrive('cq-1', 'came later', 2 * STAY_MS - 1)
  arrivals.forget(2 * STAY_MS)
  for (let n = 0; n < 3; n += 1) arrivals.leave('cq-1', 'rests long', 2 * STAY_MS)
  expect(count(arrivals, 2 * STAY_MS)).toBe(1)
})

test('whoever says again that they are there is taken off by one leaving', () => {
  const arrivals = createArrivals()
  arrivals.arrive('cq-1', 'a', 0)
  arrivals.forget(STAY_MS)
  arrivals.arrive('cq-1', 'a', STAY_MS)
  arrivals.leave('cq-1', 'a', STAY_MS + 1)
  expect(count(arrivals, STAY_MS + 1)).toBe(0)
})

test('forgetting names a station exactly when time has made its count smaller', () => {
  const acts = fc.array(
    fc.record({
      who: fc.constantFrom('a', 'b', 'c', 'd'),
      isLeaving: fc.boolean(),
      afterMs: fc.integer({ min: 0, max: STAY_MS }),
    }),
    { maxLength: 30 },
  )
  fc.assert(
    fc.property(acts, given => {
      const arrivals = createArrivals()
      let nowMs = 0
      for (const { who, isLeaving, afterMs } of given) {
        const before = count(arrivals, nowMs)
        nowMs += afterMs
        const isFewer = count(arrivals, nowMs) < before
        expect(arrivals.forget(nowMs).includes('cq-1')).toBe(isFewer)
        if (isLeaving) arrivals.leave('cq-1', who, nowMs)
        else arrivals.arrive('cq-1', who, nowMs)
      }
    }),
  )
})

test('made-up visitors fill no memory', () => {
  const arrivals = createArrivals()
  for (let n = 0; n < 2_000; n += 1) arrivals.arrive('cq-1', `made up ${n}`, 0)
  expect(count(arrivals, 0)).toBe(500)
})
