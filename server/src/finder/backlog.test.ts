import * as fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { createBacklog } from './backlog.ts'

const pairs = (keys: readonly string[], of = '') => keys.map(key => [key, `${key}${of}`] as const)

test('whatever is put, and however it comes, the last of each key is worked on', async () => {
  const putsArb = fc.array(fc.array(fc.constantFrom('a', 'b', 'c')), { maxLength: 6 })
  await fc.assert(
    fc.asyncProperty(putsArb, async puts => {
      const last = new Map<string, string>()
      const done = new Map<string, string>()
      const backlog = createBacklog<string>(
        item => done.set(item[0] ?? '', item),
        () => {},
      )
      puts.forEach((keys, n) => {
        for (const [key, item] of pairs(keys, String(n))) last.set(key, item)
        backlog.put(pairs(keys, String(n)))
      })
      await vi.waitFor(() => expect(done).toEqual(last), { interval: 0 })
    }),
    { numRuns: 50 },
  )
})

test('a little is done at once', () => {
  const done: string[] = []
  const backlog = createBacklog<string>(
    item => done.push(item),
    () => {},
  )
  backlog.put(pairs(['a', 'b']))
  expect(done).toEqual(['a', 'b'])
})

test('what fails is told and holds up nothing behind it', async () => {
  const done: string[] = []
  const failed: unknown[] = []
  const backlog = createBacklog<string>(
    item => {
      if (item === 'b') throw new RangeError(item)
      done.push(item)
    },
    error => failed.push(error),
  )
  backlog.put(pairs(['a', 'b', 'c']))
  await vi.waitFor(() => expect(done).toEqual(['a', 'c']))
  expect(failed).toEqual([new RangeError('b')])
})

test('long work lets others have their turn, and none of it is done after the stop', async () => {
  const done: string[] = []
  const busy = (item: string) => {
    done.push(item)
    for (const endMs = performance.now() + 10; performance.now() < endMs;);
  }
  const backlog = createBacklog<string>(busy, () => {})
  backlog.put(pairs(['a', 'b', 'c']))
  expect(done).toEqual(['a'])
  backlog.stop()
  await new Promise(resolve => setImmediate(() => setImmediate(resolve)))
  expect(done).toEqual(['a'])
})
