import {
  MAX_USAGE_ROWS,
  type Overview,
  type OverviewCounts,
  type OverviewStations,
  type OverviewUpdate,
  type Person,
  type StationView,
  districtOfRegion,
} from '@harbor/protocol'
import { sql } from 'kysely'
import { maySeeStation } from '../people/scope.ts'
import type { Directory, StationEntry } from '../registry/directory.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import { todayOf } from './energy-report.ts'
import { HOUR_MS } from './local-day.ts'
import { addCounts, countIn, isHeatDanger, noCounts, overviewStateOf, peopleIn } from './overview-counts.ts'
import { type Look, lookOf, stationsWithin } from './scope-of-sums.ts'

/** What was counted over is told for so long: so often at most the stations are gone through, however many look. */
const FRESH_MS = 4_500

export interface OverviewDeps {
  db: RegistryDb
  directory: Pick<Directory, 'stations'>
  viewOf: (station: string) => StationView | undefined
  timeZone: string
  nowMs: () => number
}

/** The state of all stations at one look, within a person's scope. */
export interface OverviewBook {
  /** @throws ApiProblem `not_found` for another's region. */
  overview: (person: Person, region: string | undefined) => Promise<Overview>
  /** The part of it that is told live. @throws ApiProblem `not_found`. */
  update: (person: Person, region: string | undefined) => Promise<OverviewUpdate>
  /** The stations that the counts are of. @throws ApiProblem `not_found`. */
  stations: (person: Person, region: string | undefined) => Promise<OverviewStations>
}

export function createOverviewBook({ db, directory, viewOf, timeZone, nowMs }: OverviewDeps): OverviewBook {
  let counted: { atMs: number; byPlace: ReadonlyMap<string, OverviewCounts> } | undefined

  /** Counts of every district and street. Going through 5,000 stations takes some milliseconds (server/bench/README.md). */
  const count = () => {
    const now = nowMs()
    if (counted !== undefined && now - counted.atMs < FRESH_MS && now >= counted.atMs) return counted
    const byPlace = new Map<string, OverviewCounts>()
    const countsOf = (place: string) => {
      const known = byPlace.get(place) ?? noCounts()
      byPlace.set(place, known)
      return known
    }
    for (const [id, entry] of directory.stations) {
      const view = isInUse(entry) ? viewOf(id) : undefined
      if (view === undefined) continue
      countIn(countsOf(entry.record.district), view, now)
      if (entry.record.street !== undefined) countIn(countsOf(entry.record.street), view, now)
    }
    counted = { atMs: now, byPlace }
    return counted
  }
  const told = (look: Look, region: string | undefined): OverviewUpdate => {
    const { atMs, byPlace } = count()
    const of = (place: string) => byPlace.get(place) ?? noCounts()
    const isStreet = region !== undefined && region.length > 6
    const isWholeDistricts = look.kind === 'district' && region === undefined
    const below = isStreet ? [] : isWholeDistricts ? look.places : look.streets
    return {
      at: new Date(atMs).toISOString(),
      ...(region !== undefined && { region }),
      counts: look.places.reduce((sum, place) => addCounts(sum, of(place)), noCounts()),
      parts: below.map(place => ({
        region: place,
        ...(look.names.get(place) ?? { nameZh: place, nameEn: place }),
        ...of(place),
      })),
    }
  }

  return {
    update: async (person, region) => told(await lookOf(db, person, region), region),
    overview: async (person, region) => {
      const look = await lookOf(db, person, region)
      const now = nowMs()
      const at = new Date(now).toISOString()
      const { kWh, visits } = await todayOf({ db, nowMs, timeZone }, look)
      const within = (table: 'alert' | 'work_order') =>
        stationsWithin(person, region, {
          district: `${table}.district`,
          street: 'station.street',
          station: `${table}.station`,
        })
      const alerts = await db
        .selectFrom('alert')
        .innerJoin('station', 'station.id', 'alert.station')
        .select(
          sql<number>`case when raised_at_ms > ${now - HOUR_MS} then 0 when raised_at_ms > ${now - 24 * HOUR_MS} then 1
          when raised_at_ms > ${now - 168 * HOUR_MS} then 2 else 3 end`.as('age'),
        )
        .select(eb => eb.fn.countAll<number>().as('count'))
        .where('alert.state', 'in', ['raised', 'acknowledged'])
        .where('alert.severity', 'in', ['P0', 'P1', 'P2'])
        .where(within('alert'))
        .groupBy('age')
        .execute()
      const orders = await db
        .selectFrom('work_order')
        .innerJoin('station', 'station.id', 'work_order.station')
        .select(eb => eb.fn.countAll<number>().as('open'))
        // While its clock stands, and once it is done, nothing of an order is overdue.
        .select(
          sql<number>`coalesce(sum(case when due_ms < ${now} and paused_since_ms is null and done_at_ms is null then 1 else 0 end), 0)`.as(
            'overdue',
          ),
        )
        .where('work_order.closed_at_ms', 'is', null)
        .where(within('work_order'))
        .executeTakeFirstOrThrow()
      const aged = (age: number) => alerts.find(row => row.age === age)?.count ?? 0
      return {
        ...told(look, region),
        ...(visits !== undefined && {
          visitsToday: { at, value: visits.value, ...(visits.usual !== undefined && { usual: visits.usual }) },
        }),
        ...(kWh !== undefined && {
          energyToday: { at, kWh: kWh.value, ...(kWh.usual !== undefined && { usualKWh: kWh.usual }) },
        }),
        faults: { at, underHour: aged(0), underDay: aged(1), underWeek: aged(2), older: aged(3) },
        orders: { at, ...orders },
      }
    },
    stations: async (person, region) => {
      await lookOf(db, person, region)
      const now = nowMs()
      const stations: OverviewStations['stations'] = []
      for (const [id, entry] of directory.stations) {
        if (!isInUse(entry) || !maySeeStation(person, entry.record) || !isIn(entry, region)) continue
        const view = viewOf(id)
        if (view === undefined) continue
        const people = peopleIn(view)
        stations.push({
          id,
          nameZh: view.nameZh,
          nameEn: view.nameEn,
          district: entry.record.district,
          latDeg: view.latDeg,
          lngDeg: view.lngDeg,
          state: overviewStateOf(view, now),
          ...(people !== undefined && { people }),
          ...(entry.record.capacity !== undefined && { capacity: entry.record.capacity }),
          faulty: view.appliances.filter(({ state }) => state === 'faulty').length,
          heatDanger: isHeatDanger(view),
        })
        if (stations.length >= MAX_USAGE_ROWS) break
      }
      return { at: new Date(now).toISOString(), stations }
    },
  }
}

function isInUse({ state }: StationEntry): boolean {
  return state === 'open' || state === 'suspended'
}

function isIn({ record }: StationEntry, region: string | undefined): boolean {
  if (region === undefined) return true
  return region === districtOfRegion(region) ? record.district === region : record.street === region
}
