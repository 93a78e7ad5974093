import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Course, HOUR_MS, MINUTE_MS, type Random, SECOND_MS, seededRandom } from '../bench/faults/course.ts'
import { KINDS } from '../bench/faults/kinds.ts'
import { newEngine } from '../bench/faults/run.ts'
import type { FaultInput, FaultTransition } from '../src/faults/transition.ts'

// One course of every fault that is simulated, so of every way of watching, with silences of its own.

const LATENESS_MS = 30 * SECOND_MS
/** A fault’s last hours are enough, once it has learnt: what came before is told of by the state alone. */
const SHUFFLED_HOURS = 40

/** These are judged at once, whatever may still come: an alarm does not wait. */
const isImmediate = ({ metric, applianceKind }: FaultInput) =>
  ['leak', 'smoke', 'battery'].includes(metric) || (metric === 'door' && applianceKind === 'fridge')
const isAboutArrival = ({ inputs }: Course) => inputs.some(({ receivedAtMs }) => receivedAtMs !== undefined)

/** With some readings lost, and some hours of silence. */
function withGaps({ inputs }: Course, random: Random): FaultInput[] {
  let untilMs = 0
  return inputs.filter(({ timeMs }) => {
    if (timeMs < untilMs) return false
    if (random() < 0.0001) untilMs = timeMs + random() * 40 * MINUTE_MS
    return random() >= 0.01
  })
}

/** In the order in which they arrive when each is late by up to the lateness; some come twice, the second time whenever. */
function shuffled(inputs: readonly FaultInput[], random: Random): FaultInput[] {
  const fromMs = (inputs.at(-1)?.timeMs ?? 0) - SHUFFLED_HOURS * HOUR_MS
  return inputs
    .flatMap(input => {
      if (input.timeMs < fromMs) return [{ atMs: input.timeMs, input }]
      const first = { atMs: input.timeMs + (isImmediate(input) ? 0 : random() * LATENESS_MS * 0.99), input }
      return random() < 0.05 ? [first, { atMs: first.atMs + random() * HOUR_MS, input }] : [first]
    })
    .sort((a, b) => a.atMs - b.atMs)
    .map(({ input }) => input)
}

/** What two devices show at one instant has no order between them; the last readings wait for older ones in one order and not in the other. */
function settled(transitions: readonly FaultTransition[], inputs: readonly FaultInput[]): FaultTransition[] {
  const untilMs = (inputs.at(-1)?.timeMs ?? 0) - 30 * MINUTE_MS
  return transitions
    .filter(({ atMs }) => atMs <= untilMs)
    .sort((a, b) => a.atMs - b.atMs || `${a.device}${a.rule}`.localeCompare(`${b.device}${b.rule}`))
}

/** What came of it with restarts in between, and the largest state that was kept over one; Infinity when one was not taken back. */
function restarted(course: Course, inputs: readonly FaultInput[], random: Random) {
  let engine = newEngine(course.overrides)
  let stateBytes = 0
  const devices = new Set<string>()
  const transitions = inputs.flatMap(input => {
    devices.add(input.device)
    const made = engine.step(input)
    if (random() < 0.0005) {
      const kept = [...devices].map(device => [device, JSON.stringify(engine.snapshot(device))] as const)
      engine = newEngine(course.overrides)
      const sizes = kept.map(([device, json]) => (engine.restore(device, JSON.parse(json)) ? json.length : Infinity))
      stateBytes = Math.max(stateBytes, ...sizes)
    }
    return made
  })
  return { transitions, stateBytes }
}

const seedArb = fc.integer({ min: 0, max: 9_999 })

describe.each(KINDS.filter(({ isHealthy }) => !isHealthy))('$name', ({ course: courseOf }) => {
  test('in any order within the lateness, however often, and wherever it is restarted', () => {
    fc.assert(
      fc.property(seedArb, seed => {
        const random = seededRandom(seed)
        const course = courseOf(seed)
        const inputs = withGaps(course, random)
        const engine = newEngine(course.overrides)
        const straight = inputs.flatMap(input => engine.step(input))
        const over = restarted(course, inputs, random)
        expect(over.transitions).toEqual(straight)
        expect(over.stateBytes).toBeLessThan(1024)
        if (isAboutArrival(course)) return
        const other = newEngine(course.overrides)
        const inOtherOrder = shuffled(inputs, random).flatMap(input => other.step(input))
        expect(settled(inOtherOrder, inputs)).toEqual(settled(straight, inputs))
      }),
      { numRuns: 1 },
    )
  })
})
