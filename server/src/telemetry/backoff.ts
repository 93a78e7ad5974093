/** A retry schedule: doubling from `firstMs` to `maxMs`, with full jitter so that many that failed together do not return together. */
export interface Backoff {
  firstMs: number
  maxMs: number
}

/** How long to wait after the `attempt`-th failure (from 1), in ms. `random` is in [0, 1). */
export function backoffMs({ firstMs, maxMs }: Backoff, attempt: number, random: () => number): number {
  const ceilingMs = Math.min(maxMs, firstMs * 2 ** Math.min(attempt - 1, 30))
  // Never below a tenth: a jitter of nearly 0 would hammer a store that is down.
  return Math.round(ceilingMs * (0.1 + 0.9 * random()))
}

/** Resolves after `delayMs`, or at once when `signal` aborts; never rejects. */
export function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) return resolve()
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, delayMs)
    signal.addEventListener('abort', done)
  })
}
