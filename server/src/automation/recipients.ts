import { type NotifyTo, type Person, ROLES, type Role } from '@harbor/protocol'
import { ApiProblem } from '../errors.ts'
import { limitsByLogin } from '../people/people.ts'
import { type Limits, type StationPlace, governs, maySeeStation } from '../people/scope.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import { staffOf } from '../rota/staff-of.ts'

/** Who is meant, and by which groups they are told. */
export interface Meant {
  people: readonly Person[]
  /** Whether a group of these roles (none: any) in this region is told of it. */
  isGroupMeant: (group: { region: string | undefined; roles: readonly Role[] }) => boolean
}

/** Whom each level calls on, where groups are told by role. */
const LEVEL_ROLES = {
  shift: ['keeper'],
  station: ['keeper', 'manager'],
  district: ['manager'],
  city: ['manager', 'administrator'],
} as const satisfies Record<Extract<NotifyTo, { level: unknown }>['level'], readonly Role[]>

/**
 * Whom somebody with these limits may have told: nobody who looks after nothing of theirs.
 *
 * @throws ApiProblem `not_found` for a station, `forbidden` for a region that is not theirs.
 */
export async function meantBy(
  db: RegistryDb,
  limits: Limits,
  { to, nowMs }: { to: NotifyTo; nowMs: number },
): Promise<Meant> {
  const everybody = (await peopleOf(db)).filter(person => isNeighbour(limits, person))
  if ('logins' in to)
    return { people: everybody.filter(({ login }) => to.logins.includes(login)), isGroupMeant: () => false }
  if ('level' in to) {
    const place = await stationOf(db, limits, to.station)
    const logins = await calledOn(db, everybody, { ...to, place, nowMs })
    return {
      people: everybody.filter(({ login }) => logins.includes(login)),
      isGroupMeant: group => groupCovers(group, { roles: LEVEL_ROLES[to.level], place, isCity: to.level === 'city' }),
    }
  }
  const ofRole = everybody.filter(({ role }) => to.roles.includes(role))
  if ('station' in to) {
    const place = await stationOf(db, limits, to.station)
    return {
      people: ofRole.filter(person => maySeeStation(person, place)),
      isGroupMeant: group => groupCovers(group, { roles: to.roles, place, isCity: false }),
    }
  }
  const { region, roles } = to
  if (region !== undefined && !governs(limits, region))
    throw new ApiProblem('forbidden', `the region ${region} is not within what you may look after`)
  return {
    people: region === undefined ? ofRole : ofRole.filter(person => governs(person, region)),
    isGroupMeant: group =>
      sharesRole(group.roles, roles) &&
      (region === undefined
        ? governs(limits, group.region)
        : group.region === undefined || region.startsWith(group.region)),
  }
}

interface Call {
  level: keyof typeof LEVEL_ROLES
  station: string
  place: StationPlace
  nowMs: number
}

async function calledOn(db: RegistryDb, people: readonly Person[], call: Call): Promise<readonly string[]> {
  const { level, station, place, nowMs } = call
  const managers = people.filter(({ role }) => role === 'manager' || role === 'administrator')
  switch (level) {
    case 'shift': {
      const onShift = await db
        .selectFrom('shift')
        .select('person')
        .where('station', '=', station)
        .where('from_ms', '<=', nowMs)
        .where('to_ms', '>', nowMs)
        .where('cancelled_at_ms', 'is', null)
        .where('person', 'like', 'login:%')
        .execute()
      if (onShift.length === 0) return staffOf(db, { station, district: place.district })
      return onShift.map(({ person }) => (person ?? '').slice('login:'.length))
    }
    case 'station':
      return staffOf(db, { station, district: place.district })
    case 'district':
      return managers
        .filter(({ role, districts }) => role === 'manager' && districts.includes(place.district))
        .map(({ login }) => login)
    case 'city':
      return managers.filter(({ districts }) => districts.length === 0).map(({ login }) => login)
  }
}

async function stationOf(db: RegistryDb, limits: Limits, id: string): Promise<StationPlace> {
  const row = await db.selectFrom('station').select(['district', 'street']).where('id', '=', id).executeTakeFirst()
  const place = row === undefined ? undefined : { district: row.district, street: row.street ?? undefined }
  if (place === undefined || !maySeeStation(limits, place))
    throw new ApiProblem('not_found', `there is no station ${id} in your districts`)
  return place
}

async function peopleOf(db: RegistryDb): Promise<Person[]> {
  const rows = await db.selectFrom('person').select(['login', 'name', 'role']).orderBy('login').execute()
  if (rows.length === 0) return []
  const limitsOf = await limitsByLogin(
    db,
    rows.map(({ login }) => login),
  )
  return rows.map(row => ({ ...row, ...limitsOf(row.login) }))
}

/** Whether somebody looks after anything within these limits: only streets keep two of one district apart. */
function isNeighbour(limits: Limits, person: Limits): boolean {
  const share = (one: readonly string[], other: readonly string[]) => one.some(code => other.includes(code))
  if (limits.streets !== undefined && person.streets !== undefined) return share(limits.streets, person.streets)
  if (limits.districts.length === 0 || person.districts.length === 0) return true
  return share(limits.districts, person.districts)
}

function sharesRole(group: readonly Role[], roles: readonly Role[]): boolean {
  return (group.length === 0 ? ROLES : group).some(role => roles.includes(role))
}

function groupCovers(
  { region, roles: own }: { region: string | undefined; roles: readonly Role[] },
  { roles, place, isCity }: { roles: readonly Role[]; place: StationPlace; isCity: boolean },
): boolean {
  if (!sharesRole(own, roles)) return false
  if (region === undefined) return true
  return !isCity && (region.length === 6 ? region === place.district : region === place.street)
}
