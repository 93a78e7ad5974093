import { inSlices } from '../in-slices.ts'

/** Work that comes a little at a time, and sometimes thousands of pieces at once: then everything else has its turn in between. */
export interface Backlog<Item> {
  /** Done at once when little waits; in place of an item of the same key that waits still. */
  put: (items: Iterable<readonly [key: string, item: Item]>) => void
  /** What waits is dropped. */
  stop: () => void
}

/** @param onError told when work failed; what waits behind goes on */
export function createBacklog<Item>(work: (item: Item) => void, onError: (error: unknown) => void): Backlog<Item> {
  const waiting = new Map<string, Item>()
  let isWorking = false
  const workOff = async (): Promise<void> => {
    isWorking = true
    try {
      await inSlices(waiting, ([key, item]) => {
        waiting.delete(key)
        work(item)
      })
    } catch (error) {
      onError(error)
    } finally {
      isWorking = false
    }
    // Failed before the end, or more came after the last step.
    if (waiting.size > 0) void workOff()
  }
  return {
    put: items => {
      for (const [key, item] of items) waiting.set(key, item)
      if (!isWorking) void workOff()
    },
    stop: () => waiting.clear(),
  }
}
