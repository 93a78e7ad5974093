import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { codeOf, freeIds } from './station-code.ts'

test('a new code is above every one that was given in its district, whatever the gaps, and fits its district', () => {
  const numberArb = fc.uniqueArray(fc.integer({ min: 1, max: 5_000 }), { maxLength: 20 })
  fc.assert(
    fc.property(numberArb, fc.integer({ min: 1, max: 5 }), (given, count) => {
      const taken = [...given.map(n => `cq-500103-${String(n).padStart(2, '0')}`), 'yuzhong-1', 'cq-500103-x']
      const free = freeIds('500103', taken)
      const ids = Array.from({ length: count }, () => String(free.next().value))
      const numbers = ids.map(id => Number(/^cq-500103-(\d{2,})$/.exec(id)?.[1]))
      expect(numbers).toEqual(ids.map((_, index) => Math.max(0, ...given) + 1 + index))
    }),
  )
})

test('a code is the id in capital letters, and names the province', () => {
  expect([codeOf('cq-500103-01'), freeIds('110101', []).next().value]).toEqual(['CQ-500103-01', 'bj-110101-01'])
})
