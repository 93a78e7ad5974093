import type { Person, RotaWeek } from '@harbor/protocol'
import { dayIn, daysLater } from '../assets/asset-row.ts'
import { withinScope } from '../people/scope.ts'
import { type GapDeps, findGaps, needing } from './rota-gaps.ts'
import { instantOf } from './staffed-hours.ts'

const DAYS = 7
/** Stations of one answer: what somebody can look through; a region narrows it down. */
const MAX_STATIONS = 500
const HOUR_MS = 3_600_000

/** Seven days of every station that somebody has to open: shifts that somebody has, and hours that nobody covers. */
export async function rotaWeek(
  deps: GapDeps,
  person: Person,
  { region, from, atMs }: { region?: string | undefined; from?: string | undefined; atMs: number },
): Promise<RotaWeek> {
  const { db, timeZone } = deps
  const firstDay = from ?? dayIn(timeZone, atMs)
  const query = { person, region, firstDay, days: DAYS, atMs }
  const rows = await needing(deps, query)
    .orderBy('station.id')
    .limit(MAX_STATIONS + 1)
    .execute()
  const { gaps } = await findGaps(deps, query)
  const gapsOf = Map.groupBy(gaps, ({ view }) => view.station)
  const days = Array.from({ length: DAYS }, (_, index) => daysLater(firstDay, index))
  const starts = [...days, daysLater(firstDay, DAYS)].map(day => instantOf({ day, minute: 0 }, timeZone))
  const shifts = await db
    .selectFrom('shift')
    .select(['station', 'from_ms'])
    .where('person', 'is not', null)
    .where('cancelled_at_ms', 'is', null)
    .where('from_ms', '>=', starts[0] ?? 0)
    .where('from_ms', '<', starts.at(-1) ?? 0)
    .where(withinScope(person, { district: 'shift.district', station: 'shift.station' }))
    .execute()
  const shiftsOf = Map.groupBy(shifts, ({ station, from_ms: ms }) => `${station} ${dayIn(timeZone, Number(ms))}`)
  return {
    at: new Date(atMs).toISOString(),
    firstDay,
    isCut: rows.length > MAX_STATIONS,
    stations: rows.slice(0, MAX_STATIONS).map(row => ({
      station: row.id,
      nameZh: row.name_zh,
      nameEn: row.name_en,
      district: row.district,
      days: days.map((day, index) => {
        const [startMs = 0, endMs = 0] = [starts[index], starts[index + 1]]
        const openMs = (gapsOf.get(row.id) ?? []).reduce((sum, { view }) => {
          const overlap = Math.min(endMs, Date.parse(view.to)) - Math.max(startMs, Date.parse(view.from))
          return sum + Math.max(0, overlap)
        }, 0)
        return {
          day,
          shifts: shiftsOf.get(`${row.id} ${day}`)?.length ?? 0,
          gapHours: Math.round((openMs / HOUR_MS) * 10) / 10,
        }
      }),
    })),
  }
}
