import type { MyRota, Person, ServedHours, Shift, ShiftActRequest, ShiftRequest, StationRota } from '@harbor/protocol'
import { dayIn, daysLater } from '../assets/asset-row.ts'
import { ApiProblem } from '../errors.ts'
import { withinScope } from '../people/scope.ts'
import type { Directory } from '../registry/directory.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import { calendarHash, membersAt, stationInReach, stationsOf } from './members.ts'
import { type PatternDeps, makeAhead, minuteOf, patternProblem, shiftOn } from './patterns.ts'
import { type CalendarShift, rotaCalendar } from './rota-calendar.ts'
import { type GapDeps, type GapQuery, findGaps } from './rota-gaps.ts'
import { swapNews, timeWords } from './rota-news.ts'
import {
  type Looking,
  instant,
  isPresence,
  managesRotas,
  membersOf,
  personOf,
  recordOf,
  selectShifts,
  toShift,
} from './rota-row.ts'
import { servedHours } from './shift-machine.ts'
import { changeShift, makeShift } from './shift-writes.ts'
import type { Telling } from '../tell/open-tell.ts'
import { instantOf } from './staffed-hours.ts'

const DAY_MS = 24 * 3_600_000
/** Shifts of one answer; a person or a week of a station has far fewer. */
const MAX_SHIFTS = 500
/** Lines of served hours in one table. */
const MAX_LINES = 5_000

export interface RotaDeps extends PatternDeps, GapDeps {
  db: RegistryDb
  directory: Pick<Directory, 'stations'>
  tell: Pick<Telling, 'say'>
  /** Whether this is the code on a station's door. */
  isDoorCode: (tx: RegistryDb, station: string, code: string) => Promise<boolean>
}

/** Which served hours, of whom. */
export interface HoursQuery {
  region?: string | undefined
  station?: string | undefined
  person?: string | undefined
  /** Days on the stations' calendar, both included. */
  from: string
  to: string
}

/** Rotas of stations. Everything is limited to the person's scope; a foreign id answers like one that does not exist. */
export interface Rota {
  station: (person: Person, station: string, firstDay: string | undefined) => Promise<StationRota>
  mine: (person: Person) => Promise<MyRota>
  setNeeds: (person: Person, station: string, needsKeeper: boolean) => Promise<void>
  /** @throws ApiProblem `invalid_request`, `conflict` when the person is not free. */
  addShift: (person: Person, station: string, request: ShiftRequest) => Promise<void>
  /** Ends a weekly shift; those of it that are to come and nobody serves yet are cancelled. */
  endPattern: (person: Person, id: string) => Promise<void>
  act: (person: Person, shift: string, request: ShiftActRequest) => Promise<Shift>
  served: (person: Person, query: HoursQuery) => Promise<ServedHours[]>
  /** One volunteer's shifts as iCalendar. @throws ApiProblem `not_found`. */
  calendar: (key: string) => Promise<string>
}

