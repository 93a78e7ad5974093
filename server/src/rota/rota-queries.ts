import type { MyRota, Person, ServedHours, Shift, StationRota } from '@harbor/protocol'
import { dayIn, daysLater } from '../assets/asset-row.ts'
import { ApiProblem } from '../errors.ts'
import { withinScope } from '../people/scope.ts'
import type { Directory } from '../registry/directory.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import { calendarHash, membersAt, stationInReach, stationsOf } from './members.ts'
import { type CalendarShift, rotaCalendar } from './rota-calendar.ts'
import { type GapDeps, findGaps } from './rota-gaps.ts'
import {
  type Looking,
  type ShiftRow,
  instant,
  managesRotas,
  membersOf,
  personOf,
  recordOf,
  selectShifts,
  toShift,
} from './rota-row.ts'
import { servedHours } from './shift-machine.ts'
import { instantOf } from './staffed-hours.ts'

const DAY_MS = 24 * 3_600_000
/** Shifts of one answer; a person or a week of a station has far fewer. */
const MAX_SHIFTS = 500
/** Lines of served hours in one table. */
const MAX_LINES = 5_000

/** Which served hours, of whom. */
export interface HoursQuery {
  region?: string | undefined
  station?: string | undefined
  person?: string | undefined
  /** Days on the stations' calendar, both included. */
  from: string
  to: string
}

export interface RotaQueryDeps extends GapDeps {
  directory: Pick<Directory, 'stations'>
  nowMs: () => number
}

/** What is asked of rotas. Everything is limited to the person's scope; a foreign id answers like one that does not exist. */
export interface RotaQueries {
  /** Seven days of a station from `firstDay`, by default today. */
  station: (person: Person, station: string, firstDay: string | undefined) => Promise<StationRota>
  mine: (person: Person) => Promise<MyRota>
  served: (person: Person, query: HoursQuery) => Promise<ServedHours[]>
  /** One volunteer's shifts as iCalendar. @throws ApiProblem `not_found`. */
  calendar: (key: string) => Promise<string>
}

/** How a person looks at shifts: what they may do depends on whether they serve there. */
export interface PersonLook {
  me: string
  /** Stations on whose rota they are. */
  own: ReadonlySet<string>
  at: (station: string) => Looking
}

export async function lookOf({ db, nowMs }: Pick<RotaQueryDeps, 'db' | 'nowMs'>, person: Person): Promise<PersonLook> {
  const me = personOf(person.login)
  const own = new Set(await stationsOf(db, me))
  const isManager = managesRotas(person)
  const atMs = nowMs()
  return { me, own, at: station => ({ me, isManager, isMember: own.has(station), atMs }) }
}

/** Shifts as a person sees them, with the names of those who serve. */
export async function shownShifts(db: RegistryDb, rows: readonly ShiftRow[], look: PersonLook): Promise<Shift[]> {
  const names = await membersOf(
    db,
    rows.flatMap(({ person, taken_by: taker }) => [person ?? '', taker ?? '']),
  )
  return rows.map(row => toShift(row, names, look.at(row.station)))
}

