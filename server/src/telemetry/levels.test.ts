import { expect, it } from 'vitest'
import { DAY_MS, KEEPS_ALL, LEVEL_MS, RETENTION_DAYS, keptFromOf, pickLevel } from './levels.ts'

const NOW_MS = Date.UTC(2026, 10, 23, 17, 30)
const KEPT = keptFromOf(RETENTION_DAYS, NOW_MS)

it('keeps whole days of UTC before today', () => {
  expect(KEPT).toEqual({
    raw: Date.UTC(2026, 9, 24),
    // Two years back, and a leap day more.
    quarter: Date.UTC(2024, 10, 22),
    hour: Date.UTC(2026, 10, 23) - 3_653 * DAY_MS,
  })
})

it.each([
  ['no windows', KEPT.raw, undefined, 'raw', undefined],
  ['no windows, of what is gone', 0, undefined, 'raw', undefined],
  ['a minute', KEPT.raw, 60_000, 'raw', 60_000],
  ['a minute, a millisecond too early', KEPT.raw - 1, 60_000, 'quarter', LEVEL_MS.quarter],
  ['20 minutes', KEPT.raw, 20 * 60_000, 'raw', 20 * 60_000],
  ['20 minutes, too early: the next that quarters fill', KEPT.raw - 1, 20 * 60_000, 'quarter', 30 * 60_000],
  ['a quarter', KEPT.raw, LEVEL_MS.quarter, 'quarter', LEVEL_MS.quarter],
  ['a quarter, the last one kept', KEPT.quarter, LEVEL_MS.quarter, 'quarter', LEVEL_MS.quarter],
  ['a quarter, too early', KEPT.quarter - 1, LEVEL_MS.quarter, 'hour', LEVEL_MS.hour],
  ['90 minutes, too early', KEPT.quarter - 1, 90 * 60_000, 'hour', 2 * LEVEL_MS.hour],
  ['a day', KEPT.raw, DAY_MS, 'hour', DAY_MS],
  ['a day, of what is gone', 0, DAY_MS, 'hour', DAY_MS],
] as const)('windows of %s', (_name, fromMs, everyMs, level, wide) => {
  expect(pickLevel({ fromMs, ...(everyMs !== undefined && { everyMs }) }, KEPT)).toEqual({ level, everyMs: wide })
})

it('reads the coarsest sums that fit even when everything is kept', () => {
  expect(pickLevel({ fromMs: 0, everyMs: 3 * LEVEL_MS.hour }, KEEPS_ALL).level).toBe('hour')
})
