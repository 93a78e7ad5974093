import { errorText } from '@harbor/protocol'
import type { Logger } from 'pino'
import { type RetentionDays, keptFromOf } from './levels.ts'
import type { TelemetryStore } from './telemetry-store.ts'

/** How often the store is told the time (chosen: late readings wait no longer for their sums). */
const EVERY_MS = 10 * 60_000

/** Tells the store every now and then what time it is and what it need no longer keep. */
export interface TelemetryUpkeep {
  /** Also does it at once, without waiting for it. */
  start: () => void
  /** Waits for nothing: the store ends what it is at when it is stopped itself. */
  stop: () => void
}

export interface TelemetryUpkeepDeps {
  store: Pick<TelemetryStore, 'maintain'>
  nowMs: () => number
  log: Logger
}

export function createTelemetryUpkeep(
  days: RetentionDays,
  { store, nowMs, log }: TelemetryUpkeepDeps,
): TelemetryUpkeep {
  let timer: NodeJS.Timeout | undefined
  let isRunning = false
  let isStopped = false

  const run = async () => {
    // One that takes longer than the time between two is not overtaken.
    if (isRunning) return
    isRunning = true
    const now = nowMs()
    try {
      await store.maintain({ nowMs: now, keepFromMs: keptFromOf(days, now) })
    } catch (error) {
      if (!isStopped)
        log.warn({ reason: errorText(error) }, 'readings could not be put in order; it is tried again in 10 minutes')
    } finally {
      isRunning = false
    }
  }

  return {
    start() {
      isStopped = false
      void run()
      timer = setInterval(() => void run(), EVERY_MS)
    },
    stop() {
      isStopped = true
      clearInterval(timer)
    },
  }
}
