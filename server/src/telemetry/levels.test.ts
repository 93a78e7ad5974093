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
  { of: 'no windows', fromMs: KEPT.raw, everyMs: undefined, level: 'raw', wide: undefined },
  { of: 'no windows, of what is gone', fromMs: 0, everyMs: undefined, level: 'raw', wide: undefined },
  { of: 'a minute', fromMs: KEPT.raw, everyMs: 60_000, level: 'raw', wide: 60_000 },
  {
    of: 'a minute, a millisecond too early',
    fromMs: KEPT.raw - 1,
    everyMs: 60_000,
    level: 'quarter',
    wide: LEVEL_MS.quarter,
  },
  { of: '20 minutes', fromMs: KEPT.raw, everyMs: 20 * 60_000, level: 'raw', wide: 20 * 60_000 },
  {
    of: '20 minutes, too early: the next that quarters fill',
    fromMs: KEPT.raw - 1,
    everyMs: 20 * 60_000,
    level: 'quarter',
    wide: 30 * 60_000,
  },
  { of: 'a quarter', fromMs: KEPT.raw, everyMs: LEVEL_MS.quarter, level: 'quarter', wide: LEVEL_MS.quarter },
  {
    of: 'a quarter, the last one kept',
    fromMs: KEPT.quarter,
    everyMs: LEVEL_MS.quarter,
    level: 'quarter',
    wide: LEVEL_MS.quarter,
  },
  {
    of: 'a quarter, too early',
    fromMs: KEPT.quarter - 1,
    everyMs: LEVEL_MS.quarter,
    level: 'hour',
    wide: LEVEL_MS.hour,
  },
  {
    of: '90 minutes, too early',
    fromMs: KEPT.quarter - 1,
    everyMs: 90 * 60_000,
    level: 'hour',
    wide: 2 * LEVEL_MS.hour,
  },
  { of: 'a day', fromMs: KEPT.raw, everyMs: DAY_MS, level: 'hour', wide: DAY_MS },
  { of: 'a day, of what is gone', fromMs: 0, everyMs: DAY_MS, level: 'hour', wide: DAY_MS },
] as const)('windows of $of', ({ fromMs, everyMs, level, wide }) => {
  expect(pickLevel({ fromMs, ...(everyMs !== undefined && { everyMs }) }, KEPT)).toEqual({ level, everyMs: wide })
})

it('reads the coarsest sums that fit even when everything is kept', () => {
  expect(pickLevel({ fromMs: 0, everyMs: 3 * LEVEL_MS.hour }, KEEPS_ALL).level).toBe('hour')
})
