import type { Person, RotaGap } from '@harbor/protocol'
import { dayIn, daysLater } from '../assets/asset-row.ts'
import { withinScope } from '../people/scope.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import type { StationHours } from '../stations/open-hours.ts'
import { type Stretch, gapsIn } from './gaps.ts'
import { instant, recordOf } from './rota-row.ts'
import { stateOf } from './shift-machine.ts'
import { instantOf, staffedHours } from './staffed-hours.ts'

/** Gaps are told of so many days ahead, today included. */
export const GAP_DAYS = 14
const DAY_MS = 24 * 3_600_000

export interface GapDeps {
  db: RegistryDb
  hours: Pick<StationHours, 'planOf'>
  timeZone: string
}

/** A gap with the key under which a call for it goes out once: that of the posted hours that it lies in. */
export interface KnownGap {
  view: RotaGap
  callKey: string
}

/** Which stations, and when. */
export interface GapQuery {
  /** Undefined: for the system itself. */
  person?: Person | undefined
  region?: string | undefined
  station?: string | undefined
  firstDay?: string | undefined
  days?: number
  atMs: number
}

/** Stations where somebody has to open. */
export function needing({ db }: GapDeps, { person, region, station }: GapQuery) {
  return db
    .selectFrom('rota_station')
    .innerJoin('station', 'station.id', 'rota_station.station')
    .select(['station.id', 'station.district', 'station.name_zh', 'station.name_en'])
    .where('rota_station.needs_keeper', '=', 1)
    .where('station.hours', 'is not', null)
    .$if(person !== undefined, q =>
      q.where(withinScope(person as Person, { district: 'station.district', station: 'station.id' })),
    )
    .$if(region !== undefined, q =>
      q.where(region?.length === 9 ? 'station.street' : 'station.district', '=', region as string),
    )
    .$if(station !== undefined, q => q.where('station.id', '=', station as string))
}

/**
 * Posted hours, holidays and changes included, that nobody covers: no shift, or one whose holder is late or did not come. Soonest first; what
 * is over is told of no more.
 */
export async function findGaps(
  deps: GapDeps,
  query: GapQuery,
): Promise<{ gaps: readonly KnownGap[]; stations: number }> {
  const { atMs, days = GAP_DAYS } = query
  const { timeZone, hours } = deps
  const stations = await needing(deps, query).execute()
  const firstDay = query.firstDay ?? dayIn(timeZone, atMs)
  const fromMs = instantOf({ day: firstDay, minute: 0 }, timeZone)
  const toMs = instantOf({ day: daysLater(firstDay, days), minute: 0 }, timeZone)
  const shifts = await deps.db
    .selectFrom('shift')
    .selectAll()
    .where('from_ms', '<', toMs)
    .where('to_ms', '>', fromMs - DAY_MS)
    .where('station', 'in', needing(deps, query).clearSelect().select('station.id'))
    .execute()
  const shiftsOf = Map.groupBy(shifts, ({ station }) => station)
  const called = await calls(deps, fromMs)
  const gaps = stations.flatMap(station => {
    const plan = hours.planOf(station.id, Math.min(atMs, fromMs))
    if (plan === undefined) return []
    const posted = staffedHours(plan, { firstDay, days, timeZone })
    const records = (shiftsOf.get(station.id) ?? []).map(recordOf)
    const covering: Stretch[] = []
    const absent: Stretch[] = []
    for (const record of records) {
      const state = stateOf(record, atMs)
      if (state === 'taken' || state === 'present' || state === 'served')
        covering.push({ fromMs: record.fromMs, toMs: Math.min(record.checkedOutMs ?? record.toMs, record.toMs) })
      else if (record.person !== undefined && (state === 'late' || state === 'missed')) absent.push(record)
    }
    return gapsIn(posted, covering)
      .filter(gap => gap.toMs > Math.max(atMs, fromMs) && gap.fromMs < toMs)
      .map(gap => {
        const callKey = `rota/gap/${station.id}/${gap.openingMs}`
        const calledMs = called.get(callKey)
        const view: RotaGap = {
          station: station.id,
          stationNameZh: station.name_zh,
          stationNameEn: station.name_en,
          district: station.district,
          from: instant(gap.fromMs),
          to: instant(gap.toMs),
          ...(calledMs !== undefined && { calledAt: instant(calledMs) }),
          isAbsence: absent.some(one => one.fromMs < gap.toMs && one.toMs > gap.fromMs),
          isNow: gap.fromMs <= atMs && atMs < gap.toMs,
        }
        return { view, callKey }
      })
  })
  gaps.sort((a, b) => a.view.from.localeCompare(b.view.from) || (a.view.station < b.view.station ? -1 : 1))
  return { gaps, stations: stations.length }
}

/** Calls that went out for hours that may still be to come. */
async function calls({ db }: GapDeps, sinceMs: number): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('keeper_news')
    .selectAll()
    .where('key', 'like', 'rota/gap/%')
    .where('at_ms', '>=', sinceMs - 3 * DAY_MS)
    .execute()
  return new Map(rows.map(({ key, at_ms: ms }) => [key, Number(ms)]))
}
