import { HarborError } from '@harbor/protocol'

export interface BatcherSettings {
  /** A batch is written when this many readings wait. A single pack is never split. */
  flushReadings: number
  /** …or when the oldest has waited this long, in ms. */
  flushMs: number
  /** At most this many readings wait; beyond it `add` holds its caller back. */
  queueReadings: number
}

/** What the batcher throws: it takes nothing any more. */
export type BatcherErrorCode = 'INGEST_STOPPED'

/** Collects packs into batches; one batch at a time is with the store. */
export interface Batcher<Pack> {
  /** Undefined when the pack is in the queue; a promise when the queue is full, resolved once it has taken the pack. @throws (rejects) INGEST_STOPPED. */
  add(pack: Pack): Promise<void> | undefined
  /** Readings that wait or are being written. */
  depth(): number
  /** Takes nothing more, and resolves when what waits was given to `write`. */
  stop(): Promise<void>
}

export interface BatcherDeps<Pack> {
  /** Resolves when the batch is dealt with: durable, or given up because of a stop. Retries by itself; never rejects. */
  write: (packs: Pack[]) => Promise<void>
  /** Readings in a pack. */
  sizeOf: (pack: Pack) => number
}

interface Waiter<Pack> {
  pack: Pack
  resolve: () => void
  reject: (error: Error) => void
}

export function createBatcher<Pack>(
  { flushReadings, flushMs, queueReadings }: BatcherSettings,
  { write, sizeOf }: BatcherDeps<Pack>,
): Batcher<Pack> {
  let queue: Pack[] = []
  let waitingReadings = 0
  let writingReadings = 0
  let waiters: Waiter<Pack>[] = []
  let timer: NodeJS.Timeout | undefined
  let isDue = false
  let isStopped = false
  let draining: Promise<void> | undefined

  // A pack without readings still needs its place, or a flood of empty ones would be unbounded.
  const weight = (pack: Pack) => Math.max(1, sizeOf(pack))

  function push(pack: Pack): void {
    queue.push(pack)
    waitingReadings += weight(pack)
    timer ??= setTimeout(() => {
      isDue = true
      wake()
    }, flushMs)
    if (waitingReadings >= flushReadings) wake()
  }

  function wake(): void {
    draining ??= drain().finally(() => {
      draining = undefined
    })
  }

  function isBatchDue(): boolean {
    return queue.length > 0 && (isDue || isStopped || waitingReadings >= flushReadings)
  }

  async function drain(): Promise<void> {
    while (isBatchDue()) {
      const packs = takeBatch()
      admitWaiters()
      await write(packs)
      writingReadings = 0
    }
  }

  function takeBatch(): Pack[] {
    let size = 0
    let count = 0
    for (const pack of queue) {
      const next = size + weight(pack)
      if (count > 0 && next > flushReadings) break
      size = next
      count += 1
    }
    const packs = queue.slice(0, count)
    queue = queue.slice(count)
    waitingReadings -= size
    writingReadings = size
    // What stays behind is younger than what goes; it gets a term of its own.
    if (queue.length === 0) clearTerm()
    return packs
  }

  function clearTerm(): void {
    clearTimeout(timer)
    timer = undefined
    isDue = false
  }

  function admitWaiters(): void {
    while (waitingReadings < queueReadings) {
      const waiter = waiters.shift()
      if (waiter === undefined) return
      push(waiter.pack)
      waiter.resolve()
    }
  }

  const stopped = () => new HarborError<BatcherErrorCode>('INGEST_STOPPED', 'ingest: stopping, not taken')

  return {
    depth: () => waitingReadings + writingReadings,

    add(pack) {
      if (isStopped) return Promise.reject(stopped())
      if (waitingReadings < queueReadings) {
        push(pack)
        return undefined
      }
      return new Promise((resolve, reject) => waiters.push({ pack, resolve, reject }))
    },

    async stop() {
      isStopped = true
      const turnedAway = waiters
      waiters = []
      for (const { reject } of turnedAway) reject(stopped())
      wake()
      await draining
      clearTerm()
    },
  }
}
