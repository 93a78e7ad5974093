import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { compileFunction } from 'node:vm'
import { dateOfWall } from '@harbor/protocol/opening-at'
import type { opening_hours as OpeningHours } from 'opening_hours'
import type { Calendar } from '../calendar/calendar.ts'

export type { OpeningHours }

/** The library that reads `opening_hours`, with our own calendar in it. */
export interface HoursLibrary {
  /** @throws whatever the library throws (texts, mostly) when it cannot read `hours`. */
  parse: (hours: string) => OpeningHours
  /** Milliseconds of the wall clock as the library takes them. */
  date: (wallMs: number) => Date
}

/** Where the stations are. Without a position sunrise is at 06:00 and sunset at 18:00. */
const PLACE = { address: { country_code: 'cn', state: '' } }

/** What the library prints while it fails is in the error that it throws, too. */
const SILENT = { log: () => {}, warn: () => {}, error: () => {} }

/** Where the library takes its table of all countries' holidays into use: the one place at which ours is put in. */
const HOLIDAYS_SEAM = 'const holidayDefinitions = holiday_definitions;'
const OUR_HOLIDAYS = 'const holidayDefinitions = { cn: { PH: harborHolidays } };'

/**
 * Never matches, as it falls into the next year, and is looked past: the library goes by the next holiday, and fails in a
 * year that has none.
 */
const AFTER_THE_YEAR = { name: '-', fixed_date: [13, 1] }

/**
 * Loads the library with a calendar. `PH` are the calendar's holidays and no others (the library itself knows of China's
 * only some fixed dates, three of which are no days off); a make-up workday is the weekday that it follows.
 *
 * It takes some 50 ms and a few MB: one for a process is enough.
 */
export function loadHoursLibrary(calendar: Calendar): HoursLibrary {
  const WallDate = wallDateWith(calendar)
  const path = createRequire(import.meta.url).resolve('opening_hours')
  const names = ['module', 'exports', 'require', 'Date', 'console', 'harborHolidays']
  const run = compileFunction(withOurHolidays(readFileSync(path, 'utf8')), names, { filename: path })
  const module = { exports: {} }
  // The sun's position is its only dependency, and never asked for without ours.
  run(module, module.exports, () => ({}), WallDate, SILENT, holidaysOf(calendar))
  const Library = module.exports as new (hours: string, place: typeof PLACE) => OpeningHours
  return { parse: hours => new Library(hours, PLACE), date: wallMs => new WallDate(wallMs) }
}

function withOurHolidays(source: string): string {
  if (source.split(HOLIDAYS_SEAM).length !== 2)
    throw new Error(`opening_hours: expected "${HOLIDAYS_SEAM}" once: another version of the library has another seam`)
  return source.replace(HOLIDAYS_SEAM, OUR_HOLIDAYS)
}

function holidaysOf(calendar: Calendar): { name: string; fixed_date: number[]; year?: number }[] {
  const holidays = calendar.dates('holiday').map(date => {
    const [year = 0, month = 0, day = 0] = date.split('-').map(Number)
    return { name: calendar.dayOf(date)?.nameZh ?? '', fixed_date: [month, day], year }
  })
  return [...holidays, AFTER_THE_YEAR]
}

/**
 * A Date whose local zone is UTC. The library reads and builds Dates in the process' zone; in one with summer time some
 * wall-clock times of a station do not exist, and so no shifting of instants could say them. With this Date its "local" time
 * is simply the wall clock of the station (see wall-clock.ts), whatever TZ the process runs in. And on a make-up workday its
 * weekday is the one that is made up for.
 */
function wallDateWith(calendar: Calendar): new (wallMs: number) => Date {
  const makeUps = new Map(calendar.dates('make_up_workday').map(date => [date, calendar.dayOf(date)?.weekday ?? 0]))
  return class WallDate extends Date {
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
      const weekday = this.getUTCDay()
      // Make-up workdays are Saturdays and Sundays: most days need no look-up.
      if (weekday > 0 && weekday < 6) return weekday
      return makeUps.get(dateOfWall(this.getTime())) ?? weekday
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
}
