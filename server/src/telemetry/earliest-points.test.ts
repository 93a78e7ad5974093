import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createEarliestPoints } from './earliest-points.ts'

describe('the earliest points', () => {
  it('are there however many come and in which order', () => {
    const point = fc.record({ device: fc.constantFrom('a', 'b', 'c'), timeMs: fc.integer({ min: 0, max: 60_000 }) })
    fc.assert(
      fc.property(
        fc.uniqueArray(point, { selector: ({ device, timeMs }) => `${device} ${timeMs}`, maxLength: 200 }),
        fc.integer({ min: 1, max: 20 }),
        (points, wanted) => {
          const earliest = createEarliestPoints(wanted)
          // Filler, later than all of them, makes it cut several times.
          for (let n = 0; n < 12_000; n += 1) earliest.at('z', 100_000 + n, () => [100_000 + n])
          for (const { device, timeMs } of points) earliest.at(device, timeMs, () => [timeMs])
          const all = [...points.map(({ timeMs }) => timeMs), 100_000, 100_001].toSorted((a, b) => a - b)
          const found = earliest.points().map(({ point: [timeMs = 0] }) => timeMs)
          expect(found.toSorted((a, b) => a - b).slice(0, Math.min(wanted, all.length))).toEqual(all.slice(0, wanted))
        },
      ),
      { numRuns: 30 },
    )
  })

  it('take no more memory than for some twice as many', () => {
    const earliest = createEarliestPoints(1_000)
    for (let n = 0; n < 300_000; n += 1) earliest.at(`d${n % 7}`, (n * 7_919) % 1_000_003, () => [n])
    expect(earliest.points().length).toBeLessThanOrEqual(12_000)
  })

  it('are found again by device and moment, and not once they are too late', () => {
    const earliest = createEarliestPoints(1)
    const made = earliest.at('a', 5, () => [5, 0])
    expect(earliest.at('a', 5, () => [0, 0])).toBe(made)
    expect(earliest.find('a', 5)).toBe(made)
    expect(earliest.find('b', 5)).toBeUndefined()
    for (let n = 0; n < 20_000; n += 1) earliest.at('b', 100 + n, () => [n])
    expect(earliest.at('c', 90_000, () => [0])).toBeUndefined()
    expect(earliest.find('a', 5)).toBe(made)
  })
})
