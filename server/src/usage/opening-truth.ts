import type { OpeningTruth, OpeningTruthDays, OpeningTruthReport, OpeningTruthRow, Person } from '@harbor/protocol'
import { sql } from 'kysely'
import { absencesOn } from '../rota/absence.ts'
import { type AllFacts, type AnyFact, type Stretch, noFacts } from './facts.ts'
import { dateOfDay, dayAt } from './local-day.ts'
import { addFacts, querySums, stationByStation } from './query-sums.ts'
import type { PeriodQuery } from './edits.ts'
import { lookOf, stationsWithin } from './scope-of-sums.ts'
import { type UsageDeps, periodOf } from './usage-report.ts'

/** Days without any opening that make a station one to be asked about. */
const NEVER_DAYS = 14
/** Of them so many must have been observed: a place that was watched once did not fail for a fortnight (chosen). */
const FEWEST_OBSERVED = 7
const MAX_DAYS_SHOWN = 500
const MAX_ROWS = 5_000
const TRUTH_FACTS = [
  'posted_days',
  'observed_days',
  'as_posted',
  'did_not_open',
  'opened_late',
  'closed_early',
  'observed_posted_minutes',
  'open_minutes',
] as const satisfies readonly AnyFact[]
const OF_DAY = { district: 'usage_day.district', street: 'usage_day.street', station: 'usage_day.station' }

export interface TruthQuery extends PeriodQuery {
  by: OpeningTruthReport['by']
}

/** Posted hours against what was observed. @throws ApiProblem `not_found` for another's region. */
export async function openingTruth(deps: UsageDeps, person: Person, query: TruthQuery): Promise<OpeningTruthReport> {
  const { db, directory, nowMs, timeZone } = deps
  const { fromDay, toDay } = periodOf(query)
  const { region, by } = query
  const look = await lookOf(db, person, region)
  const today = dayAt(nowMs(), timeZone)
  const sums = await querySums(db, look, { person, region, fromDay, toDay, by, today, columns: TRUTH_FACTS })
  const never = await db
    .selectFrom('usage_day')
    .select(eb => ['station', eb.fn.max('district').as('district'), eb.fn.max('street').as('street')])
    .where(stationByStation)
    .where('day', '>', toDay - NEVER_DAYS)
    .where('day', '<=', toDay)
    .where(stationsWithin(person, region, OF_DAY))
    .groupBy('station')
    .having(sql<boolean>`sum(observed_days) >= ${FEWEST_OBSERVED} and sum(observed_days) = sum(did_not_open)`)
    .orderBy('station')
    .execute()
  const neverIn = new Map<string, number>()
  for (const { station, district, street } of never) {
    const key = { none: '', station, district, street: street ?? '' }[by]
    neverIn.set(key, (neverIn.get(key) ?? 0) + 1)
  }
  const counts = new Map<string, number>()
  for (const { record } of directory.stations.values()) {
    const key = { none: '', station: record.id, district: record.district, street: record.street ?? '' }[by]
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  const rows = sums.map(({ key, facts }): OpeningTruthRow => {
    const record = by === 'station' ? directory.stations.get(key)?.record : undefined
    const { nameZh, nameEn } = record ?? look.names.get(key) ?? { nameZh: '合计', nameEn: 'Total' }
    const about = { key, nameZh, nameEn, stations: counts.get(key) ?? 0, neverOpened: neverIn.get(key) ?? 0 }
    return { ...about, ...truthOf(facts) }
  })
  rows.sort((a, b) => b.didNotOpen - a.didNotOpen || b.openedLate - a.openedLate || (a.key < b.key ? -1 : 1))
  const facts = sums.reduce((sum, row) => addFacts(sum, row.facts), noFacts())
  const code = look.places.length === 1 ? (look.places[0] ?? '') : ''
  return {
    at: new Date(nowMs()).toISOString(),
    from: query.from,
    to: query.to,
    by,
    ...(region !== undefined && { region }),
    total: {
      key: region ?? '',
      ...(look.names.get(region ?? code) ?? { nameZh: '合计', nameEn: 'Total' }),
      stations: rows.reduce((sum, { stations }) => sum + stations, 0),
      neverOpened: never.length,
      ...truthOf(facts),
    },
    rows: rows.slice(0, MAX_ROWS),
    of: rows.length,
    never: never
      .map(({ station }) => {
        const record = directory.stations.get(station)?.record
        return { station, nameZh: record?.nameZh ?? station, nameEn: record?.nameEn ?? station }
      })
      .slice(0, MAX_ROWS),
  }
}

function truthOf(facts: AllFacts) {
  const hours = (minutes: number | null) => Math.round((minutes ?? 0) / 6) / 10
  return {
    postedDays: facts.posted_days ?? 0,
    observedDays: facts.observed_days ?? 0,
    asPosted: facts.as_posted ?? 0,
    didNotOpen: facts.did_not_open ?? 0,
    openedLate: facts.opened_late ?? 0,
    closedEarly: facts.closed_early ?? 0,
    postedHours: hours(facts.observed_posted_minutes),
    openHours: hours(facts.open_minutes),
  }
}

/** Single days, newest first. */
export async function openingTruthDays(
  { db, timeZone, nowMs }: UsageDeps,
  person: Person,
  query: PeriodQuery & { state?: OpeningTruth | undefined; station?: string | undefined },
): Promise<OpeningTruthDays> {
  const { fromDay, toDay } = periodOf(query)
  const { state, station, region } = query
  await lookOf(db, person, region)
  const states: readonly OpeningTruth[] =
    state === 'opened_late' || state === 'closed_early' ? [state, 'late_and_early'] : state === undefined ? [] : [state]
  const rows = await db
    .selectFrom('usage_day')
    .innerJoin('station', 'station.id', 'usage_day.station')
    .select(['usage_day.station', 'station.name_zh', 'station.name_en', 'day', 'truth'])
    .select(['posted', 'first_sign', 'last_sign'])
    .where('day', '>=', fromDay)
    .where('day', '<=', toDay)
    .where(stationsWithin(person, region, OF_DAY))
    .$if(states.length > 0, q => q.where('truth', 'in', [...states]))
    .$if(station !== undefined, q => q.where('usage_day.station', '=', station ?? ''))
    .orderBy('day', 'desc')
    .orderBy('usage_day.station')
    .limit(MAX_DAYS_SHOWN)
    .execute()
  const failed = rows.filter(({ truth }) => truth !== 'as_posted' && truth !== 'not_posted')
  const absences = await absencesOn(
    db,
    failed.map(({ station: at, day }) => ({ station: at, date: dateOfDay(day) })),
    { timeZone, atMs: nowMs() },
  )
  return {
    days: rows.map(row => {
      const absence = absences.get(`${row.station} ${dateOfDay(row.day)}`)
      const posted = row.posted === null ? [] : (JSON.parse(row.posted) as Stretch[])
      const [first, last] = [posted[0], posted.at(-1)]
      return {
        station: row.station,
        nameZh: row.name_zh,
        nameEn: row.name_en,
        date: dateOfDay(row.day),
        state: row.truth,
        ...(first !== undefined && { postedFrom: first[0] }),
        ...(last !== undefined && { postedTo: last[1] }),
        ...(row.first_sign !== null && { firstSign: row.first_sign }),
        ...(row.last_sign !== null && { lastSign: row.last_sign }),
        ...(absence !== undefined && { absence }),
      }
    }),
  }
}
