import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { createPublishOrder } from './publish-order.ts'

it('emits in the order of publishing whatever the order of storing, and waits for none that failed', () => {
  const plan = fc.integer({ min: 1, max: 30 }).chain(count =>
    fc.record({
      storedOrder: fc.shuffledSubarray(
        Array.from({ length: count }, (_, index) => index + 1),
        { minLength: count },
      ),
      failed: fc.uniqueArray(fc.integer({ min: 1, max: count })),
    }),
  )
  fc.assert(
    fc.property(plan, ({ storedOrder, failed }) => {
      const order = createPublishOrder()
      const emitted: number[] = []
      const numbers = storedOrder.toSorted((a, b) => a - b)
      for (const number of numbers) order.begin(number)
      for (const number of storedOrder) {
        if (failed.includes(number)) order.end(number)
        else
          order.ready(number, () => {
            emitted.push(number)
            order.end(number)
          })
      }
      expect(emitted).toEqual(numbers.filter(number => !failed.includes(number)))
      expect(order.size()).toBe(0)
    }),
  )
})

it('emits at once what it was not told of', () => {
  const order = createPublishOrder()
  order.begin(1)
  let isEmitted = false
  order.ready(99, () => {
    isEmitted = true
  })
  expect(isEmitted).toBe(true)
})

it('keeps the order when emitting publishes again', () => {
  const order = createPublishOrder()
  const emitted: number[] = []
  order.begin(1)
  order.begin(2)
  order.ready(2, () => emitted.push(2))
  order.ready(1, () => {
    emitted.push(1)
    order.begin(3)
    order.ready(3, () => emitted.push(3))
  })
  expect(emitted).toEqual([1, 2, 3])
})
