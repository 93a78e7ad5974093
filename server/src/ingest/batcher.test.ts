import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createBatcher } from './batcher.ts'

interface Pack {
  id: number
  size: number
}

/** A batcher whose writes end when the test says so. */
function setUp(settings: Partial<Parameters<typeof createBatcher>[0]> = {}) {
  const batches: number[][] = []
  const ends: (() => void)[] = []
  const batcher = createBatcher<Pack>(
    { flushReadings: 10, flushMs: 100, queueReadings: 20, ...settings },
    {
      sizeOf: pack => pack.size,
      write: packs => {
        batches.push(packs.map(pack => pack.id))
        return new Promise(resolve => ends.push(resolve))
      },
    },
  )
  const endWrite = async () => {
    ends.shift()?.()
    await vi.advanceTimersByTimeAsync(0)
  }
  return { batcher, batches, endWrite }
}

describe('a batcher', () => {
  beforeEach(() => vi.useFakeTimers())
  afterEach(() => vi.useRealTimers())

  it('writes after 100 ms what is less than a batch, not before', async () => {
    const { batcher, batches } = setUp()
    void batcher.add({ id: 1, size: 3 })
    await vi.advanceTimersByTimeAsync(60)
    void batcher.add({ id: 2, size: 3 })
    await vi.advanceTimersByTimeAsync(39)
    expect(batches).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(batches).toEqual([[1, 2]])
  })

  it('writes a full batch at once, without splitting a pack', async () => {
    const { batcher, batches, endWrite } = setUp()
    for (const id of [1, 2, 3]) void batcher.add({ id, size: 4 })
    await vi.advanceTimersByTimeAsync(0)
    expect(batches).toEqual([[1, 2]])
    await endWrite()
    await vi.advanceTimersByTimeAsync(100)
    expect(batches).toEqual([[1, 2], [3]])
  })

  it('writes a pack that is larger than a batch alone', async () => {
    const { batcher, batches } = setUp()
    void batcher.add({ id: 1, size: 11 })
    await vi.advanceTimersByTimeAsync(0)
    expect(batches).toEqual([[1]])
  })

  it('has one batch at a time with the store', async () => {
    const { batcher, batches, endWrite } = setUp()
    for (const id of [1, 2, 3]) void batcher.add({ id, size: 10 })
    await vi.advanceTimersByTimeAsync(1_000)
    expect(batches).toEqual([[1]])
    await endWrite()
    expect(batches).toEqual([[1], [2]])
  })

  it('holds back who adds to a full queue, until there is room', async () => {
    const { batcher, endWrite } = setUp()
    // One batch is with the store, and the queue is full behind it.
    for (const id of [1, 2, 3]) expect(batcher.add({ id, size: 10 })).toBeUndefined()
    await vi.advanceTimersByTimeAsync(0)
    const taken = vi.fn<() => void>()
    void batcher.add({ id: 4, size: 10 })?.then(taken)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(taken).not.toHaveBeenCalled()
    expect(batcher.depth()).toBe(30)
    await endWrite()
    expect(taken).toHaveBeenCalled()
  })

  it('counts packs without readings too, so that they cannot fill memory', () => {
    const { batcher } = setUp({ flushReadings: 1_000 })
    for (let id = 0; id < 20; id += 1) expect(batcher.add({ id, size: 0 })).toBeUndefined()
    expect(batcher.add({ id: 20, size: 0 })).toBeInstanceOf(Promise)
  })

  it('writes what it has when stopped, turns away who waits and who comes later, and leaves no timer', async () => {
    const { batcher, batches, endWrite } = setUp()
    for (const id of [1, 2, 3]) void batcher.add({ id, size: 10 })
    await vi.advanceTimersByTimeAsync(0)
    const waiting = batcher.add({ id: 4, size: 10 })
    const stopped = batcher.stop()
    await expect(waiting).rejects.toMatchObject({ code: 'INGEST_STOPPED' })
    await expect(batcher.add({ id: 5, size: 1 })).rejects.toMatchObject({ code: 'INGEST_STOPPED' })
    for (let n = 0; n < 3; n += 1) await endWrite()
    await stopped
    await batcher.stop()
    expect(batches).toEqual([[1], [2], [3]])
    expect(vi.getTimerCount()).toBe(0)
  })
})
