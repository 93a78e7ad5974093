import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FAULT_CATALOGUE } from './catalogue.ts'
import { createFaultEngine } from './engine.ts'
import { HOUR_MS, MINUTE_MS, START_MS, seededRandom } from './test-traces.ts'
import type { FaultInput, FaultTransition } from './transition.ts'

const newEngine = (model?: string) =>
  createFaultEngine({
    catalogue: FAULT_CATALOGUE,
    overrides: model === undefined ? [] : [{ rule: 'fridge_too_warm', model, timeScale: 60 }],
  })
const LATENESS_MS = 30_000
const SELDOM_MS = 240_000

/** What a fridge draws for some time; undefined: its plug is silent. */
const spanArb = fc.record({
  w: fc.constantFrom(undefined, 0, 1.5, 2, 20, 45, 80, 85, 90, 180, 400),
  minutes: fc.integer({ min: 1, max: 400 }),
})

/**
 * Some days of habit, then whatever comes: a plug with power and voltage, a probe inside and a thermometer in the room, each with
 * its own beat.
 */
const courseArb = fc
  .record({
    spans: fc.array(spanArb, { minLength: 1, maxLength: 12 }),
    everyMs: fc.constantFrom(20_000, 60_000, SELDOM_MS),
    insideC: fc.constantFrom(3, 6, 9, 13),
    roomC: fc.constantFrom(12, 17, 26, 31),
    seed: fc.nat(),
  })
  .map(({ spans, everyMs, insideC, roomC, seed }) => {
    const random = seededRandom(seed)
    const habit = Array.from({ length: 96 }, () => [
      { w: 2, minutes: 30 },
      { w: 85, minutes: 15 },
    ]).flat()
    const inputs: FaultInput[] = []
    let timeMs = START_MS
    for (const [index, { w, minutes }] of [...habit, ...spans].entries()) {
      // A habit is learnt from seldom readings as well, and three days of them cost little.
      const stepMs = index < habit.length ? SELDOM_MS : everyMs
      for (const endMs = timeMs + minutes * MINUTE_MS; timeMs < endMs; timeMs += stepMs) {
        if (w === undefined) continue
        inputs.push(plug(timeMs, 'power', w + (w > 5 ? random() : 0)), plug(timeMs, 'voltage', 218 + random() * 4))
        inputs.push({ ...plug(timeMs + 7_000, 'temperature', insideC + random()), device: 'probe' })
        inputs.push({ ...plug(timeMs + 3_000, 'temperature', roomC + random()), ...ROOM })
      }
    }
    return inputs.sort((a, b) => a.timeMs - b.timeMs)
  })

const ROOM = { device: 'room', appliance: 'station-1', applianceKind: 'station' as const }

function plug(timeMs: number, metric: FaultInput['metric'], value: number): FaultInput {
  return {
    device: 'plug',
    appliance: 'fridge-1',
    applianceKind: 'fridge',
    model: undefined,
    station: 'station-1',
    isOpen: true,
    metric,
    timeMs,
    value,
  }
}

const run = (inputs: readonly FaultInput[], engine = newEngine()) => inputs.flatMap(input => engine.step(input))
/** What two devices show at one instant has no order between them. */
const inOrder = (transitions: readonly FaultTransition[]) =>
  transitions.toSorted((a, b) => a.atMs - b.atMs || `${a.device}${a.rule}`.localeCompare(`${b.device}${b.rule}`))

describe('a fridge with its plug, its probe and its room: the same readings give the same transitions', () => {
  test('in whatever order they arrive within the lateness, and however often', () => {
    let raised = 0
    fc.assert(
      fc.property(courseArb, fc.nat(), (course, seed) => {
        const random = seededRandom(seed)
        const arrivals = course
          .flatMap(input => {
            const copies = random() < 0.2 ? 2 : 1
            return Array.from({ length: copies }, (_, copy) => ({
              input,
              atMs: input.timeMs + random() * (copy === 0 ? LATENESS_MS * 0.99 : HOUR_MS),
            }))
          })
          .sort((a, b) => a.atMs - b.atMs)
          .map(({ input }) => input)
        const expected = inOrder(run(course))
        raised += expected.length
        // The last readings wait for older ones in one order and not in the other.
        const endMs = (course.at(-1)?.timeMs ?? 0) - 3 * SELDOM_MS
        const settled = (all: readonly FaultTransition[]) => all.filter(({ atMs }) => atMs <= endMs)
        expect(settled(inOrder(run(arrivals)))).toEqual(settled(expected))
      }),
      { numRuns: 12 },
    )
    expect(raised).toBeGreaterThan(0)
  })

  test('wherever the process was restarted, with what it had kept as JSON of less than 1 KB', () => {
    fc.assert(
      fc.property(courseArb, fc.nat(), (course, seed) => {
        const random = seededRandom(seed)
        const engine = { now: newEngine() }
        let largest = 0
        let areRestored = true
        const transitions = course.flatMap(input => {
          const made = engine.now.step(input)
          if (random() < 0.003) {
            const kept = ['plug', 'probe', 'room'].map(
              device => [device, JSON.stringify(engine.now.snapshot(device))] as const,
            )
            engine.now = newEngine()
            for (const [device, json] of kept) {
              if (json === undefined) continue
              largest = Math.max(largest, json.length)
              areRestored &&= engine.now.restore(device, JSON.parse(json))
            }
          }
          return made
        })
        expect([largest < 1024, areRestored]).toEqual([true, true])
        expect(transitions).toEqual(run(course))
      }),
      { numRuns: 12 },
    )
  })

  test('and a fault is raised once until it is cleared, never at the other end of a silence', () => {
    fc.assert(
      fc.property(courseArb, course => {
        const open = new Set<string>()
        for (const { type, device, rule, atMs, evidence } of run(course)) {
          const key = `${device} ${rule}`
          expect(open.has(key)).toBe(type !== 'raised')
          if (type === 'raised') open.add(key)
          if (type === 'cleared') open.delete(key)
          expect(evidence.toMs).toBe(atMs)
          expect(evidence.fromMs).toBeLessThanOrEqual(atMs)
        }
      }),
      { numRuns: 12 },
    )
  })
})

test('a model that lives 60 times faster is judged by the same rules, an hour of its life in a minute', () => {
  const course = (model: string | undefined, quicker: number) => {
    const inputs: FaultInput[] = []
    const spans: [number, number][] = Array.from({ length: 96 }, (): [number, number][] => [
      [2, 30],
      [85, 15],
    ]).flat()
    let atMinutes = 0
    for (const [w, minutes] of [...spans, [85, 400] as [number, number]]) {
      // Told of when it changes, and once a minute of its own life.
      for (let minute = 0; minute < minutes; minute++) {
        const timeMs = START_MS + Math.round(((atMinutes + minute) * MINUTE_MS) / quicker)
        inputs.push({ ...plug(timeMs, 'power', w), model })
      }
      atMinutes += minutes
    }
    return inputs
  }
  const [slow] = run(course(undefined, 1))
  const [fast] = run(course('fast', 60), newEngine('fast'))
  expect([slow?.rule, fast?.rule]).toEqual(['fridge_compressor_never_stops', 'fridge_compressor_never_stops'])
  // Three hours after the last rest, in a minute each. Days begin at other times: the habits are the same, not the hours.
  expect(Math.abs(((fast?.atMs ?? 0) - START_MS) * 60 - ((slow?.atMs ?? 0) - START_MS))).toBeLessThan(10 * MINUTE_MS)
})