export function createRotaQueries(deps: RotaQueryDeps): RotaQueries {
  const { db, timeZone, nowMs } = deps
  return {
    station: async (person, station, asked) => {
      const record = stationInReach(deps, person, station)
      const atMs = nowMs()
      const firstDay = asked ?? dayIn(timeZone, atMs)
      const fromMs = instantOf({ day: firstDay, minute: 0 }, timeZone)
      const toMs = instantOf({ day: daysLater(firstDay, 7), minute: 0 }, timeZone)
      const [needs, members, patterns, rows, { gaps }, look] = await Promise.all([
        db.selectFrom('rota_station').select('needs_keeper').where('station', '=', station).executeTakeFirst(),
        membersAt(db, station),
        db
          .selectFrom('rota_pattern')
          .selectAll()
          .where('station', '=', station)
          .where('ended_at_ms', 'is', null)
          .orderBy('from_minute')
          .execute(),
        selectShifts(db)
          .where('shift.station', '=', station)
          .where('shift.from_ms', '<', toMs)
          .where('shift.to_ms', '>', fromMs)
          .where('shift.cancelled_at_ms', 'is', null)
          .orderBy('shift.from_ms')
          .limit(MAX_SHIFTS)
          .execute(),
        findGaps(deps, { person, station, firstDay, days: 7, atMs }),
        lookOf(deps, person),
      ])
      const mayManage = managesRotas(person)
      const nameOf = new Map(members.map(member => [member.person, member.name]))
      return {
        at: instant(atMs),
        station,
        stationNameZh: record.nameZh,
        stationNameEn: record.nameEn,
        needsKeeper: needs?.needs_keeper === 1,
        // How a volunteer is reached is for whoever manages the rota.
        members: mayManage ? members : members.map(({ contact: _contact, ...rest }) => rest),
        patterns: patterns.map(row => {
          const name = nameOf.get(row.person ?? '')
          return {
            id: row.id,
            rrule: row.rrule,
            firstDay: row.first_day,
            from: clockOf(row.from_minute),
            halfHours: row.half_hours,
            ...(row.person !== null && { person: row.person }),
            ...(name !== undefined && { name }),
          }
        }),
        firstDay,
        shifts: await shownShifts(db, rows, look),
        gaps: gaps.map(({ view }) => view),
        mayManage,
      }
    },

    mine: async person => {
      const look = await lookOf(deps, person)
      const { me, own } = look
      const atMs = nowMs()
      const stations = [...own].concat('')
      const [mine, free, done] = await Promise.all([
        selectShifts(db)
          .where('shift.person', '=', me)
          .where('shift.to_ms', '>', atMs - DAY_MS)
          .where('shift.cancelled_at_ms', 'is', null)
          .orderBy('shift.from_ms')
          .limit(MAX_SHIFTS)
          .execute(),
        selectShifts(db)
          .where('shift.station', 'in', stations)
          .where('shift.to_ms', '>', atMs)
          .where('shift.cancelled_at_ms', 'is', null)
          .where(eb =>
            eb.or([
              eb('shift.person', 'is', null),
              eb.and([eb('shift.is_offered', '=', 1), eb('shift.person', '!=', me)]),
            ]),
          )
          .orderBy('shift.from_ms')
          .limit(MAX_SHIFTS)
          .execute(),
        selectShifts(db)
          .where('shift.person', '=', me)
          .where('shift.from_ms', '>', atMs - 30 * DAY_MS)
          .where('shift.checked_out_ms', 'is not', null)
          .execute(),
      ])
      return {
        at: instant(atMs),
        me,
        mine: await shownShifts(db, mine, look),
        free: await shownShifts(db, free, look),
        stations: [...own].flatMap(station => {
          const record = deps.directory.stations.get(station)?.record
          return record === undefined ? [] : [{ station, nameZh: record.nameZh, nameEn: record.nameEn }]
        }),
        hours: done.reduce((sum, row) => sum + (servedHours(recordOf(row)) ?? 0), 0),
      }
    },

    served: async (person, { region, station, person: who, from, to }) => {
      const fromMs = instantOf({ day: from, minute: 0 }, timeZone)
      const toMs = instantOf({ day: daysLater(to, 1), minute: 0 }, timeZone)
      // Whoever does not manage rotas sees their own hours.
      const of = managesRotas(person) ? who : personOf(person.login)
      const rows = await selectShifts(db)
        .where(withinScope(person, { district: 'shift.district', station: 'shift.station' }))
        .where('shift.checked_out_ms', 'is not', null)
        .where('shift.from_ms', '>=', fromMs)
        .where('shift.from_ms', '<', toMs)
        .$if(region !== undefined, q =>
          q.where(region?.length === 9 ? 'station.street' : 'station.district', '=', region as string),
        )
        .$if(station !== undefined, q => q.where('shift.station', '=', station as string))
        .$if(of !== undefined, q => q.where('shift.person', '=', of as string))
        .orderBy('shift.from_ms')
        .limit(MAX_LINES)
        .execute()
      const members = await membersOf(
        db,
        rows.map(row => row.person ?? ''),
      )
      return rows.flatMap(row => {
        const record = recordOf(row)
        const member = members.get(row.person ?? '')
        if (member === undefined || record.checkedInMs === undefined || record.checkedOutMs === undefined) return []
        return [
          {
            shift: row.id,
            person: member.person,
            name: member.name,
            kind: member.kind,
            station: row.station,
            stationNameZh: row.name_zh,
            stationNameEn: row.name_en,
            from: instant(record.checkedInMs),
            to: instant(record.checkedOutMs),
            hours: servedHours(record) ?? 0,
            shownBy: record.shownBy ?? 'word',
          },
        ]
      })
    },

    calendar: async key => {
      const hash = calendarHash(key)
      const row = await db.selectFrom('volunteer').select('id').where('calendar_sha256', '=', hash).executeTakeFirst()
      if (row === undefined) throw new ApiProblem('not_found', 'there is no such calendar')
      const atMs = nowMs()
      const shifts = await selectShifts(db)
        .where('shift.person', '=', `volunteer:${row.id}`)
        .where('shift.to_ms', '>', atMs - 30 * DAY_MS)
        .where('shift.cancelled_at_ms', 'is', null)
        .orderBy('shift.from_ms')
        .limit(MAX_SHIFTS)
        .execute()
      const shown: CalendarShift[] = shifts.map(shift => ({
        id: shift.id,
        revision: shift.revision,
        station: shift.name_zh,
        address: deps.directory.stations.get(shift.station)?.record.addressZh,
        fromMs: Number(shift.from_ms),
        toMs: Number(shift.to_ms),
      }))
      return rotaCalendar(shown, atMs)
    },
  }
}

function clockOf(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
}
