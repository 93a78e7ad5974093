import type { FeedWalk } from './feed-walk.ts'

/** The feed is read so often even when nothing rings (chosen: an alert is then at most half a minute late without a broker). */
export const QUIET_INTERVAL_MS = 30_000
/** Between two tries after a fault: doubled each time up to the last (chosen), and half of it left to chance. */
const FIRST_RETRY_MS = 1_000
const LAST_RETRY_MS = 60_000

/** How long to wait after the nth fault in a row; `chance` is from 0 to 1. */
export function retryDelayMs(faults: number, chance: number): number {
  const most = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(faults - 1, 16))
  return Math.round(most / 2 + (most / 2) * chance)
}

export interface FeedLoop {
  start: () => void
  /** Something may be new; `seq` where it is known. */
  wake: (seq: number | undefined) => void
  /** Resolves when nothing runs any more. */
  stop: () => Promise<void>
}

export interface FeedLoopDeps {
  walk: FeedWalk
  onFault: (error: unknown) => void
  onFine: () => void
  random: () => number
}

/** Walks the feed when it is woken and every half minute, one walk at a time; however often it is woken meanwhile, one more follows. */
export function createFeedLoop({ walk, onFault, onFine, random }: FeedLoopDeps): FeedLoop {
  let isStopped = true
  let isWoken = false
  let running: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  let faults = 0

  const round = async (): Promise<void> => {
    let waitMs = QUIET_INTERVAL_MS
    try {
      do {
        isWoken = false
        await walk.run(() => isStopped)
      } while (isWoken)
      faults = 0
      onFine()
    } catch (error) {
      faults += 1
      waitMs = retryDelayMs(faults, random())
      if (!isStopped) onFault(error)
    }
    running = undefined
    if (isStopped) return
    timer = setTimeout(run, waitMs)
  }
  const run = () => {
    clearTimeout(timer)
    running ??= round()
  }

  return {
    start() {
      isStopped = false
      run()
    },
    wake(seq) {
      if (isStopped || (seq !== undefined && seq <= (walk.after() ?? -1))) return
      isWoken = true
      // While the server does not answer, its own schedule says when it is asked again.
      if (faults === 0) run()
    },
    async stop() {
      isStopped = true
      isWoken = false
      clearTimeout(timer)
      await running
    },
  }
}
