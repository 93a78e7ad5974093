import * as fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { createTurns } from './turns.ts'

test('all have their turn in the order in which they came, never more at once than may be', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 12 }), async (atOnce, count) => {
      const begun: number[] = []
      const ends: (() => void)[] = []
      const turns = createTurns<number>(atOnce, item => {
        begun.push(item)
        return new Promise(resolve => ends.push(resolve))
      })
      for (let item = 0; item < count; item++) turns.add(item)
      for (let ended = 0; ended < count; ended++) {
        await vi.waitFor(() => expect(begun).toHaveLength(Math.min(count, ended + atOnce)), { interval: 0 })
        ends[ended]?.()
      }
      expect(begun).toEqual([...Array(count).keys()])
    }),
    { numRuns: 30 },
  )
})

test('after the stop nobody has a turn', async () => {
  const begun: string[] = []
  let end = () => {}
  const turns = createTurns<string>(1, item => {
    begun.push(item)
    return new Promise<void>(resolve => (end = resolve))
  })
  turns.add('under way')
  turns.add('waits')
  turns.stop()
  end()
  await new Promise(resolve => setImmediate(() => setImmediate(resolve)))
  expect(begun).toEqual(['under way'])
})
