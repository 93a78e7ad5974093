import type { Maintenance, Person } from '@harbor/protocol'
import type { Kysely } from 'kysely'
import { ApiProblem } from '../errors.ts'
import { maySeeStation, withinScope } from '../people/scope.ts'
import type { Directory } from '../registry/directory.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import type { RegistryTables } from '../registry/schema.ts'
import { isoTime } from './alert-row.ts'

/** No window is longer (chosen: what is out of order for longer is not in maintenance). */
const MAX_WINDOW_MS = 90 * 24 * 3_600_000
/** Windows in one answer, the latest first. */
const MAX_LISTED = 500

export interface NewWindow {
  station: string
  appliance: string | undefined
  fromMs: number
  toMs: number
  reason: string
}

/** Spans in which faults are expected. All of it within the person's districts. */
export interface MaintenanceBook {
  /** Windows that are not over, or all of them; latest first. */
  list: (person: Person, asked: { station?: string | undefined; withPast: boolean }) => Promise<Maintenance[]>
  /** @throws ApiProblem `not_found`, also for another district's station; `invalid_request` for a span that is none. */
  add: (person: Person, window: NewWindow) => Promise<Maintenance>
  /** @throws ApiProblem as `add`, and `conflict` when the window is over. */
  change: (
    person: Person,
    id: string,
    change: Partial<Pick<NewWindow, 'fromMs' | 'toMs' | 'reason'>>,
  ) => Promise<Maintenance>
  /** Ends it now, or takes it back before it began; one that is over stays as it is. @throws ApiProblem `not_found`. */
  end: (person: Person, id: string) => Promise<Maintenance>
}

export interface MaintenanceDeps {
  db: RegistryDb
  directory: Directory
  nowMs: () => number
  newId: () => string
  /** Told of each station whose windows changed, once that is durable. */
  onChanged: (station: string) => Promise<void>
}

export function createMaintenanceBook({ db, directory, nowMs, newId, onChanged }: MaintenanceDeps): MaintenanceBook {
  const stationOf = (person: Person, id: string) => {
    const record = directory.stations.get(id)?.record
    if (record === undefined || !maySeeStation(person, record))
      throw new ApiProblem('not_found', `there is no station ${id} in your districts`)
    return record
  }
  const find = async (person: Person, id: string) => {
    const row = await visibleWindows(db, person).where('maintenance.id', '=', id).executeTakeFirst()
    if (row === undefined) throw new ApiProblem('not_found', `there is no maintenance window ${id} in your districts`)
    return row
  }

  return {
    list: async (person, { station, withPast }) => {
      const rows = await visibleWindows(db, person)
        .$if(station !== undefined, query => query.where('maintenance.station', '=', station as string))
        .$if(!withPast, query => query.where('to_ms', '>', nowMs()).where('ended_at_ms', 'is', null))
        .orderBy('from_ms', 'desc')
        .orderBy('maintenance.id')
        .limit(MAX_LISTED)
        .execute()
      return rows.map(toWindow)
    },
    add: async (person, { station, appliance, fromMs, toMs, reason }) => {
      const { district } = stationOf(person, station)
      if (appliance !== undefined && directory.appliances.get(appliance)?.station !== station)
        throw new ApiProblem('invalid_request', `body: appliance: there is no ${appliance} at ${station}`)
      checkSpan(fromMs, toMs, nowMs())
      const id = newId()
      await db
        .insertInto('maintenance')
        .values({
          id,
          station,
          district,
          appliance: appliance ?? null,
          from_ms: fromMs,
          to_ms: toMs,
          reason,
          created_at_ms: nowMs(),
          created_by: person.login,
          ended_at_ms: null,
          ended_by: null,
        })
        .execute()
      await onChanged(station)
      return toWindow(await find(person, id))
    },
    change: async (person, id, change) => {
      const known = await find(person, id)
      if (known.ended_at_ms !== null || known.to_ms <= nowMs())
        throw new ApiProblem('conflict', 'the maintenance is over already')
      const { fromMs = known.from_ms, toMs = known.to_ms, reason = known.reason } = change
      checkSpan(fromMs, toMs, nowMs())
      await db.updateTable('maintenance').set({ from_ms: fromMs, to_ms: toMs, reason }).where('id', '=', id).execute()
      await onChanged(known.station)
      return toWindow(await find(person, id))
    },
    end: async (person, id) => {
      const known = await find(person, id)
      await db
        .updateTable('maintenance')
        .set({ ended_at_ms: nowMs(), ended_by: person.login })
        .where('id', '=', id)
        .where('ended_at_ms', 'is', null)
        .where('to_ms', '>', nowMs())
        .execute()
      await onChanged(known.station)
      return toWindow(await find(person, id))
    },
  }
}

function visibleWindows(db: Kysely<RegistryTables>, person: Person) {
  return db
    .selectFrom('maintenance')
    .leftJoin('person as maker', 'maker.login', 'maintenance.created_by')
    .leftJoin('person as ender', 'ender.login', 'maintenance.ended_by')
    .selectAll('maintenance')
    .select(['maker.name as maker_name', 'ender.name as ender_name'])
    .where(withinScope(person, { district: 'maintenance.district', station: 'maintenance.station' }))
}

type WindowRow = Awaited<ReturnType<ReturnType<typeof visibleWindows>['executeTakeFirstOrThrow']>>

function toWindow(row: WindowRow): Maintenance {
  const endedBy = row.ender_name ?? row.ended_by
  return {
    id: row.id,
    station: row.station,
    ...(row.appliance !== null && { appliance: row.appliance }),
    from: isoTime(row.from_ms),
    to: isoTime(row.to_ms),
    reason: row.reason,
    createdAt: isoTime(row.created_at_ms),
    createdBy: row.maker_name ?? row.created_by,
    ...(row.ended_at_ms !== null && { endedAt: isoTime(row.ended_at_ms) }),
    ...(endedBy !== null && { endedBy }),
  }
}

/** @throws ApiProblem `invalid_request` for a span that is none, has passed, or is too long. */
function checkSpan(fromMs: number, toMs: number, nowMs: number): void {
  const problem = (text: string) => new ApiProblem('invalid_request', `body: to: ${text}`)
  if (toMs <= fromMs) throw problem('expected a time after `from`')
  if (toMs <= nowMs) throw problem('expected a time to come')
  if (toMs - fromMs > MAX_WINDOW_MS) throw problem('expected at most 90 days after `from`')
}
