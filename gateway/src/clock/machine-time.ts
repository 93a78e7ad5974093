import { existsSync, readFileSync } from 'node:fs'
import { uptime } from 'node:os'
import type { Clock, Random, Stopwatch } from '../log.ts'
import type { MachineTime } from './station-clock.ts'

/** Linux names each of its starts here (random(4)). */
const BOOT_ID_FILE = '/proc/sys/kernel/random/boot_id'
/** systemd-timesyncd's folder, and the file it makes in it once the clock was set by a server (systemd-timesyncd.service(8)). */
const TIMESYNC_FOLDER = '/run/systemd/timesync'
const SYNCHRONISED_FILE = `${TIMESYNC_FOLDER}/synchronized`
/** These are looked at this often while the clock is not set. */
const LOOK_EVERY_MS = 2_000

/**
 * The time as this machine tells it. Where the system does not name its starts, this process's is named: readings that an earlier
 * process held are then dated as those of an earlier start of the machine.
 */
export function createMachineTime({
  clock,
  stopwatch,
  random,
}: {
  clock: Clock
  stopwatch: Stopwatch
  random: Random
}): MachineTime {
  const boot = bootId() ?? `process-${Math.floor(random() * 2 ** 48).toString(36)}`
  // The system's own count goes on over the ends of processes; the stopwatch is finer.
  const startedUpMs = uptime() * 1000 - stopwatch()
  let synchronised: { is: boolean | undefined; lookedAtMs: number } | undefined

  return {
    clock,
    boot,
    upMs: () => Math.max(0, startedUpMs + stopwatch()),
    isSynchronised: () => {
      const nowMs = stopwatch()
      if (
        synchronised === undefined ||
        (synchronised.is === false && nowMs - synchronised.lookedAtMs >= LOOK_EVERY_MS)
      ) {
        const is = existsSync(TIMESYNC_FOLDER) ? existsSync(SYNCHRONISED_FILE) : undefined
        synchronised = { is, lookedAtMs: nowMs }
      }
      return synchronised.is
    },
  }
}

function bootId(): string | undefined {
  try {
    return readFileSync(BOOT_ID_FILE, 'utf8').trim().slice(0, 40) || undefined
  } catch {
    return undefined // ENOENT: not Linux
  }
}
