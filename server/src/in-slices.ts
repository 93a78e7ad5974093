import { setImmediate } from 'node:timers/promises'

/** A stretch of work is never longer than this before others have their turn. */
const SLICE_MS = 8

/**
 * Does `work` for each item, letting everything else that waits have its turn every 8 ms: thousands of stations open at the
 * same minute, and no request should wait for all of them. Stops early once `isStopped`.
 */
export async function inSlices<T>(
  items: Iterable<T>,
  work: (item: T) => void,
  isStopped: () => boolean = () => false,
): Promise<void> {
  let startedMs = performance.now()
  for (const item of items) {
    if (isStopped()) return
    work(item)
    if (performance.now() - startedMs < SLICE_MS) continue
    await setImmediate()
    startedMs = performance.now()
  }
}
