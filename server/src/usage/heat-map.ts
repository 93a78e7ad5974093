import type { Person, UsageHeatMap } from '@harbor/protocol'
import { ApiProblem } from '../errors.ts'
import type { DayHours } from './facts.ts'
import { weekOf } from './query-sums.ts'
import { lookOf, stationsWithin } from './scope-of-sums.ts'
import { type UsageDeps, periodOf } from './usage-report.ts'

/** Visits and people inside by hour and weekday. @throws ApiProblem `not_found` for another's region or station. */
export async function heatMap(
  { db, nowMs }: UsageDeps,
  person: Person,
  query: { region?: string | undefined; station?: string | undefined; from: string; to: string },
): Promise<UsageHeatMap> {
  const { fromDay, toDay } = periodOf(query)
  const { region, station } = query
  const look = await lookOf(db, person, region)
  let rows: { day: number; hours: string | null }[]
  if (station === undefined) {
    rows = await db
      .selectFrom('usage_sum')
      .select(['start as day', 'hours'])
      .where('kind', '=', look.kind)
      .where('span', '=', 'day')
      .where('place', 'in', look.places.length === 0 ? [''] : [...look.places])
      .where('host_kind', '=', '*')
      .where('start', '>=', fromDay)
      .where('start', '<=', toDay)
      .execute()
  } else {
    const own = await db
      .selectFrom('station')
      .select('id')
      .where('id', '=', station)
      .where(stationsWithin(person, region, { district: 'district', street: 'street', station: 'id' }))
      .executeTakeFirst()
    if (own === undefined) throw new ApiProblem('not_found', `there is no station ${station}`)
    rows = await db
      .selectFrom('usage_day')
      .select(['day', 'hours'])
      .where('station', '=', station)
      .where('day', '>=', fromDay)
      .where('day', '<=', toDay)
      .execute()
  }
  const cells = () =>
    Array.from({ length: 7 }, () => Array.from({ length: 24 }, () => ({ sum: 0, days: new Set<number>() })))
  const [visits, people] = [cells(), cells()]
  const days = new Set<number>()
  for (const { day, hours } of rows) {
    if (hours === null) continue
    const weekday = day - weekOf(day)
    const own = JSON.parse(hours) as DayHours
    for (const [grid, list] of [
      [visits, own.visits],
      [people, own.people],
    ] as const)
      for (const [hour, amount] of list.entries()) {
        const cell = grid[weekday]?.[hour]
        if (amount === null || cell === undefined) continue
        cell.sum += amount
        cell.days.add(day)
        days.add(day)
      }
  }
  const means = (grid: typeof visits) =>
    grid.map(list => list.map(({ sum, days: { size } }) => (size === 0 ? null : Math.round((sum / size) * 100) / 100)))
  return {
    at: new Date(nowMs()).toISOString(),
    from: query.from,
    to: query.to,
    ...(region !== undefined && { region }),
    ...(station !== undefined && { station }),
    visits: means(visits),
    people: means(people),
    days: days.size,
  }
}