export function createRota(deps: RotaDeps): Rota {
  const { db, timeZone, nowMs, newId, tell } = deps

  const lookingOf = async (person: Person, station?: string) => {
    const me = personOf(person.login)
    const own = new Set(await stationsOf(db, me))
    const isManager = managesRotas(person)
    const atMs = nowMs()
    const of = (at: string): Looking => ({ me, isManager, isMember: own.has(at), atMs })
    return { me, own, of, here: of(station ?? '') }
  }
  const toShifts = async (
    rows: Awaited<ReturnType<ReturnType<typeof selectShifts>['execute']>>,
    of: (s: string) => Looking,
  ) => {
    const names = await membersOf(
      db,
      rows.flatMap(({ person, taken_by: taker }) => [person ?? '', taker ?? '']),
    )
    return rows.map(row => toShift(row, names, of(row.station)))
  }
  const findShift = async (tx: RegistryDb, person: Person, id: string) => {
    const row = await selectShifts(tx)
      .where('shift.id', '=', id)
      .where(withinScope(person, { district: 'shift.district', station: 'shift.station' }))
      .executeTakeFirst()
    if (row === undefined) throw new ApiProblem('not_found', `there is no shift ${id} in your districts`)
    return row
  }
  const checkMember = async (tx: RegistryDb, station: string, person: string) => {
    if (!(await stationsOf(tx, person)).includes(station))
      throw new ApiProblem('invalid_request', 'person: is not on the rota of this station')
  }

  return {
    station: async (person, station, asked) => {
      const record = stationInReach(deps, person, station)
      const atMs = nowMs()
      const firstDay = asked ?? dayIn(timeZone, atMs)
      const fromMs = instantOf({ day: firstDay, minute: 0 }, timeZone)
      const toMs = instantOf({ day: daysLater(firstDay, 7), minute: 0 }, timeZone)
      const [needs, members, patterns, rows, { gaps }, { here }] = await Promise.all([
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
        lookingOf(person, station),
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
        shifts: await toShifts(rows, () => here),
        gaps: gaps.map(({ view }) => view),
        mayManage,
      }
    },

    mine: async person => {
      const { me, own, of } = await lookingOf(person)
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
        mine: await toShifts(mine, of),
        free: await toShifts(free, of),
        stations: [...own].flatMap(station => {
          const record = deps.directory.stations.get(station)?.record
          return record === undefined ? [] : [{ station, nameZh: record.nameZh, nameEn: record.nameEn }]
        }),
        hours: done.reduce((sum, row) => sum + (servedHours(recordOf(row)) ?? 0), 0),
      }
    },

    setNeeds: async (person, station, needsKeeper) => {
      stationInReach(deps, person, station)
      const values = { needs_keeper: needsKeeper ? 1 : 0, set_by: person.login, at_ms: nowMs() } as const
      await db
        .insertInto('rota_station')
        .values({ station, ...values })
        .onConflict(conflict => conflict.column('station').doUpdateSet(values))
        .execute()
    },

    addShift: async (person, station, request) => {
      const { district } = stationInReach(deps, person, station)
      const { day, halfHours, rrule, person: who } = request
      const problem = patternProblem(request)
      if (problem !== undefined) throw new ApiProblem('invalid_request', `body: rrule: ${problem}`)
      const atMs = nowMs()
      const fromMinute = minuteOf(request.from)
      if (rrule === undefined) {
        const time = shiftOn(day, { fromMinute, halfHours }, timeZone)
        if (time.toMs <= atMs) throw new ApiProblem('invalid_request', 'body: day: the shift would be over already')
        await db.transaction().execute(async tx => {
          if (who !== undefined) await checkMember(tx, station, who)
          const shift = { id: newId(), station, district, ...time, person: who }
          await makeShift(tx, shift, { actor: person.login, atMs })
        })
        return
      }
      const id = newId()
      await db.transaction().execute(async tx => {
        if (who !== undefined) await checkMember(tx, station, who)
        await tx
          .insertInto('rota_pattern')
          .values({
            id,
            station,
            rrule,
            first_day: day,
            from_minute: fromMinute,
            half_hours: halfHours,
            person: who ?? null,
            created_at_ms: atMs,
            created_by: person.login,
            ended_at_ms: null,
            ended_by: null,
          })
          .execute()
      })
      await makeAhead(deps, id)
    },

    endPattern: async (person, id) => {
      const row = await db
        .selectFrom('rota_pattern')
        .innerJoin('station', 'station.id', 'rota_pattern.station')
        .select('rota_pattern.id')
        .where('rota_pattern.id', '=', id)
        .where(withinScope(person, { district: 'station.district', station: 'station.id' }))
        .executeTakeFirst()
      if (row === undefined) throw new ApiProblem('not_found', `there is no weekly shift ${id} in your districts`)
      const atMs = nowMs()
      await db.transaction().execute(async tx => {
        const ended = { ended_at_ms: atMs, ended_by: person.login }
        await tx.updateTable('rota_pattern').set(ended).where('id', '=', id).where('ended_at_ms', 'is', null).execute()
        const shifts = await tx
          .selectFrom('shift')
          .selectAll()
          .where('pattern', '=', id)
          .where('from_ms', '>', atMs)
          .where('cancelled_at_ms', 'is', null)
          .where('checked_in_ms', 'is', null)
          .execute()
        const me = personOf(person.login)
        const acting = { act: 'cancel', person: me, actor: me, isManager: true, atMs, isAtDoor: false } as const
        for (const shift of shifts) await changeShift(tx, shift, { ...acting, login: person.login })
      })
    },

    act: async (person, id, { act, person: who, code }) => {
      const { me, of } = await lookingOf(person)
      const { before, row } = await db.transaction().execute(async tx => {
        const found = await findShift(tx, person, id)
        const { isMember, isManager, atMs } = of(found.station)
        if ((act === 'sign_up' || act === 'take') && !isMember)
          throw new ApiProblem('forbidden', 'only whoever is on the rota of this station takes its shifts')
        if (act === 'assign') await checkMember(tx, found.station, who ?? '')
        const isAtDoor = act === 'check_in' && code !== undefined
        if (isAtDoor && !(await deps.isDoorCode(tx, found.station, code)))
          throw new ApiProblem('wrong_code', "this is not the code on this station's door")
        const isForOther = isMember && isPresence(act) && found.person?.startsWith('volunteer:') === true
        const acting = { act, person: who ?? me, actor: me, isManager: isManager || isForOther, atMs, isAtDoor }
        await changeShift(tx, found, { ...acting, login: person.login })
        return { before: found, row: await findShift(tx, person, id) }
      })
      const told = act === 'take' ? before.person : act === 'confirm' ? before.taken_by : undefined
      if (told?.startsWith('login:') === true) {
        const time = timeWords({ fromMs: Number(row.from_ms), toMs: Number(row.to_ms) }, timeZone)
        const station = { zh: row.name_zh, en: row.name_en }
        const news = swapNews({ id, revision: row.revision, isAsked: act === 'take', station, time })
        await tell.say(news, [told.slice('login:'.length)])
      }
      const [shift] = await toShifts([row], of)
      return shift as Shift
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

/** Which gaps of a person's scope. */
export type GapListQuery = Pick<GapQuery, 'region' | 'station'>

function clockOf(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
}
