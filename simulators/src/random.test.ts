import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRandom, happens, normal, uniform } from './random.ts'

const take = (seed: string, count: number) => {
  const random = createRandom(seed)
  return Array.from({ length: count }, () => random())
}

test('the same seed gives the same numbers, another seed others', () => {
  expect(take('a', 50)).toEqual(take('a', 50))
  expect(take('a', 50)).not.toEqual(take('b', 50))
})

test('numbers are spread evenly over [0, 1), whatever the seed', () => {
  fc.assert(
    fc.property(fc.string(), seed => {
      const numbers = take(seed, 2_000)
      expect(numbers.every(number => number >= 0 && number < 1)).toBe(true)
      for (const tenth of [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]) {
        const share = numbers.filter(number => Math.floor(number * 10) === tenth).length / numbers.length
        // 0.1 +- 6 standard deviations of sqrt(0.1 * 0.9 / 2000) = 0.0067.
        expect(Math.abs(share - 0.1)).toBeLessThan(0.041)
      }
    }),
    { numRuns: 30 },
  )
})

test('normal numbers have mean 0 and deviation 1', () => {
  const random = createRandom('normal')
  const numbers = Array.from({ length: 20_000 }, () => normal(random))
  const mean = numbers.reduce((sum, number) => sum + number, 0) / numbers.length
  const variance = numbers.reduce((sum, number) => sum + (number - mean) ** 2, 0) / numbers.length
  expect(Math.abs(mean)).toBeLessThan(0.04)
  expect(Math.abs(variance - 1)).toBeLessThan(0.05)
})

test('an event of 6 an hour happens about 6 times an hour, however the hour is cut', () => {
  for (const dtS of [1, 10, 60]) {
    const random = createRandom(`poisson ${dtS}`)
    let count = 0
    for (let atS = 0; atS < 500 * 3_600; atS += dtS) if (happens(random, 6 / 3_600, dtS)) count += 1
    // A minute's step may hide a second event in it: 6 * (1 - e^-0.1) / 0.1 = 5.7 an hour.
    expect(count / 500).toBeGreaterThan(5.3)
    expect(count / 500).toBeLessThan(6.4)
  }
})

test('uniform stays within its bounds', () => {
  const random = createRandom('uniform')
  for (let count = 0; count < 1_000; count++) {
    const number = uniform(random, -3, 7)
    expect(number >= -3 && number < 7).toBe(true)
  }
})
