import { createHash } from 'node:crypto'
import type { Person, RotaMember, RotaMemberRequest } from '@harbor/protocol'
import { ApiProblem } from '../errors.ts'
import { maySeeStation } from '../people/scope.ts'
import { limitsOf, normalLogin } from '../people/people.ts'
import type { Directory } from '../registry/directory.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import { membersOf, personOf } from './rota-row.ts'
import { changeShift } from './shift-writes.ts'

/** People on one rota; chosen: far more than any station has. */
const MAX_MEMBERS = 100

export interface MemberDeps {
  db: RegistryDb
  directory: Pick<Directory, 'stations'>
  nowMs: () => number
  newId: () => string
}

/** @throws ApiProblem `not_found`, also outside the person's scope. */
export function stationInReach({ directory }: Pick<MemberDeps, 'directory'>, person: Person, station: string) {
  const record = directory.stations.get(station)?.record
  if (record === undefined || !maySeeStation(person, record))
    throw new ApiProblem('not_found', `there is no station ${station} in your districts`)
  return record
}

/** Who serves at a station now, by name. */
export async function membersAt(db: RegistryDb, station: string): Promise<RotaMember[]> {
  const rows = await db
    .selectFrom('rota_member')
    .select('person')
    .where('station', '=', station)
    .where('ended_at_ms', 'is', null)
    .execute()
  const known = await membersOf(
    db,
    rows.map(({ person }) => person),
  )
  return [...known.values()].sort((a, b) => a.name.localeCompare(b.name, 'zh'))
}

/** Where somebody serves. */
export async function stationsOf(db: RegistryDb, person: string): Promise<string[]> {
  const rows = await db
    .selectFrom('rota_member')
    .select('station')
    .where('person', '=', person)
    .where('ended_at_ms', 'is', null)
    .execute()
  return rows.map(({ station }) => station)
}

/**
 * Puts somebody on a station's rota; whoever was on it before is on it again. A volunteer who is new gets a calendar of their own, whose
 * address is said this once.
 *
 * @throws ApiProblem `not_found`, `conflict` when the rota is full.
 */
export async function addMember(
  deps: MemberDeps,
  manager: Person,
  { station, request }: { station: string; request: RotaMemberRequest },
): Promise<RotaMember & { calendar?: string }> {
  const { db, nowMs, newId } = deps
  const record = stationInReach(deps, manager, station)
  const atMs = nowMs()
  let calendar: string | undefined
  const person = await db.transaction().execute(async tx => {
    let who: string
    if ('login' in request) who = await keeperOf(tx, normalLogin(request.login), record)
    else if ('volunteer' in request) who = await volunteerOf(tx, request.volunteer, record.district)
    else {
      const id = newId()
      const key = newId().replaceAll('-', '')
      calendar = `/api/v1/rota/calendar/${key}`
      const { name, contact = null } = request
      const by = { created_at_ms: atMs, created_by: manager.login }
      await tx
        .insertInto('volunteer')
        .values({ id, district: record.district, name, contact, calendar_sha256: calendarHash(key), ...by })
        .execute()
      who = `volunteer:${id}`
    }
    if ((await membersAt(tx, station)).length >= MAX_MEMBERS)
      throw new ApiProblem('conflict', `a rota has at most ${MAX_MEMBERS} people`)
    const added = { added_at_ms: atMs, added_by: manager.login, ended_at_ms: null, ended_by: null }
    await tx
      .insertInto('rota_member')
      .values({ station, person: who, ...added })
      .onConflict(conflict => conflict.columns(['station', 'person']).doUpdateSet(added))
      .execute()
    return who
  })
  const member = (await membersOf(db, [person])).get(person)
  if (member === undefined) throw new ApiProblem('internal', 'somebody who was just put on a rota is gone')
  return { ...member, ...(calendar !== undefined && { calendar }) }
}

/** The SHA-256 of a calendar's key: 122 random bits, so that a fast hash gives nothing away. */
export function calendarHash(key: string): string {
  return createHash('sha256').update(key).digest('hex')
}

async function keeperOf(
  tx: RegistryDb,
  login: string,
  station: { district: string; street?: string | undefined },
): Promise<string> {
  const row = await tx
    .selectFrom('person')
    .select(['login', 'name', 'role'])
    .where('login', '=', login)
    .executeTakeFirst()
  const isWithin = row !== undefined && maySeeStation({ ...row, ...(await limitsOf(tx, login)) }, station)
  if (!isWithin) throw new ApiProblem('not_found', `there is nobody ${login} who may see this station`)
  return personOf(login)
}

/** A volunteer of the same district: others' names are not found by guessing. */
async function volunteerOf(tx: RegistryDb, id: string, district: string): Promise<string> {
  const row = await tx
    .selectFrom('volunteer')
    .select('id')
    .where('id', '=', id)
    .where('district', '=', district)
    .executeTakeFirst()
  if (row === undefined) throw new ApiProblem('not_found', `there is no volunteer ${id} in this district`)
  return `volunteer:${id}`
}

/** Takes somebody off a rota: their shifts that are to come are open again. @throws ApiProblem `not_found`. */
export async function endMember(
  deps: MemberDeps,
  manager: Person,
  { station, person }: { station: string; person: string },
): Promise<void> {
  const { db, nowMs } = deps
  stationInReach(deps, manager, station)
  const atMs = nowMs()
  await db.transaction().execute(async tx => {
    const { numUpdatedRows } = await tx
      .updateTable('rota_member')
      .set({ ended_at_ms: atMs, ended_by: manager.login })
      .where('station', '=', station)
      .where('person', '=', person)
      .where('ended_at_ms', 'is', null)
      .executeTakeFirst()
    if (numUpdatedRows !== 1n) throw new ApiProblem('not_found', 'nobody like this is on the rota')
    const acting = { act: 'withdraw', person, actor: person, isManager: true, atMs, isAtDoor: false } as const
    const shifts = await tx
      .selectFrom('shift')
      .selectAll()
      .where('station', '=', station)
      .where('person', '=', person)
      .where('from_ms', '>', atMs)
      .where('cancelled_at_ms', 'is', null)
      .where('checked_in_ms', 'is', null)
      .execute()
    for (const shift of shifts) await changeShift(tx, shift, { ...acting, login: manager.login })
    await tx
      .updateTable('rota_pattern')
      .set({ person: null })
      .where('station', '=', station)
      .where('person', '=', person)
      .where('ended_at_ms', 'is', null)
      .execute()
  })
}
