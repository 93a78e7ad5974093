import { describe, expect, test } from 'vitest'
import { FAULT_CATALOGUE } from './catalogue.ts'
import { createFaultEngine } from './engine.ts'
import { MINUTE_MS, START_MS, fridgeReading } from './test-traces.ts'
import type { FaultTransition } from './transition.ts'

/** An hour and a half at 14 °C, each reading arriving `lateMs(minute)` after its date. */
function run(lateMs: (minute: number) => number, minutes = 90): FaultTransition[] {
  const engine = createFaultEngine({ catalogue: FAULT_CATALOGUE, overrides: [] })
  return Array.from({ length: minutes }, (_, minute) => START_MS + minute * MINUTE_MS).flatMap((timeMs, minute) =>
    engine.step({ ...fridgeReading(timeMs, 14 + minute / 100), receivedAtMs: timeMs + lateMs(minute) }),
  )
}
const rulesOf = (transitions: readonly FaultTransition[]) => transitions.map(({ type, rule }) => `${type} ${rule}`)

describe('when a reading arrives', () => {
  test('up to two minutes late it is live', () => {
    expect(rulesOf(run(() => 2 * MINUTE_MS))).toEqual(['raised fridge_too_warm'])
  })

  test('later it is history: a backlog, which comes all at once, raises nothing', () => {
    expect(run(minute => (100 - minute) * MINUTE_MS)).toEqual([])
  })

  test('always late by the same, the device’s clock is wrong, and that alone is told', () => {
    const [raised, ...others] = run(() => 20 * MINUTE_MS)
    expect(others).toEqual([])
    expect(raised).toMatchObject({
      type: 'raised',
      rule: 'device_clock_wrong',
      evidence: { quantity: 'clock_offset', unit: 's', threshold: -120, observed: -1200 },
    })
  })

  test('dated before its time, the clock is wrong until it is right for half an hour', () => {
    const transitions = run(minute => (minute < 40 ? -5 * MINUTE_MS : 300), 120)
    const clock = transitions.filter(({ rule }) => rule === 'device_clock_wrong')
    expect(clock.map(({ type, evidence }) => [type, evidence.observed])).toEqual([
      ['raised', 300],
      ['cleared', -0],
    ])
  })

  test('a wrong clock is remembered over a restart', () => {
    let engine = createFaultEngine({ catalogue: FAULT_CATALOGUE, overrides: [] })
    const seen: FaultTransition[] = []
    for (let minute = 0; minute < 40; minute++) {
      const timeMs = START_MS + minute * MINUTE_MS
      seen.push(...engine.step({ ...fridgeReading(timeMs, 4 + (minute % 2)), receivedAtMs: timeMs - 90_000 }))
      const kept: unknown = JSON.parse(JSON.stringify(engine.snapshot('fridge-temp')))
      engine = createFaultEngine({ catalogue: FAULT_CATALOGUE, overrides: [] })
      expect(engine.restore('fridge-temp', kept)).toBe(true)
    }
    expect(rulesOf(seen)).toEqual(['raised device_clock_wrong'])
  })
})
