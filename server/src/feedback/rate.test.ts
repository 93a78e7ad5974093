import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRateLimit, judge } from './rate.ts'

const MINUTE_MS = 60_000

test('a burst is let through at once, and then one for each interval, not sooner', () => {
  const limit = createRateLimit({ burst: 3, everyMs: 10_000 })
  expect([0, 0, 0].map(() => limit.take('a', 1_000))).toEqual([undefined, undefined, undefined])
  expect(limit.take('a', 1_000)).toBe(10_000)
  expect(limit.take('a', 10_999)).toBe(1)
  expect(limit.take('a', 11_000)).toBeUndefined()
  expect(limit.take('b', 1_000)).toBeUndefined()
})

test('in any stretch of time no more is let through than the burst and one for each interval', () => {
  const rates = fc.record({ burst: fc.integer({ min: 1, max: 20 }), everyMs: fc.integer({ min: 1, max: 20_000 }) })
  const steps = fc.array(fc.integer({ min: 0, max: 30_000 }), { minLength: 1, maxLength: 200 })
  fc.assert(
    fc.property(rates, steps, (rate, waits) => {
      let nowMs = 0
      let emptyAtMs: number | undefined
      const allowed: number[] = []
      for (const pause of waits) {
        nowMs += pause
        const verdict = judge(rate, emptyAtMs, nowMs)
        ;({ emptyAtMs } = verdict)
        if (verdict.waitMs === undefined) allowed.push(nowMs)
        // Whoever waits for as long as it was told is let through.
        const waited = judge(rate, emptyAtMs, nowMs + (verdict.waitMs ?? rate.everyMs))
        expect(waited.waitMs).toBeUndefined()
      }
      for (const [index, from] of allowed.entries()) {
        const within = allowed.slice(index)
        for (const [count, to] of within.entries())
          expect(count + 1).toBeLessThanOrEqual(rate.burst + Math.floor((to - from) / rate.everyMs))
      }
    }),
  )
})

test('a clock that is set back by a day keeps nobody out for a day', () => {
  const rate = { burst: 5, everyMs: MINUTE_MS }
  const later = judge(rate, undefined, 24 * 3_600_000).emptyAtMs
  const waits = [0, 1, 2, 3, 4, 5].map(minutes => judge(rate, later, minutes * MINUTE_MS).waitMs ?? 0)
  expect(Math.max(...waits)).toBeLessThanOrEqual(MINUTE_MS)
})

test('made-up senders fill no memory, and forget the flood of nobody who goes on with it', () => {
  const limit = createRateLimit({ burst: 1, everyMs: MINUTE_MS }, 100)
  limit.take('flood', 0)
  for (let n = 0; n < 1_000; n += 1) {
    limit.take(`made-up ${n}`, n)
    expect(limit.take('flood', n)).toBeGreaterThan(0)
  }
  expect(limit.size()).toBe(100)
})
