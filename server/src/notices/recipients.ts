import { MAX_ADDRESSEES, type NoticeChoice, type NoticePreview, type Person } from '@harbor/protocol'
import type { Kysely } from 'kysely'
import { ApiProblem } from '../errors.ts'
import { limitsByLogin } from '../people/people.ts'
import { governs, maySeeStation, withinScope } from '../people/scope.ts'
import type { RegistryTables } from '../registry/schema.ts'

type Db = Kysely<RegistryTables>
type Station = NoticePreview['stations'][number]

/** People of these roles with their scope. */
async function peopleOf(db: Db, role: 'keeper' | 'manager'): Promise<Person[]> {
  const rows = await db
    .selectFrom('person')
    .select(['login', 'name'])
    .where('role', '=', role)
    .orderBy('login')
    .execute()
  if (rows.length === 0) return []
  const limits = await limitsByLogin(
    db,
    rows.map(({ login }) => login),
  )
  return rows.map(({ login, name }) => ({ login, name, role, ...limits(login) }))
}

/** How high somebody stands: 0 the city, 1 districts, 2 streets. */
export function levelOf({ districts, streets }: Pick<Person, 'districts' | 'streets'>): 0 | 1 | 2 {
  if (streets !== undefined) return 2
  return districts.length > 0 ? 1 : 0
}

/** Those who are told of what a station is to do: its keepers. */
export type KeepersOf = (station: { id: string; district: string; street?: string | undefined }) => Person[]

/** Reads who is told for which station: the keepers of its rota, and where it has none, all in whose scope it is. */
export async function readKeepers(db: Db): Promise<KeepersOf> {
  const keepers = await peopleOf(db, 'keeper')
  const members = await db
    .selectFrom('rota_member')
    .select(['station', 'person'])
    .where('ended_at_ms', 'is', null)
    .where('person', 'like', 'login:%')
    .execute()
  const named = Map.groupBy(members, ({ station }) => station)
  return ({ id, ...place }) => {
    const own = keepers.filter(keeper => maySeeStation(keeper, place))
    const logins = new Set(named.get(id)?.map(({ person }) => person.slice('login:'.length)))
    const onRota = own.filter(({ login }) => logins.has(login))
    return onRota.length > 0 ? onRota : own
  }
}

/**
 * Exactly whom an order to a choice goes to: preview and order both ask here.
 *
 * @throws ApiProblem `not_found` for a region or station that is not the person's; `invalid_request` for none or too many.
 */
export async function recipientsOf(db: Db, person: Person, choice: NoticeChoice): Promise<NoticePreview> {
  const { regions, wholeCity, hostKinds, stations: named } = choice
  for (const region of regions)
    if (!governs(person, region)) throw new ApiProblem('not_found', `there is no region ${region} that you govern`)
  if (wholeCity && !governs(person, undefined))
    throw new ApiProblem('not_found', 'the whole city is not yours to govern')
  const rows = await db
    .selectFrom('station')
    .select(['id', 'name_zh', 'name_en', 'district', 'street', 'host_kind'])
    .where('state', 'not in', ['planned', 'built', 'closed'])
    .where(withinScope(person, { district: 'station.district', station: 'station.id' }))
    .orderBy('id')
    .execute()
  const byId = new Set(named)
  const streets = new Set(regions.filter(region => region.length === 9))
  const districts = new Set(regions.filter(region => region.length === 6))
  const chosen = rows.filter(row => {
    if (byId.has(row.id)) return true
    const isInRegion = wholeCity || districts.has(row.district) || (row.street !== null && streets.has(row.street))
    return isInRegion && (hostKinds.length === 0 || (row.host_kind !== null && hostKinds.includes(row.host_kind)))
  })
  const found = new Set(chosen.map(({ id }) => id))
  const missing = named.find(id => !found.has(id))
  if (missing !== undefined) throw new ApiProblem('not_found', `there is no station ${missing} in your districts`)
  const keepersOf = await readKeepers(db)
  const stations = chosen.map((row): Station => {
    const place = { district: row.district, ...(row.street !== null && { street: row.street }) }
    return {
      station: row.id,
      nameZh: row.name_zh,
      nameEn: row.name_en,
      ...place,
      keepers: keepersOf({ id: row.id, ...place }).length,
    }
  })
  const managers = (await peopleOf(db, 'manager')).filter(
    manager =>
      manager.login !== person.login &&
      levelOf(manager) > levelOf(person) &&
      stations.some(station => maySeeStation(manager, station)),
  )
  const count = stations.length + managers.length
  if (count > MAX_ADDRESSEES)
    throw new ApiProblem('invalid_request', `body: to: ${count} addressees; at most ${MAX_ADDRESSEES} in one order`)
  return {
    stations,
    managers: managers.map(({ login, name }) => ({ login, name })),
    count,
    withoutKeeper: stations.filter(({ keepers }) => keepers === 0).length,
  }
}

/** Managers of the level above a station: of its street, else of its district, else of the city. */
export async function readAbove(db: Db): Promise<(of: { district: string; street?: string | undefined }) => Person[]> {
  const managers = await peopleOf(db, 'manager')
  return ({ district, street }) => {
    for (const level of [2, 1, 0] as const) {
      const own = managers.filter(manager => levelOf(manager) === level && maySeeStation(manager, { district, street }))
      if (own.length > 0) return own
    }
    return []
  }
}

/** Managers and administrators of the whole city. */
export async function readCity(db: Db): Promise<string[]> {
  const rows = await db
    .selectFrom('person')
    .leftJoin('person_district', 'person_district.login', 'person.login')
    .leftJoin('person_street', 'person_street.login', 'person.login')
    .select('person.login')
    .where('person.role', 'in', ['manager', 'administrator'])
    .where('person_district.login', 'is', null)
    .where('person_street.login', 'is', null)
    .execute()
  return rows.map(({ login }) => login)
}
