import { wallOfDate } from '@harbor/protocol/opening-at'
import type { Directory } from '../registry/directory.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import type { HoursOverride } from './hours-line.ts'
import type { Opening, PostedHours } from './opening.ts'
import { firstInstantAtWall } from './wall-clock.ts'

const DAY_MS = 24 * 3_600_000
/** Changes that hold on one day, in the whole system, as many as may hold at once. */
const MAX_OF_DAY = 5_000

export interface PastHoursDeps {
  db: RegistryDb
  directory: Pick<Directory, 'stations'>
  posted: Pick<PostedHours, 'openingState'>
  timeZone: string
}

/**
 * Posted hours on a day that is over, with the changes that were in force when it ended: made by then, and not taken back before. A
 * station's own hours are those that it has now; `unknown` for one that is not registered.
 *
 * @param date as 2026-10-01
 */
export async function openingsOn(
  { db, directory, posted, timeZone }: PastHoursDeps,
  date: string,
): Promise<(station: string, atMs: number) => Opening> {
  const wallMs = wallOfDate(date) + DAY_MS
  const endMs = firstInstantAtWall(wallMs, timeZone, wallMs - 2 * DAY_MS)
  const rows = await db
    .selectFrom('hours_change')
    .select(['id', 'station', 'district', 'kind', 'from_date', 'to_date', 'hours'])
    .where('from_date', '<=', date)
    .where('to_date', '>=', date)
    .where('created_at_ms', '<', endMs)
    .where(eb => eb.or([eb('ended_at_ms', 'is', null), eb('ended_at_ms', '>=', endMs)]))
    .orderBy('created_at_ms', 'desc')
    .orderBy('id')
    .limit(MAX_OF_DAY)
    .execute()
  const toOverride = (row: (typeof rows)[number]): HoursOverride => ({
    id: row.id,
    kind: row.kind,
    from: row.from_date,
    to: row.to_date,
    ...(row.hours !== null && { hours: row.hours }),
  })
  const byPlace = Map.groupBy(rows, ({ station, district }) => station ?? district)
  const known = new Map<string, readonly HoursOverride[]>()
  return (station, atMs) => {
    const record = directory.stations.get(station)?.record
    if (record === undefined) return { state: 'unknown' }
    // A station's own go before its district's.
    const overrides =
      known.get(station) ??
      [...(byPlace.get(station) ?? []), ...(byPlace.get(record.district) ?? [])].map(row => toOverride(row))
    known.set(station, overrides)
    return posted.openingState({ hours: record.hours, overrides, atMs, timeZone })
  }
}
