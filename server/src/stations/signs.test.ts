import type { ApplianceKind, Metric, Reading } from '@harbor/protocol'
import { expect, test } from 'vitest'
import { type SignsOfLife, noteSign } from './signs.ts'

const MINUTE_MS = 60_000

/** Signs after readings of `[minute, value]` of one device. */
function signsAfter(
  metric: Metric,
  samples: readonly (readonly [number, number])[],
  kind?: ApplianceKind,
): SignsOfLife {
  const signs: SignsOfLife = {}
  let before: Reading | undefined
  for (const [minute, value] of samples) {
    const reading: Reading = { device: 'd', metric, value, timeMs: minute * MINUTE_MS }
    noteSign(signs, reading, { before, kind })
    before = reading
  }
  return signs
}
const lastPeople = (samples: readonly (readonly [number, number])[]) =>
  (signsAfter('people', samples).people ?? Number.NaN) / MINUTE_MS

test('a door that opens is a sign at its time; that it is closed again, or still closed, is none', () => {
  expect(signsAfter('door', [[1, 0], [2, 1], [3, 0], [9, 0]]).door).toBe(2 * MINUTE_MS) // prettier-ignore
  expect(signsAfter('door', [[1, 0]]).door).toBeUndefined()
})

test('people who come, stay and go are a sign, and an empty room is none', () => {
  expect(lastPeople([[1, 0], [2, 1], [3, 1], [4, 0], [5, 0]])).toBe(4) // prettier-ignore
  expect(lastPeople([[1, 0], [2, 0]])).toBeNaN() // prettier-ignore
  expect(lastPeople([[7, 3]])).toBe(7) // prettier-ignore
})

test('a count that has not moved for two hours counts nobody: the counter has lost somebody', () => {
  expect(lastPeople([[0, 0], [1, 1], [121, 1]])).toBe(121) // prettier-ignore
  expect(lastPeople([[0, 0], [1, 1], [122, 1], [500, 1]])).toBe(1) // prettier-ignore
})

test('a counter of entries is a sign when it has grown, not when it was reset or is seen first', () => {
  expect(signsAfter('people_in', [[1, 500]]).people).toBeUndefined()
  expect(signsAfter('people_in', [[1, 500], [2, 501], [3, 501], [4, 0]]).people).toBe(2 * MINUTE_MS) // prettier-ignore
})

test('a microwave that heats is a sign, its lamp is none, and neither is what works by itself', () => {
  expect(signsAfter('power', [[1, 1_200]], 'microwave').appliance).toBe(MINUTE_MS)
  expect(signsAfter('power', [[1, 80]], 'microwave')).toEqual({})
  for (const kind of ['fridge', 'water_dispenser', 'air_conditioner'] as const)
    expect(signsAfter('power', [[1, 1_200]], kind)).toEqual({})
})

test('an air conditioner that is switched on after an hour is a sign; one that runs on, rests or is first seen running is none', () => {
  const applianceAt = (samples: readonly (readonly [number, number])[]) =>
    signsAfter('power', samples, 'air_conditioner').appliance
  expect(applianceAt([[0, 3], [59, 3], [60, 900], [90, 700]])).toBe(60 * MINUTE_MS) // prettier-ignore
  expect(applianceAt([[0, 3], [59, 900]])).toBeUndefined() // prettier-ignore
  expect(applianceAt([[0, 900], [100, 900]])).toBeUndefined() // prettier-ignore
  // A heat pump rests for half an hour, again and again.
  expect(applianceAt([[0, 900], [20, 2], [50, 900], [70, 2], [100, 900]])).toBeUndefined() // prettier-ignore
})

test('a station is watched since the oldest word of a sensor that would show somebody', () => {
  expect(signsAfter('occupancy', [[5, 0], [4, 0], [9, 1]])).toEqual({ watchedSinceMs: 4 * MINUTE_MS, presence: 9 * MINUTE_MS }) // prettier-ignore
  expect(signsAfter('temperature', [[5, 20]])).toEqual({})
})
