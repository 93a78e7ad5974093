import type { HoursChange, HoursChangeRequest, Person } from '@harbor/protocol'
import { dateOfWall, wallOfDate } from '@harbor/protocol/opening-at'
import { ApiProblem } from '../errors.ts'
import { governs, maySeeStation, withinScope } from '../people/scope.ts'
import type { Directory } from '../registry/directory.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import type { HoursOverride } from './hours-line.ts'
import type { PostedHours } from './opening.ts'
import type { HoursChangeSource } from './sources.ts'
import { toWall } from './wall-clock.ts'

const DAY_MS = 24 * 3_600_000
/** What lasts for longer is no exception: the station's own hours have changed. */
const MAX_DAYS = 366
/** Changes that hold or are still to come, in the whole system: every one is in memory. */
const MAX_CURRENT = 5_000
/** Changes in one answer, the latest first. */
const MAX_LISTED = 500
const NONE: readonly HoursOverride[] = []

/** Other hours for some days, of a station or a district. All of it within the person's districts. */
export interface HoursChanges extends HoursChangeSource {
  /** Reads those that are not over. */
  start: () => Promise<void>
  list: (person: Person, asked: { station?: string | undefined; withPast: boolean }) => Promise<HoursChange[]>
  /** @throws ApiProblem `not_found`, also for another district's; `invalid_request` naming the field; `no_room`. */
  /** `id`: given by whoever may ask twice; the second time changes nothing. */
  add: (person: Person, request: HoursChangeRequest, id?: string) => Promise<HoursChange>
  /** Ends it now, or takes it back before it began; one that is over stays as it is. @throws ApiProblem `not_found`; `forbidden` for a district's when one's own are streets of it. */
  end: (person: Person, id: string) => Promise<HoursChange>
}

export interface HoursChangesDeps {
  db: RegistryDb
  directory: Pick<Directory, 'stations'>
  posted: Pick<PostedHours, 'isReadable'>
  /** IANA zone of the stations' clocks. */
  timeZone: string
  nowMs: () => number
  newId: () => string
  /** Told of every station whose hours are others now, once that is durable. */
  onChanged: (stations: readonly string[]) => void
}

interface Current extends HoursOverride {
  station: string | undefined
  district: string
}

export function createHoursChanges(deps: HoursChangesDeps): HoursChanges {
  const { db, directory, posted, timeZone, nowMs, newId, onChanged } = deps
  /** The newest first. */
  let current: readonly Current[] = []
  let byStation: ReadonlyMap<string, readonly Current[]> = new Map()
  let byDistrict: ReadonlyMap<string, readonly Current[]> = new Map()
  /** A station's own above its district's; made when first asked for, and kept so that the list stays the same one. */
  let merged = new Map<string, readonly HoursOverride[]>()

  const today = () => dateOfWall(toWall(nowMs(), timeZone))
  const take = (changes: readonly Current[]) => {
    const date = today()
    current = changes.filter(({ to }) => to >= date)
    byStation = Map.groupBy(
      current.filter(({ station }) => station !== undefined),
      ({ station }) => station ?? '',
    )
    byDistrict = Map.groupBy(
      current.filter(({ station }) => station === undefined),
      ({ district }) => district,
    )
    merged = new Map()
  }
  const stationsOf = ({ station, district }: Pick<Current, 'station' | 'district'>): string[] => {
    if (station !== undefined) return [station]
    return [...directory.stations].filter(([, { record }]) => record.district === district).map(([id]) => id)
  }
  const find = async (person: Person, id: string) => {
    const row = await visible(db, person).where('hours_change.id', '=', id).executeTakeFirst()
    if (row === undefined) throw new ApiProblem('not_found', `there is no change of hours ${id} in your districts`)
    return row
  }

  return {
    start: async () => {
      const rows = await db
        .selectFrom('hours_change')
        .select(['id', 'station', 'district', 'kind', 'from_date', 'to_date', 'hours'])
        .where('ended_at_ms', 'is', null)
        .where('to_date', '>=', today())
        .orderBy('created_at_ms', 'desc')
        .orderBy('id')
        .limit(MAX_CURRENT)
        .execute()
      take(
        rows.map(row => ({
          id: row.id,
          station: row.station ?? undefined,
          district: row.district,
          kind: row.kind,
          from: row.from_date,
          to: row.to_date,
          ...(row.hours !== null && { hours: row.hours }),
        })),
      )
    },
    of: (station, district) => {
      if (current.length === 0) return NONE
      const own = byStation.get(station)
      const all = byDistrict.get(district)
      if (own === undefined) return all ?? NONE
      if (all === undefined) return own
      const known = merged.get(station) ?? [...own, ...all]
      merged.set(station, known)
      return known
    },
    list: async (person, { station, withPast }) => {
      const district = station === undefined ? undefined : directory.stations.get(station)?.record.district
      const rows = await visible(db, person)
        .$if(station !== undefined, query =>
          query.where(eb =>
            eb.or([
              eb('hours_change.station', '=', station as string),
              eb.and([eb('hours_change.station', 'is', null), eb('hours_change.district', '=', district ?? '')]),
            ]),
          ),
        )
        .$if(!withPast, query => query.where('to_date', '>=', today()).where('ended_at_ms', 'is', null))
        .orderBy('from_date', 'desc')
        .orderBy('hours_change.id')
        .limit(MAX_LISTED)
        .execute()
      return rows.map(toChange)
    },
    add: async (person, request, wantedId) => {
      if (wantedId !== undefined) {
        const known = await visible(db, person).where('hours_change.id', '=', wantedId).executeTakeFirst()
        if (known !== undefined) return toChange(known)
      }
      const { station, district } = placeOf(person, request, directory)
      checkSpan(request, today())
      checkHours(request, posted)
      if (current.length >= MAX_CURRENT)
        throw new ApiProblem('no_room', `there are ${MAX_CURRENT} changes of hours already; end some first`)
      const id = wantedId ?? newId()
      const { kind, from, to, hours, reasonZh, reasonEn } = request
      await db
        .insertInto('hours_change')
        .values({
          id,
          station: station ?? null,
          district,
          kind,
          from_date: from,
          to_date: to,
          hours: hours ?? null,
          reason_zh: reasonZh,
          reason_en: reasonEn,
          created_at_ms: nowMs(),
          created_by: person.login,
          ended_at_ms: null,
          ended_by: null,
        })
        .execute()
      const added: Current = { id, station, district, kind, from, to, ...(hours !== undefined && { hours }) }
      take([added, ...current])
      onChanged(stationsOf(added))
      return toChange(await find(person, id))
    },
    end: async (person, id) => {
      const known = await find(person, id)
      if (known.station === null && !governs(person, known.district))
        throw new ApiProblem(
          'forbidden',
          `the change is for all of district ${known.district}; yours are streets of it`,
        )
      await db
        .updateTable('hours_change')
        .set({ ended_at_ms: nowMs(), ended_by: person.login })
        .where('id', '=', id)
        .where('ended_at_ms', 'is', null)
        .where('to_date', '>=', today())
        .execute()
      take(current.filter(change => change.id !== id))
      onChanged(stationsOf({ station: known.station ?? undefined, district: known.district }))
      return toChange(await find(person, id))
    },
  }
}

