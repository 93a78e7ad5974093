import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { FAULT_CATALOGUE } from './catalogue.ts'
import { createFaultEngine } from './engine.ts'
import { type FridgeSample, HOUR_MS, MINUTE_MS, START_MS, fridgeReading, fridgeSamples, runAll } from './test-traces.ts'
import type { FaultInput } from './transition.ts'

const newEngine = () => createFaultEngine({ catalogue: FAULT_CATALOGUE, overrides: [] })

/** Up to 2 min between reports: docs/domain.md 3.1 asks for one at least every 60 s. */
const fridgeArb = fc.record({
  roomC: fc.double({ min: 18, max: 38, noNaN: true }),
  tauH: fc.double({ min: 5.4, max: 19.8, noNaN: true }),
  reportMs: fc.constantFrom(10_000, 30_000, 60_000, 120_000),
  noiseC: fc.constantFrom(0, 0.1, 0.3, 0.5),
  loss: fc.constantFrom(0, 0.05, 0.2),
  seed: fc.nat(),
})

test('a healthy fridge never raises: not by its cycles, doors, defrosts, wrong readings, noise or lost reports', () => {
  fc.assert(
    fc.property(fridgeArb, options => {
      expect(runAll(newEngine(), toInputs(fridgeSamples({ ...options, hours: 48 })))).toEqual([])
    }),
    { numRuns: 40 },
  )
})

test.each([0, 0.05, 0.2])(
  'with a report in 5 min and %d of them lost, all of a busy fridge’s may hit an open door: still under 1 false alert in 100 days',
  loss => {
    const days = 60 * 4
    const raised = Array.from({ length: 60 }, (_, seed) => {
      // From a cool room and a light load to a hot room and a heavy one.
      const options = { roomC: 20 + seed * 0.3, tauH: 5.4 + seed * 0.24, hours: 96, reportMs: 300_000, noiseC: 0.3 }
      const transitions = runAll(newEngine(), toInputs(fridgeSamples({ ...options, seed, loss })))
      return transitions.filter(({ type }) => type === 'raised').length
    }).reduce((sum, count) => sum + count, 0)
    expect(raised / days).toBeLessThan(0.01)
  },
)

test('the simulated fridge is a fair one: it cycles around its set point, and doors and defrosts do warm it above 8', () => {
  const samples = fridgeSamples({ roomC: 33, tauH: 10, hours: 48, reportMs: 60_000, noiseC: 0, seed: 5 })
  const trueC = samples.map(sample => sample.trueC).sort((a, b) => a - b)
  const atShare = (share: number) => trueC[Math.floor(trueC.length * share)]
  expect(atShare(0.5)).toBeGreaterThan(3)
  expect(atShare(0.5)).toBeLessThan(6)
  expect(atShare(0.99)).toBeGreaterThan(8)
})

test('a dead compressor is told of an hour after 8 °C, within a few reports, whatever the load and the room', () => {
  fc.assert(
    fc.property(fridgeArb, options => {
      // 30 h: the heaviest load in the coolest room takes 19.8 h × ln((18 - 4) / (18 - 9)) = 8.7 h to 9 °C.
      const samples = fridgeSamples({ ...options, loss: Math.min(options.loss, 0.05), hours: 30, deadFromH: 2 })
      const [raised] = runAll(
        newEngine(),
        samples.map(({ timeMs, readC }) => fridgeReading(timeMs, readC)),
      )
      // From here on no noise and no reading brings the temperature back to 8.
      const lastCoolMs = samples.findLast(({ trueC }) => trueC - options.noiseC <= 8)?.timeMs ?? 0
      expect(raised?.type).toBe('raised')
      expect(raised?.atMs).toBeGreaterThan(START_MS + 2 * HOUR_MS)
      // A gap by lost reports starts the hold anew, and then it takes an hour from there; with 5 % lost it is one at most.
      expect((raised?.atMs ?? 0) - lastCoolMs).toBeLessThanOrEqual(60 * MINUTE_MS + 5 * options.reportMs)
    }),
    { numRuns: 40 },
  )
})

test('without power, the warm-up of a lightly loaded fridge at 30 °C is told of, grows worse and clears with the power', () => {
  // docs/domain.md 3.2: from 4 to 8 °C in 0.7 to 1.1 h. T(t) = 30 - 26 e^(-t / 5.4 h); 8 °C after 0.9 h, 10 °C after 1.42 h.
  const warmUp = Array.from({ length: 6 * 60 }, (_, minute) =>
    fridgeReading(START_MS + minute * MINUTE_MS, 30 - 26 * Math.exp(-minute / 60 / 5.4)),
  )
  const coolDown = Array.from({ length: 4 * 60 }, (_, minute) =>
    fridgeReading(START_MS + (360 + minute) * MINUTE_MS, 4 + 18 * Math.exp(-minute / 40)),
  )
  const told = runAll(newEngine(), [...warmUp, ...coolDown]).map(({ type, severity, atMs }) => [
    type,
    severity,
    Math.round((atMs - START_MS) / MINUTE_MS),
  ])
  // 8 °C at 54.1 min + 60 + the median's minute; 10 °C at 85 min + 120 + 1; below 6 °C 88 min after the power is back + 20 + 1.
  expect(told).toEqual([
    ['raised', 'P2', 116],
    ['escalated', 'P1', 207],
    ['cleared', 'P1', 469],
  ])
})

function toInputs(samples: readonly FridgeSample[]): FaultInput[] {
  return samples.map(({ timeMs, readC }) => fridgeReading(timeMs, readC))
}
