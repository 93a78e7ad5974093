import type { Person, Shift, ShiftActRequest, ShiftRequest } from '@harbor/protocol'
import { ApiProblem } from '../errors.ts'
import { withinScope } from '../people/scope.ts'
import type { Directory } from '../registry/directory.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import type { Telling } from '../tell/open-tell.ts'
import { stationInReach, stationsOf } from './members.ts'
import { type PatternDeps, makeAhead, minuteOf, patternProblem, shiftOn } from './patterns.ts'
import type { GapDeps } from './rota-gaps.ts'
import { swapNews, timeWords } from './rota-news.ts'
import { type RotaQueries, createRotaQueries, lookOf, shownShifts } from './rota-queries.ts'
import { isPresence, personOf, selectShifts } from './rota-row.ts'
import { changeShift, makeShift } from './shift-writes.ts'

export interface RotaDeps extends PatternDeps, GapDeps {
  db: RegistryDb
  directory: Pick<Directory, 'stations'>
  tell: Pick<Telling, 'say'>
  /** Whether this is the code on a station's door. */
  isDoorCode: (tx: RegistryDb, station: string, code: string) => Promise<boolean>
}

/** Rotas of stations. Everything is limited to the person's scope; a foreign id answers like one that does not exist. */
export interface Rota extends RotaQueries {
  setNeeds: (person: Person, station: string, needsKeeper: boolean) => Promise<void>
  /** @throws ApiProblem `invalid_request`, `conflict` when the person is not free. */
  addShift: (person: Person, station: string, request: ShiftRequest) => Promise<void>
  /** Ends a weekly shift; those of it that are to come and nobody serves yet are cancelled. */
  endPattern: (person: Person, id: string) => Promise<void>
  act: (person: Person, shift: string, request: ShiftActRequest) => Promise<Shift>
}

export function createRota(deps: RotaDeps): Rota {
  const { db, timeZone, nowMs, newId, tell } = deps

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
    ...createRotaQueries(deps),

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
      const look = await lookOf(deps, person)
      const { me } = look
      const { before, row } = await db.transaction().execute(async tx => {
        const found = await findShift(tx, person, id)
        const { isMember, isManager, atMs } = look.at(found.station)
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
      const [shift] = await shownShifts(db, [row], look)
      return shift as Shift
    },
  }
}
