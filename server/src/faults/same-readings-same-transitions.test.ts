import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createFaultEngine } from './engine.ts'
import {
  HOUR_MS,
  MINUTE_MS,
  START_MS,
  later,
  readingsOf,
  runAll,
  seededRandom,
  TOO_WARM,
  tooWarmEngine,
} from './test-traces.ts'
import type { FaultInput } from './transition.ts'

const newEngine = tooWarmEngine
const LATENESS_MS = 30_000

/** Courses of minutes that raise, escalate and clear, with gaps: a level of `undefined` is silence. */
const courseArb = fc
  .record({
    levels: fc.array(
      fc.record({
        value: fc.constantFrom(undefined, 2, 4.5, 5.9, 6.1, 7.9, 8.1, 9, 10.2, 11, 12.5, 15),
        minutes: fc.integer({ min: 1, max: 90 }),
      }),
      { minLength: 1, maxLength: 12 },
    ),
    noise: fc.constantFrom(0, 0.3, 1),
    seed: fc.nat(),
    everyMs: fc.constantFrom(15_000, 60_000, 240_000),
  })
  .map(({ levels, ...options }) => {
    let atMs = 0
    return levels.flatMap(({ value, minutes }) => {
      const fromMs = atMs
      atMs += minutes * MINUTE_MS
      return value === undefined ? [] : readingsOf([{ value, minutes }], options).map(later(fromMs))
    })
  })

describe('the same readings give the same transitions', () => {
  test('in whatever order they arrive within the lateness, and however often', () => {
    fc.assert(
      fc.property(courseArb, fc.nat(), (course, seed) => {
        const random = seededRandom(seed)
        const arrivals = course
          .flatMap(input => {
            const copies = random() < 0.3 ? 2 : 1
            // The first copy comes in time; another one may come whenever.
            return Array.from({ length: copies }, (_, copy) => ({
              input,
              atMs: input.timeMs + random() * (copy === 0 ? LATENESS_MS : HOUR_MS),
            }))
          })
          .sort((a, b) => a.atMs - b.atMs)
          .map(({ input }) => input)
        expect(runAll(newEngine(), arrivals)).toEqual(runAll(newEngine(), course))
      }),
    )
  })

  test('wherever the process was restarted, with what it had kept as JSON of less than 1 KB', () => {
    fc.assert(
      fc.property(courseArb, fc.nat(), (course, seed) => {
        const random = seededRandom(seed)
        let engine = newEngine()
        const keptSizes: number[] = []
        const transitions = course.flatMap(input => {
          const made = engine.step(input)
          if (random() < 0.2) {
            const kept = JSON.stringify(engine.snapshot(input.device))
            keptSizes.push(kept.length)
            engine = newEngine()
            engine.restore(input.device, JSON.parse(kept))
          }
          return made
        })
        expect(Math.max(0, ...keptSizes)).toBeLessThan(1024)
        expect(transitions).toEqual(runAll(newEngine(), course))
      }),
    )
  })

  test('in a minute made of an hour, as far as the scale of the model says', () => {
    const steady = courseArb.filter(course => !hasGap(course))
    fc.assert(
      fc.property(steady, course => {
        const engine = createFaultEngine({
          catalogue: TOO_WARM,
          overrides: [{ rule: 'fridge_too_warm', model: 'fast', timeScale: 60 }],
        })
        const quick = (ms: number) => START_MS + (ms - START_MS) / 60
        const fast = course.map(input => ({ ...input, model: 'fast', timeMs: quick(input.timeMs) }))
        const brief = runAll(engine, fast).map(({ type, severity, atMs }) => ({ type, severity, atMs }))
        const long = runAll(newEngine(), course).map(({ type, severity, atMs }) => ({
          type,
          severity,
          atMs: quick(atMs),
        }))
        expect(brief).toEqual(long)
      }),
    )
  })

  test('and a fault is raised once until it is cleared', () => {
    fc.assert(
      fc.property(courseArb, course => {
        let isOpen = false
        for (const { type, atMs, evidence } of runAll(newEngine(), course)) {
          expect(isOpen).toBe(type !== 'raised')
          isOpen = type !== 'cleared'
          expect(evidence.toMs).toBe(atMs)
          expect(evidence.fromMs).toBeLessThan(atMs)
        }
      }),
    )
  })
})

function hasGap(course: readonly FaultInput[]): boolean {
  return course.some(({ timeMs }, index) => timeMs - (course[index - 1]?.timeMs ?? timeMs) > 10 * MINUTE_MS)
}