/** @throws ApiProblem `invalid_request`, or `not_found` for what the person may not see. */
function placeOf(
  person: Person,
  { station, district }: HoursChangeRequest,
  { stations }: Pick<Directory, 'stations'>,
): { station: string | undefined; district: string } {
  if ((station === undefined) === (district === undefined))
    throw new ApiProblem('invalid_request', 'body: station: expected either a station or a district')
  if (station !== undefined) {
    const record = stations.get(station)?.record
    if (record !== undefined && maySeeStation(person, record)) return { station, district: record.district }
    throw new ApiProblem('not_found', `there is no station ${station} in your districts`)
  }
  const named = district ?? ''
  const isKnown = [...stations.values()].some(({ record }) => record.district === named)
  if (isKnown && governs(person, named)) return { station: undefined, district: named }
  throw new ApiProblem('not_found', `there is no station in a district ${named} of yours`)
}

function checkSpan({ from, to }: HoursChangeRequest, today: string): void {
  const wrong = (field: string, text: string) => new ApiProblem('invalid_request', `body: ${field}: ${text}`)
  for (const [field, date] of [
    ['from', from],
    ['to', to],
  ] as const) {
    const wallMs = wallOfDate(date)
    if (!Number.isFinite(wallMs) || dateOfWall(wallMs) !== date) throw wrong(field, `${date} is no day of the calendar`)
  }
  if (to < from) throw wrong('to', `expected ${from} or later`)
  if (to < today) throw wrong('to', `expected ${today} or later`)
  if ((wallOfDate(to) - wallOfDate(from)) / DAY_MS >= MAX_DAYS) throw wrong('to', `expected at most ${MAX_DAYS} days`)
}

function checkHours({ kind, hours }: HoursChangeRequest, { isReadable }: Pick<PostedHours, 'isReadable'>): void {
  const wrong = (text: string) => new ApiProblem('invalid_request', `body: hours: ${text}`)
  if (kind === 'closure' && hours !== undefined) throw wrong('a closure has no hours; choose another kind')
  if (kind !== 'closure' && hours === undefined) throw wrong('expected hours, such as 05:30-22:00')
  if (hours !== undefined && !isReadable(hours))
    throw wrong('expected OpenStreetMap opening_hours, such as 05:30-22:00 or Mo-Fr 08:00-12:00,14:00-18:00')
}

function visible(db: RegistryDb, person: Person) {
  return db
    .selectFrom('hours_change')
    .leftJoin('person as maker', 'maker.login', 'hours_change.created_by')
    .leftJoin('person as ender', 'ender.login', 'hours_change.ended_by')
    .selectAll('hours_change')
    .select(['maker.name as maker_name', 'ender.name as ender_name'])
    .where(eb =>
      eb.or([
        withinScope(person, { district: 'hours_change.district', station: 'hours_change.station' }),
        // What holds in a whole district holds in each street of it.
        eb.and([
          eb('hours_change.station', 'is', null),
          ...(person.districts.length > 0 ? [eb('hours_change.district', 'in', person.districts)] : []),
        ]),
      ]),
    )
}

type ChangeRow = Awaited<ReturnType<ReturnType<typeof visible>['executeTakeFirstOrThrow']>>

function toChange(row: ChangeRow): HoursChange {
  const endedBy = row.ender_name ?? row.ended_by
  return {
    id: row.id,
    ...(row.station !== null && { station: row.station }),
    district: row.district,
    kind: row.kind,
    from: row.from_date,
    to: row.to_date,
    ...(row.hours !== null && { hours: row.hours }),
    reasonZh: row.reason_zh,
    reasonEn: row.reason_en,
    createdAt: new Date(row.created_at_ms).toISOString(),
    createdBy: row.maker_name ?? row.created_by,
    ...(row.ended_at_ms !== null && { endedAt: new Date(row.ended_at_ms).toISOString() }),
    ...(endedBy !== null && { endedBy }),
  }
}
