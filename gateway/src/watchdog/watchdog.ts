import { writeFile } from 'node:fs/promises'
import { errorText } from '@harbor/protocol'
import type { Log, Stopwatch } from '../log.ts'
import { isFull } from '../outbox/sqlite-error.ts'
import type { ServiceManager } from './service-manager.ts'

/** Without a service manager that says how often: what a container's health check looks at is at most this old. */
export const CHECK_MS = 10_000
/** One line a minute about an ailment that lasts. */
const LOG_INTERVAL_MS = 60_000

export interface WatchdogOptions {
  /** How often it is looked, in ms: half of what the manager allows (sd_watchdog_enabled(3)). */
  everyMs: number
  /** Whether the manager restarts a process that is silent; false: it is only told of the start and the end. */
  isWatched: boolean
  /** Written while all is well, for whoever can only look at files. */
  healthFile: string | undefined
}

export interface WatchdogDeps {
  /** Throws when the gateway does not do its work: a reading could not be kept. */
  check: () => void
  manager: ServiceManager | undefined
  stopwatch: Stopwatch
  log: Log
}

/**
 * Says that the process is well, and says nothing when it is not: a loop that stands still sends nothing by itself, and an
 * outbox that cannot be written is looked at. A disk that is full is told of but is no reason for a restart: that makes no room,
 * and the readings on it go on to the server meanwhile.
 */
export interface Watchdog {
  /** Tells that the start is done, and begins. */
  start: () => Promise<void>
  stop: () => Promise<void>
}

export function createWatchdog(options: WatchdogOptions, deps: WatchdogDeps): Watchdog {
  const { everyMs, isWatched, healthFile } = options
  const { check, manager, stopwatch, log } = deps
  let timer: NodeJS.Timeout | undefined
  let isBusy = false
  let isStopped = false
  let complaint = { atMs: Number.NEGATIVE_INFINITY, text: '' }

  const complain = (text: string) => {
    const nowMs = stopwatch()
    if (text === complaint.text && nowMs - complaint.atMs < LOG_INTERVAL_MS) return
    complaint = { atMs: nowMs, text }
    log.error({ problem: text }, 'the gateway is not well')
  }

  const tell = async (assignments: readonly string[]) => {
    try {
      await manager?.tell(assignments)
    } catch (error) {
      complain(`telling the service manager failed: ${errorText(error)}`)
    }
  }

  const look = async () => {
    // A manager that is slow to listen is told once, not ever more often.
    if (isBusy) return
    isBusy = true
    try {
      const ailment = ailmentOf(check)
      if (ailment !== undefined) complain(ailment.text)
      const status = `STATUS=${(ailment?.text ?? 'well').slice(0, 200)}`
      if (ailment === undefined || ailment.isBearable) {
        await tell(isWatched ? ['WATCHDOG=1', status] : [status])
      } else await tell([status])
      if (healthFile !== undefined && ailment === undefined) await writeFile(healthFile, 'well\n')
    } catch (error) {
      complain(`writing ${healthFile}: ${errorText(error)}`)
    } finally {
      isBusy = false
    }
  }

  return {
    start: async () => {
      await tell(['READY=1'])
      if (isStopped) return
      timer = setInterval(() => void look(), everyMs)
      await look()
    },
    stop: async () => {
      if (isStopped) return
      isStopped = true
      clearInterval(timer)
      await tell(['STOPPING=1'])
    },
  }
}

function ailmentOf(check: () => void): { text: string; isBearable: boolean } | undefined {
  try {
    check()
    return undefined
  } catch (error) {
    return { text: `the outbox cannot be written: ${errorText(error)}`, isBearable: isFull(error) }
  }
}
