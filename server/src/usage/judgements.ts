import type { Person, UsageJudgements } from '@harbor/protocol'
import { sql } from 'kysely'
import { ApiProblem } from '../errors.ts'
import type { Directory } from '../registry/directory.ts'
import { CROWDED_SHARE, JUDGEMENT_RULES, isOvercrowded, judge } from './judge.ts'
import { type LocalDay, dayOfDate } from './local-day.ts'
import { type PeriodQuery } from './edits.ts'
import { stationByStation } from './query-sums.ts'
import { lookOf, stationsWithin } from './scope-of-sums.ts'
import { type UsageDeps, periodOf } from './usage-report.ts'

/** A judgement looks at single days of every station: for longer it would be slow, and about the past. */
const MAX_DAYS = 92
/** The weather service's yellow signal, and the limit for outdoor work with rests (docs/domain.md). */
const HOT_C = 35
const M_PER_DEG = 111_195
/** Of a day of `usage_day` beside its `station`. */
const IS_CROWDED = sql<boolean>`(peak_people > 0 and peak_people > ${sql.lit(CROWDED_SHARE)} * station.capacity)`

/** Stations that are little used or too full, and why. @throws ApiProblem `invalid_request`, `not_found` for another's region. */
export async function judgementsOf(
  deps: UsageDeps & { faultyAppliances: ReadonlySet<string> },
  person: Person,
  query: PeriodQuery,
): Promise<UsageJudgements> {
  const { db, directory, nowMs, faultyAppliances } = deps
  const { fromDay, toDay } = periodOf(query)
  if (toDay - fromDay >= MAX_DAYS)
    throw new ApiProblem('invalid_request', `query: expected at most ${MAX_DAYS} days between from and to`)
  await lookOf(db, person, query.region)
  const own = stationsWithin(person, query.region, {
    district: 'usage_day.district',
    street: 'usage_day.street',
    station: 'usage_day.station',
  })
  const isCounted = sql`people_minutes * 2 >= posted_minutes`
  const rows = await db
    .selectFrom('usage_day')
    .innerJoin('station', 'station.id', 'usage_day.station')
    .select(['usage_day.station', eb => eb.fn.sum<number>('observed_days').as('observed')])
    .select([eb => eb.fn.sum<number>('did_not_open').as('shut'), eb => eb.fn.max('peak_people').as('peak')])
    .select([
      sql<number>`sum(case when visits is not null and ${isCounted} then 1 else 0 end)`.as('counted'),
      sql<number>`sum(case when ${isCounted} then visits else 0 end)`.as('visits'),
      sql<number>`sum(posted_minutes) / 60.0 / count(*)`.as('hours'),
      sql<number>`sum(case when ${IS_CROWDED} then 1 else 0 end)`.as('crowded'),
    ])
    .where(stationByStation)
    .where('day', '>=', fromDay)
    .where('day', '<=', toDay)
    .where(own)
    .groupBy('usage_day.station')
    .execute()
  const often = rows.filter(({ counted, crowded }) => isOvercrowded(counted, crowded)).map(({ station }) => station)
  const hotCrowded = await hotCrowdedDays(deps, often, { ...query, fromDay, toDay })
  const nearest = nearestOf(directory)
  const stations: UsageJudgements['stations'] = []
  let judged = 0
  for (const row of rows) {
    const entry = directory.stations.get(row.station)
    if (entry === undefined) continue
    const { record, appliances } = entry
    const found = judge({
      countedDays: row.counted,
      visits: row.visits,
      peakPeople: row.peak ?? undefined,
      crowdedDays: row.crowded,
      capacity: record.capacity,
      observedDays: row.observed,
      didNotOpen: row.shut,
      postedHoursPerDay: row.hours,
      faultyAppliances: appliances.filter(({ id }) => faultyAppliances.has(id)).length,
      nearestM: nearest(row.station),
      hotCrowdedDays: hotCrowded.get(row.station) ?? 0,
    })
    if (row.counted > 0) judged += 1
    if (found === undefined) continue
    stations.push({
      station: row.station,
      nameZh: record.nameZh,
      nameEn: record.nameEn,
      visitsPerDay: Math.round((row.visits / Math.max(1, row.counted)) * 10) / 10,
      ...(row.peak !== null && { peakPeople: row.peak }),
      ...(record.capacity !== undefined && { capacity: record.capacity }),
      ...found,
    })
  }
  stations.sort((a, b) => a.visitsPerDay - b.visitsPerDay || (a.station < b.station ? -1 : 1))
  return { at: new Date(nowMs()).toISOString(), from: query.from, to: query.to, judged, stations, ...JUDGEMENT_RULES }
}

/** Of stations that are often too full: on how many of those days it was hot outdoors. */
async function hotCrowdedDays(
  { db }: UsageDeps,
  stations: readonly string[],
  { from, to, fromDay, toDay }: PeriodQuery & { fromDay: LocalDay; toDay: LocalDay },
): Promise<Map<string, number>> {
  const weather = await db
    .selectFrom('weather_day')
    .select(['district', 'date'])
    .where('date', '>=', from)
    .where('date', '<=', to)
    .where('max_c', '>=', HOT_C)
    .execute()
  const hot = new Set(weather.map(({ district, date }) => `${district} ${dayOfDate(date)}`))
  const found = new Map<string, number>()
  if (hot.size === 0 || stations.length === 0) return found
  const days = await db
    .selectFrom('usage_day')
    .innerJoin('station', 'station.id', 'usage_day.station')
    .select(['usage_day.station', 'usage_day.district', 'day'])
    .where('usage_day.station', 'in', stations)
    .where('day', '>=', fromDay)
    .where('day', '<=', toDay)
    .where(IS_CROWDED)
    .execute()
  for (const { station, district, day } of days)
    if (hot.has(`${district} ${day}`)) found.set(station, (found.get(station) ?? 0) + 1)
  return found
}

/** Metres to the nearest other station, where one is in the same or a neighbouring cell of 0.01 degrees (about 1 km). */
function nearestOf({ stations }: Pick<Directory, 'stations'>): (station: string) => number | undefined {
  const cellOf = (latDeg: number, lngDeg: number) => `${Math.floor(latDeg * 100)} ${Math.floor(lngDeg * 100)}`
  const cells = Map.groupBy(
    [...stations.values()].map(({ record }) => record),
    ({ latDeg, lngDeg }) => cellOf(latDeg, lngDeg),
  )
  return id => {
    const at = stations.get(id)?.record
    if (at === undefined) return undefined
    const around = [-0.01, 0, 0.01].flatMap(dLat =>
      [-0.01, 0, 0.01].flatMap(dLng => cells.get(cellOf(at.latDeg + dLat, at.lngDeg + dLng)) ?? []),
    )
    const metres = around
      .filter(other => other.id !== id)
      .map(({ latDeg, lngDeg }) =>
        Math.hypot(latDeg - at.latDeg, (lngDeg - at.lngDeg) * Math.cos((at.latDeg * Math.PI) / 180)),
      )
      .map(degrees => degrees * M_PER_DEG)
    return metres.length === 0 ? undefined : Math.min(...metres)
  }
}
