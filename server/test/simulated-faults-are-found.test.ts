import { expect, test } from 'vitest'
import { FAULT_CATALOGUE } from '../src/faults/catalogue.ts'
import { seededRandom } from '../bench/faults/course.ts'
import { KINDS } from '../bench/faults/kinds.ts'
import { runCourse } from '../bench/faults/run.ts'

// One seed of what the benchmark runs with fifty, with noise, gaps, late data and restarts.
const tell = (course: (typeof KINDS)[number]['course']) => runCourse(course(1), seededRandom(7))

test.each(KINDS.filter(({ isHealthy }) => isHealthy))('$name: left alone', ({ course }) => {
  const { raised, stateBytes } = tell(course)
  expect(raised).toEqual([])
  expect(stateBytes).toBeLessThan(1024)
})

test.each(KINDS.filter(({ isHealthy }) => !isHealthy))('$name: found, and nothing else is cried', ({ course }) => {
  const { falseAlerts, detected, stateBytes } = tell(course)
  expect(falseAlerts).toEqual([])
  expect(detected?.afterMs).toBeLessThanOrEqual(detected?.promisedMs ?? 0)
  expect(stateBytes).toBeLessThan(1024)
})

test('no rule of the catalogue is without a fault that it finds', () => {
  const faults = KINDS.filter(({ isHealthy }) => !isHealthy)
  const found = new Set(faults.flatMap(({ course }) => course(1).fault?.rules ?? []))
  expect(FAULT_CATALOGUE.map(({ id }) => id).filter(id => !found.has(id))).toEqual([])
})
