import { pino } from 'pino'
import { afterEach, expect, it, vi } from 'vitest'
import { DAY_MS } from './levels.ts'
import type { Upkeep } from './telemetry-store.ts'
import { createTelemetryUpkeep } from './upkeep.ts'

const NOW_MS = Date.UTC(2026, 6, 31, 13)
const log = pino({ level: 'silent' })

afterEach(() => void vi.useRealTimers())

it('keeps each level for so many whole days of UTC, and today', async () => {
  const told: Upkeep[] = []
  const store = { maintain: async (upkeep: Upkeep) => void told.push(upkeep) }
  const upkeep = createTelemetryUpkeep({ raw: 30, quarter: 60, hour: 40_000 }, { store, nowMs: () => NOW_MS, log })
  upkeep.start()
  await vi.waitFor(() => expect(told).toHaveLength(1))
  upkeep.stop()
  expect(told).toEqual([
    {
      nowMs: NOW_MS,
      // 40,000 days before is before 1970: everything is kept.
      keepFromMs: { raw: Date.UTC(2026, 6, 1), quarter: Date.UTC(2026, 6, 31) - 60 * DAY_MS, hour: 0 },
    },
  ])
})

it('tries again ten minutes after a failure, never twice at once, and not after its stop', async () => {
  vi.useFakeTimers()
  const ends: ((error?: Error) => void)[] = []
  const store = {
    maintain: () => new Promise<void>((resolve, reject) => ends.push(error => (error ? reject(error) : resolve()))),
  }
  const upkeep = createTelemetryUpkeep({ raw: 30, quarter: 731, hour: 3_653 }, { store, nowMs: () => NOW_MS, log })
  upkeep.start()
  await vi.advanceTimersByTimeAsync(25 * 60_000)
  expect(ends).toHaveLength(1)
  ends[0]?.(new Error('the disk is full'))
  await vi.advanceTimersByTimeAsync(10 * 60_000)
  expect(ends).toHaveLength(2)
  upkeep.stop()
  ends[1]?.()
  await vi.advanceTimersByTimeAsync(60 * 60_000)
  expect(ends).toHaveLength(2)
})
