import * as fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { createTurns } from './turns.ts'

test('each who waits has one turn, in the order in which they first came', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 9 })), async items => {
      const done: number[] = []
      const turns = createTurns<number>(item => done.push(item))
      for (const item of items) turns.add(item)
      await vi.waitFor(() => expect(done).toHaveLength(new Set(items).size), { interval: 0 })
      expect(done).toEqual([...new Set(items)])
    }),
    { numRuns: 30 },
  )
})

test('something else has its turn between two of them', async () => {
  const order: string[] = []
  const turns = createTurns<string>(item => {
    order.push(item)
    setImmediate(() => order.push('else'))
  })
  turns.add('first')
  turns.add('second')
  await vi.waitFor(() => expect(order).toEqual(['first', 'else', 'second', 'else']), { interval: 0 })
})

test('one that comes during its own turn has another', async () => {
  let count = 0
  const turns = createTurns<string>(item => {
    count += 1
    if (count < 3) turns.add(item)
  })
  turns.add('again')
  await vi.waitFor(() => expect(count).toBe(3), { interval: 0 })
})

test('after the stop nobody has a turn', async () => {
  const done: string[] = []
  const turns = createTurns<string>(item => done.push(item))
  turns.add('first')
  turns.stop()
  await new Promise(resolve => setImmediate(() => setImmediate(resolve)))
  expect(done).toEqual([])
})
