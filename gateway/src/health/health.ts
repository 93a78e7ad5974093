import { statfsSync } from 'node:fs'
import { freemem } from 'node:os'
import { type GatewayHealth, MAX_HEALTH_DEVICES } from '@harbor/protocol'
import type { StationClock } from '../clock/station-clock.ts'
import type { Stopwatch } from '../log.ts'

export interface HealthDeps {
  stationClock: StationClock
  stopwatch: Stopwatch
  /** When each device was heard last, in ms since the machine's start. */
  heard: () => ReadonlyMap<string, number>
}

/** How the box is. `folder` is on the disk in question. */
export interface Health {
  /** Since the last call, where it is about a time. */
  read: () => GatewayHealth
}

export function createHealth(folder: string, { stationClock, stopwatch, heard }: HealthDeps): Health {
  let last = { atMs: stopwatch(), cpu: process.cpuUsage() }

  const cpuPercent = (): number => {
    const now = { atMs: stopwatch(), cpu: process.cpuUsage() }
    const usedMs = (now.cpu.user + now.cpu.system - last.cpu.user - last.cpu.system) / 1_000
    const elapsedMs = now.atMs - last.atMs
    last = now
    return elapsedMs <= 0 ? 0 : Math.max(0, Math.round((usedMs / elapsedMs) * 1_000) / 10)
  }
  return {
    read: () => {
      const { upMs } = stationClock.now()
      const offsetMs = stationClock.offsetMs()
      const freeDiskBytes = freeBytes(folder)
      const newest = [...heard()].sort(([, a], [, b]) => b - a).slice(0, MAX_HEALTH_DEVICES)
      return {
        cpuPercent: cpuPercent(),
        memoryBytes: process.memoryUsage.rss(),
        freeMemoryBytes: freemem(),
        ...(freeDiskBytes === undefined ? {} : { freeDiskBytes }),
        clock: { source: stationClock.source(), ...(offsetMs === undefined ? {} : { offsetMs }) },
        silentMs: Object.fromEntries(
          newest.map(([device, atUpMs]) => [device, Math.max(0, Math.round(upMs - atUpMs))]),
        ),
        versions: { node: process.versions.node, sqlite: process.versions['sqlite'] ?? 'unknown' },
      }
    },
  }
}

/** What an unprivileged process may still write to the disk; undefined where the system does not say. */
function freeBytes(folder: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(folder)
    return bavail * bsize
  } catch {
    return undefined // EIO, ENOSYS: a disk that does not answer shows as the outbox's problem
  }
}
