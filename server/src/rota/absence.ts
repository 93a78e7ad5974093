import type { OpeningAbsence } from '@harbor/protocol'
import { dayIn } from '../assets/asset-row.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import { recordOf } from './rota-row.ts'

const DAY_MS = 24 * 3_600_000

/** A station and a day of its calendar. */
export interface StationDate {
  station: string
  date: string
}

/**
 * Why the rota says that a station may have been shut on a day, by `${station} ${date}`: nobody had a shift, or nobody who had one came. Only of
 * stations that somebody has to open, and of days since that was said of them.
 */
export async function absencesOn(
  db: RegistryDb,
  days: readonly StationDate[],
  { timeZone, atMs }: { timeZone: string; atMs: number },
): Promise<Map<string, OpeningAbsence>> {
  const found = new Map<string, OpeningAbsence>()
  const dates = days.map(({ date }) => Date.parse(date))
  if (dates.length === 0) return found
  const stations = [...new Set(days.map(({ station }) => station))]
  const needing = await db
    .selectFrom('rota_station')
    .select(['station', 'at_ms'])
    .where('needs_keeper', '=', 1)
    .where('station', 'in', stations)
    .execute()
  const since = new Map(needing.map(row => [row.station, dayIn(timeZone, Number(row.at_ms))]))
  const shifts = await db
    .selectFrom('shift')
    .selectAll()
    .where('station', 'in', [...since.keys(), ''])
    // A day of any zone begins at most a day before and ends at most two days after it does in UTC.
    .where('to_ms', '>', Math.min(...dates) - DAY_MS)
    .where('from_ms', '<', Math.max(...dates) + 2 * DAY_MS)
    .execute()
  const shiftsOf = Map.groupBy(shifts, ({ station, from_ms: ms }) => `${station} ${dayIn(timeZone, Number(ms))}`)
  for (const { station, date } of days) {
    const first = since.get(station)
    if (first === undefined || date < first || date > dayIn(timeZone, atMs)) continue
    const key = `${station} ${date}`
    const held = (shiftsOf.get(key) ?? []).map(recordOf).filter(one => one.person !== undefined && !one.isCancelled)
    if (held.length === 0) found.set(key, 'nobody_on_rota')
    else if (held.every(one => one.checkedInMs === undefined && one.toMs <= atMs)) found.set(key, 'nobody_came')
  }
  return found
}
