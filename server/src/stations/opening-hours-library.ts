import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { compileFunction } from 'node:vm'
import type { opening_hours as OpeningHours } from 'opening_hours'

export type { OpeningHours }

/**
 * A Date whose local zone is UTC. The library reads and builds Dates in the process' zone; in one with summer time some
 * wall-clock times of a station do not exist, and so no shifting of instants could say them. With this Date its "local" time
 * is simply the wall clock of the station (see wall-clock.ts), whatever TZ the process runs in.
 */
class WallDate extends Date {
  constructor(...args: readonly [] | readonly [number | string | Date] | readonly [number, number, ...number[]]) {
    const [first, second, ...rest] = args
    if (first === undefined) {
      // Its own reading of the clock serves only for warnings about dates that are over; without it, it is deterministic.
      super(0)
    } else if (typeof first === 'number' && second !== undefined) {
      super(Date.UTC(first, second, ...rest))
    } else {
      super(first)
    }
  }
  override getFullYear() {
    return this.getUTCFullYear()
  }
  override getMonth() {
    return this.getUTCMonth()
  }
  override getDate() {
    return this.getUTCDate()
  }
  override getDay() {
    return this.getUTCDay()
  }
  override getHours() {
    return this.getUTCHours()
  }
  override getMinutes() {
    return this.getUTCMinutes()
  }
  override setDate(date: number) {
    return this.setUTCDate(date)
  }
  override setHours(...args: [number, number?, number?, number?]) {
    return this.setUTCHours(...(args as [number]))
  }
}

/** Where the stations are, for the holidays (`PH`). Without a position sunrise is at 06:00 and sunset at 18:00. */
const PLACE = { address: { country_code: 'cn', state: '' } }

/** What the library prints while it fails is in the error that it throws, too. */
const SILENT = { log: () => {}, warn: () => {}, error: () => {} }

let Library: (new (hours: string, place: typeof PLACE) => OpeningHours) | undefined

/** @throws whatever the library throws (texts, mostly) when it cannot read `hours`. */
export function parseOpeningHours(hours: string): OpeningHours {
  Library ??= loadLibrary()
  return new Library(hours, PLACE)
}

/** Milliseconds of the wall clock as the library takes them. */
export function wallDate(wallMs: number): Date {
  return new WallDate(wallMs)
}

/** The library's own build, as an import would run it, but with WallDate for its Date. */
function loadLibrary(): NonNullable<typeof Library> {
  const path = createRequire(import.meta.url).resolve('opening_hours')
  const names = ['module', 'exports', 'require', 'Date', 'console']
  const run = compileFunction(readFileSync(path, 'utf8'), names, { filename: path })
  const module = { exports: {} }
  // The sun's position is its only dependency, and never asked for without ours.
  run(module, module.exports, () => ({}), WallDate, SILENT)
  return module.exports as NonNullable<typeof Library>
}
