import type { HoursPlan } from '@harbor/protocol'
import { dateOfWall } from '@harbor/protocol/opening-at'
import type { Logger } from 'pino'
import type { Calendar } from '../calendar/calendar.ts'
import { readCalendar } from '../calendar/read-calendar.ts'
import type { Directory } from '../registry/directory.ts'
import { type HoursChanges, type HoursChangesDeps, createHoursChanges } from './hours-changes.ts'
import { type Opening, type PostedHours, createPostedHours } from './opening.ts'
import { openingsOn } from './past-hours.ts'
import { toWall } from './wall-clock.ts'

/** So long before the known holidays end it is said at every start. The next year's come out in October or November. */
const CALENDAR_ENDS_SOON_MS = 45 * 24 * 3_600_000

/** The stations' hours: what is posted, what was changed for some days, and the calendar that they go by. */
export interface StationHours {
  posted: PostedHours
  /** A holiday or make-up workday. @param date as 2026-10-01 */
  dayOf: Calendar['dayOf']
  changes: HoursChanges
  /** A station's own posted hours at an instant, changes included; `unknown` for a station that is not registered. */
  openingAt: (station: string, atMs: number) => Opening
  /** The same for a day that is over, with the changes that then held. @param date as 2026-10-01 */
  openingsOn: (date: string) => Promise<(station: string, atMs: number) => Opening>
  /** A station's hours day by day from the day of `atMs` on; undefined as of `posted.plan`, or when it is not registered. */
  planOf: (station: string, atMs: number) => HoursPlan | undefined
}

/** @throws CalendarError when a calendar's file is wrong. */
export async function openStationHours(
  { calendarDir, timeZone }: { calendarDir: string; timeZone: string },
  deps: Omit<HoursChangesDeps, 'posted' | 'timeZone'> & { directory: Pick<Directory, 'stations'>; log: Logger },
): Promise<StationHours> {
  const calendar = await readCalendar(calendarDir)
  const endsSoon = dateOfWall(toWall(deps.nowMs() + CALENDAR_ENDS_SOON_MS, timeZone))
  if (calendar.knownUntil === undefined || calendar.knownUntil < endsSoon) {
    const { knownUntil } = calendar
    deps.log.warn({ knownUntil, calendarDir }, 'the holidays of the next year are not known: bring its calendar')
  }
  const posted = createPostedHours(calendar)
  const changes = createHoursChanges({ ...deps, posted, timeZone })
  await changes.start()
  return {
    posted,
    dayOf: calendar.dayOf,
    changes,
    openingAt: (station, atMs) => {
      const record = deps.directory.stations.get(station)?.record
      if (record === undefined) return { state: 'unknown' }
      const overrides = changes.of(station, record.district)
      return posted.openingState({ hours: record.hours, overrides, atMs, timeZone })
    },
    openingsOn: date => openingsOn({ ...deps, posted, timeZone }, date),
    planOf: (station, atMs) => {
      const record = deps.directory.stations.get(station)?.record
      if (record === undefined) return undefined
      const overrides = changes.of(station, record.district)
      return posted.plan({ hours: record.hours, overrides, atMs, timeZone })
    },
  }
}
