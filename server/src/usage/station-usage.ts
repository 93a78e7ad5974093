import type { Person, StationUsage } from '@harbor/protocol'
import { ApiProblem } from '../errors.ts'
import { maySeeStation } from '../people/scope.ts'
import { editsOf } from './edits.ts'
import { noFacts } from './facts.ts'
import { figuresOf } from './figures-of.ts'
import { dateOfDay } from './local-day.ts'
import { addFacts } from './query-sums.ts'
import { type UsageDeps, periodOf } from './usage-report.ts'
import { weatherOf } from './weather-days.ts'

/** A station day by day. @throws ApiProblem `not_found`, also for another's. */
export async function stationUsage(
  { db, directory, nowMs }: UsageDeps,
  person: Person,
  { id, from, to }: { id: string; from: string; to: string },
): Promise<StationUsage> {
  const record = directory.stations.get(id)?.record
  if (record === undefined || !maySeeStation(person, record))
    throw new ApiProblem('not_found', `there is no station ${id}`)
  const { fromDay, toDay } = periodOf({ from, to })
  const [rows, edits, weather] = await Promise.all([
    db
      .selectFrom('usage_day')
      .selectAll()
      .where('station', '=', id)
      .where('day', '>=', fromDay)
      .where('day', '<=', toDay)
      .orderBy('day')
      .execute(),
    editsOf(db, person, { from, to, station: id }),
    weatherOf(db, new Set([record.district]), { fromDay, toDay }),
  ])
  const facts = rows.reduce((sum, row) => addFacts(sum, row), noFacts())
  return {
    at: new Date(nowMs()).toISOString(),
    station: id,
    nameZh: record.nameZh,
    nameEn: record.nameEn,
    from,
    to,
    ...(record.capacity !== undefined && { capacity: record.capacity }),
    method: rows.findLast(({ method }) => method !== 'none')?.method ?? 'none',
    total: figuresOf(facts),
    days: rows.map(row => {
      const date = dateOfDay(row.day)
      const outdoors = weather.get(date)
      const measured = Object.entries(JSON.parse(row.measured ?? '{}') as Record<string, number | null>)
      return {
        date,
        figures: figuresOf(row),
        doubts: JSON.parse(row.doubts) as StationUsage['days'][number]['doubts'],
        measured: Object.fromEntries(measured.filter(([, value]) => value !== null)),
        opening: row.truth,
        ...(outdoors !== undefined && { weather: outdoors }),
      }
    }),
    edits,
  }
}
