import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { METRICS, type Metric, type Reading } from '@harbor/protocol'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openOutbox } from './open-outbox.ts'
import type { Outbox } from './outbox.ts'

const T = Date.UTC(2026, 6, 30)
const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined }
const STEP_MS = 10_000

/** One value of each metric every 10 s. */
const rounds = (metrics: readonly Metric[], count: number, from = 0): Reading[] =>
  Array.from({ length: count }, (_, n) =>
    metrics.map(metric => ({ device: 'plug', metric, timeMs: T + (from + n) * STEP_MS, value: n % 2 })),
  ).flat()

describe('a full outbox', () => {
  let dir: string
  let outbox: Outbox
  const open = (maxBytes: number) =>
    openOutbox(join(dir, 'outbox.sqlite'), { maxBytes }, { clock: () => T, log: SILENT })
  const commit = (list: Reading[]) => outbox.commit({ readings: list, messages: [], atMs: T })
  const all = () => outbox.read({ firstId: 1, lastId: Number.MAX_SAFE_INTEGER })
  const times = (metric: Metric) =>
    all().flatMap(reading => (reading.metric === metric ? [(reading.timeMs - T) / STEP_MS] : []))

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'thinning-'))
    outbox = open(1_000_000)
  })
  afterEach(() => {
    outbox.close()
    rmSync(dir, { recursive: true })
  })

  it('keeps of its old gauges the last in each ten minutes, and every counter and state', () => {
    for (let from = 0; from < 12_000; from += 500)
      commit(rounds(['power', 'voltage', 'current', 'humidity', 'energy', 'relay'], 500, from))
    const { gauge, counter, state } = outbox.thinned()
    expect([counter, state]).toEqual([0, 0])
    expect(gauge).toBeGreaterThan(0)
    expect(times('energy')).toHaveLength(12_000)
    expect(times('relay')).toHaveLength(12_000)
    expect(all()).toHaveLength(6 * 12_000 - gauge)
    const powers = times('power')
    expect(times('voltage')).toEqual(powers)
    // 60 rounds of 10 s are ten minutes; a step of the thinning ends where it ends, and keeps the last before it, too.
    expect(powers.slice(0, 5)).toEqual([59, 119, 179, 239, 299])
    // The newest are whole: they may be on their way.
    expect(powers.slice(-160)).toEqual(Array.from({ length: 160 }, (_, n) => 11_840 + n))
    expect(outbox.depth()).toBe(all().length)
  })

  it('goes on to counters when the gauges are gone, and to states last', () => {
    const seen: string[] = []
    for (let from = 0; seen.length < 3 && from < 400_000; from += 1_000) {
      commit(rounds(['power', 'energy', 'relay'], 1_000, from))
      for (const [kind, count] of Object.entries(outbox.thinned())) {
        if (count > 0 && !seen.includes(kind)) seen.push(kind)
      }
    }
    expect(seen).toEqual(['gauge', 'counter', 'state'])
    expect(outbox.depth()).toBe(all().length)
  })

  it('thins what has no date, too', () => {
    outbox.noteBoot({ name: 'b', anchorMs: undefined })
    for (let from = 0; from < 12_000; from += 500) {
      const held = rounds(['power', 'voltage', 'current', 'humidity', 'relay'], 500, from).map(
        ({ device, metric, timeMs, value }) => ({
          device,
          metric,
          value,
          boot: 'b',
          upMs: timeMs - T,
        }),
      )
      outbox.commit({ readings: [], held, messages: [], atMs: T })
    }
    expect(outbox.thinned()).toMatchObject({ counter: 0, state: 0 })
    const left = outbox.held(100_000)
    expect(left.filter(({ metric }) => metric === 'relay')).toHaveLength(12_000)
    expect(outbox.thinned().gauge).toBeGreaterThan(0)
    expect(left.length).toBe(60_000 - outbox.thinned().gauge)
    expect(outbox.heldCount()).toBe(left.length)
  })

  it('remembers what it gave up after a restart', () => {
    commit(rounds(['power'], 60_000))
    commit(rounds(['power'], 1, 60_000))
    const before = outbox.thinned()
    outbox.close()
    outbox = open(1_000_000)
    expect(before.gauge).toBeGreaterThan(0)
    expect(outbox.thinned()).toEqual(before)
  })

  it('holds no more than its limit, counts what went, and never gives up a state while there is a gauge', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(fc.constantFrom<Metric>('power', 'energy', 'relay', 'people'), fc.integer({ min: 1, max: 2_500 })),
          {
            minLength: 10,
            maxLength: 40,
          },
        ),
        batches => {
          outbox.close()
          rmSync(join(dir, 'outbox.sqlite'), { force: true })
          outbox = open(250_000)
          const given = { gauge: 0, counter: 0, state: 0 }
          let from = 0
          for (const [metric, count] of batches) {
            commit(rounds([metric], count, from))
            from += count
            given[METRICS[metric].kind] += count
            // A batch that is larger than the spared part of so small a box may pass the limit by its own size.
            expect(outbox.sizeBytes()).toBeLessThan(250_000 + 2_500 * 64)
          }
          const left = { gauge: 0, counter: 0, state: 0 }
          for (const { metric } of all()) left[METRICS[metric].kind] += 1
          const gone = outbox.thinned()
          for (const kind of ['gauge', 'counter', 'state'] as const) expect(left[kind] + gone[kind]).toBe(given[kind])
          expect(outbox.depth()).toBe(all().length)
        },
      ),
      { numRuns: 20 },
    )
  })
})
