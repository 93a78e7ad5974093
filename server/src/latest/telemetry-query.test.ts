import { hasCode } from '@harbor/protocol'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MAX_POINTS, parseTelemetrySpan, tryParseDuration } from './telemetry-query.ts'

const NOW = Date.UTC(2026, 6, 30, 4)
const HOUR_MS = 3_600_000

describe('times', () => {
  test.each([
    ['2026-07-30T03:00:00Z', NOW - HOUR_MS],
    ['2026-07-30T03:00:00.250Z', NOW - HOUR_MS + 250],
    ['2026-07-30T11:00:00+08:00', NOW - HOUR_MS],
    ['2026-07-30T11:00:00 08:00', NOW - HOUR_MS], // a plus sign that was not escaped
    [String((NOW - HOUR_MS) / 1000), NOW - HOUR_MS],
    [String(NOW - HOUR_MS), NOW - HOUR_MS],
    ['-1h', NOW - HOUR_MS],
    ['-PT1H', NOW - HOUR_MS],
  ])('from=%s is understood', (from, expected) => {
    expect(parseTelemetrySpan({ from }, NOW, 1)).toEqual({ fromMs: expected, toMs: NOW, everyMs: undefined })
  })

  test('the last 24 hours are the default, and the day before `to` when that alone is given', () => {
    expect(parseTelemetrySpan({}, NOW, 1)).toMatchObject({ fromMs: NOW - 24 * HOUR_MS, toMs: NOW })
    expect(parseTelemetrySpan({ to: '-1h' }, NOW, 1)).toMatchObject({ fromMs: NOW - 25 * HOUR_MS, toMs: NOW - HOUR_MS })
  })

  test.each(['', 'now-1h', '2026-07-30', '2026-13-01T00:00:00Z', '1e9', '-', '--1h', '-1M', 'NaN'])(
    'from="%s" is refused, naming from',
    from => expect(() => parseTelemetrySpan({ from }, NOW, 1)).toThrow(/query: from: expected/),
  )

  test('a span may be 366 days and not a moment more', () => {
    const longest = { from: '-366d', every: '1d' }
    expect(parseTelemetrySpan(longest, NOW, 1)).toMatchObject({ everyMs: 24 * HOUR_MS })
    expect(() => parseTelemetrySpan({ ...longest, from: String(NOW - 366 * 24 * HOUR_MS - 1) }, NOW, 1)).toThrow(
      /366 days/,
    )
  })
})

describe('durations', () => {
  test.each([
    ['30s', 30_000],
    ['5m', 300_000],
    ['1h', HOUR_MS],
    ['1d', 24 * HOUR_MS],
    ['1w', 7 * 24 * HOUR_MS],
    ['250ms', 250],
    ['1.5h', 1.5 * HOUR_MS],
    ['PT5M', 300_000],
    ['P1DT12H', 36 * HOUR_MS],
    ['P2W', 14 * 24 * HOUR_MS],
    ['PT0.5S', 500],
  ])('%s', (text, expected) => expect(tryParseDuration(text)).toBe(expected))

  test.each(['', 's', '5', '0s', '-5m', '5 m', '5M', 'P', 'PT', 'P1Y', 'P1M', '1h30m', 'PT1.5H', '1e3s'])(
    '"%s" is none',
    text => expect(tryParseDuration(text)).toBeUndefined(),
  )
})

test('windows that would need more points than an answer carries are refused with a width that is enough', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 366 * 24 * 3_600 }),
      fc.integer({ min: 1, max: 100_000 }),
      fc.integer({ min: 1, max: 50 }),
      (spanS, everyS, series) => {
        const from = String(NOW - spanS * 1_000)
        const ask = (every: string) => parseTelemetrySpan({ from, every }, NOW, series)
        // Asks once more, with the width that a refusal advises; a refusal without one fails here.
        const answered = resultOf(() => ask(`${everyS}s`))
        const advised = /ask for (\d+s) or more/.exec(answered.problem?.message ?? '')?.[1]
        const everyMs = (answered.value ?? ask(advised as string)).everyMs as number
        expect((Math.ceil((spanS * 1_000) / everyMs) + 1) * series).toBeLessThanOrEqual(MAX_POINTS)
      },
    ),
  )
})

test('no text makes it throw anything but an error for the asker', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.string(), (from, to, every) => {
      const { value, problem } = resultOf(() => parseTelemetrySpan({ from, to, every }, NOW, 3))
      const isSpan = value !== undefined && value.fromMs < value.toMs
      expect(isSpan || hasCode(problem, 'invalid_request')).toBe(true)
    }),
  )
})

/** What a call gave, or threw. */
function resultOf<T>(call: () => T): { value?: T; problem?: Error } {
  try {
    return { value: call() }
  } catch (error) {
    return { problem: error as Error }
  }
}
