import * as fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { QUIET_INTERVAL_MS, createFeedLoop, retryDelayMs } from './feed-loop.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function loopOf(walk: () => Promise<void>) {
  const faults: unknown[] = []
  const loop = createFeedLoop({
    walk: { run: walk, after: () => 10 },
    onFault: error => faults.push(error),
    onFine: () => {},
    random: () => 1,
  })
  return { loop, faults }
}

test('the feed is read at the start, and every half minute when nothing rings', async () => {
  let walks = 0
  const { loop } = loopOf(async () => void (walks += 1))
  loop.start()
  await vi.advanceTimersByTimeAsync(QUIET_INTERVAL_MS - 1)
  expect(walks).toBe(1)
  await vi.advanceTimersByTimeAsync(1)
  expect(walks).toBe(2)
  await loop.stop()
})

test('however often it rings during a walk, one walk follows', async () => {
  let walks = 0
  const { loop } = loopOf(async () => {
    walks += 1
    await new Promise(resolve => setTimeout(resolve, 100))
  })
  loop.start()
  for (let seq = 11; seq < 1_011; seq += 1) loop.wake(seq)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(walks).toBe(2)
  await loop.stop()
})

test('a bell for what was read long ago wakes nobody', async () => {
  let walks = 0
  const { loop } = loopOf(async () => void (walks += 1))
  loop.start()
  await vi.advanceTimersByTimeAsync(0)
  loop.wake(10)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(walks).toBe(1)
  loop.wake(11)
  await vi.advanceTimersByTimeAsync(0)
  expect(walks).toBe(2)
  await loop.stop()
})

test('a server that is down is asked after 1, 2, 4 … seconds, and bells do not hurry that', async () => {
  let walks = 0
  const { loop, faults } = loopOf(async () => {
    walks += 1
    throw new Error('down')
  })
  loop.start()
  // 1 + 2 + 4 = 7 s after the first try comes the fourth.
  await vi.advanceTimersByTimeAsync(6_999)
  loop.wake(undefined)
  await vi.advanceTimersByTimeAsync(0)
  expect(walks).toBe(3)
  await vi.advanceTimersByTimeAsync(1)
  expect([walks, faults.length]).toEqual([4, 4])
  await loop.stop()
})

test('after a stop nothing runs any more', async () => {
  let walks = 0
  const { loop } = loopOf(async () => void (walks += 1))
  loop.start()
  await loop.stop()
  loop.wake(undefined)
  await vi.advanceTimersByTimeAsync(QUIET_INTERVAL_MS * 2)
  expect([walks, vi.getTimerCount()]).toEqual([1, 0])
})

test('a try comes between half a second and a minute after a fault, whatever chance says', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1_000_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (faults, chance) => {
        const delayMs = retryDelayMs(faults, chance)
        expect(delayMs).toBeGreaterThanOrEqual(500)
        expect(delayMs).toBeLessThanOrEqual(60_000)
      },
    ),
  )
})
