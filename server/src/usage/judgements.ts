import type { Person, UsageJudgements } from '@harbor/protocol'
import { sql } from 'kysely'
import { ApiProblem } from '../errors.ts'
import type { Directory } from '../registry/directory.ts'
import { CROWDED_SHARE, JUDGEMENT_RULES, judge } from './judge.ts'
import { dayOfDate } from './local-day.ts'
import { type PeriodQuery } from './edits.ts'
import { lookOf, stationsWithin } from './scope-of-sums.ts'
import { type UsageDeps, periodOf } from './usage-report.ts'

/** A judgement looks at single days of every station: for longer it would be slow, and about the past. */
const MAX_DAYS = 92
/** The weather service's yellow signal, and the limit for outdoor work with rests (docs/domain.md). */
const HOT_C = 35
const M_PER_DEG = 111_195

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
  const rows = await db
    .selectFrom('usage_day')
    .select(['station', eb => eb.fn.sum<number>('observed_days').as('observed')])
    .select([eb => eb.fn.sum<number>('did_not_open').as('shut'), eb => eb.fn.max('peak_people').as('peak')])
    .select(
      sql<number>`sum(case when visits is not null and people_minutes * 2 >= posted_minutes then 1 else 0 end)`.as(
        'counted',
      ),
    )
    .select(sql<number>`sum(case when people_minutes * 2 >= posted_minutes then visits else 0 end)`.as('visits'))
    .select(sql<number>`sum(posted_minutes) / 60.0 / count(*)`.as('hours'))
    .where('day', '>=', fromDay)
    .where('day', '<=', toDay)
    .where(own)
    .groupBy('station')
    .execute()
  const crowded = await db
    .selectFrom('usage_day')
    .innerJoin('station', 'station.id', 'usage_day.station')
    .select(['usage_day.station', 'usage_day.district', 'day'])
    .where('day', '>=', fromDay)
    .where('day', '<=', toDay)
    .where('peak_people', '>', 0)
    .where(sql<boolean>`peak_people > ${CROWDED_SHARE} * station.capacity`)
    .where(own)
    .execute()
  const hot = await hotDays(deps, query)
  const crowdedOf = Map.groupBy(crowded, ({ station }) => station)
  const nearest = nearestOf(directory)
  const stations: UsageJudgements['stations'] = []
  let judged = 0
  for (const row of rows) {
    const entry = directory.stations.get(row.station)
    if (entry === undefined) continue
    const { record, appliances } = entry
    const days = crowdedOf.get(row.station) ?? []
    const found = judge({
      countedDays: row.counted,
      visits: row.visits,
      peakPeople: row.peak ?? undefined,
      crowdedDays: days.length,
      capacity: record.capacity,
      observedDays: row.observed,
      didNotOpen: row.shut,
      postedHoursPerDay: row.hours,
      faultyAppliances: appliances.filter(({ id }) => faultyAppliances.has(id)).length,
      nearestM: nearest(row.station),
      hotCrowdedDays: days.filter(({ district, day }) => hot.has(`${district} ${day}`)).length,
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

/** District and day of each hot day, as `500103 20600`. */
async function hotDays({ db }: UsageDeps, { from, to }: PeriodQuery): Promise<Set<string>> {
  const rows = await db
    .selectFrom('weather_day')
    .select(['district', 'date'])
    .where('date', '>=', from)
    .where('date', '<=', to)
    .where('max_c', '>=', HOT_C)
    .execute()
  return new Set(rows.map(({ district, date }) => `${district} ${dayOfDate(date)}`))
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
