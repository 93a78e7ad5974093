import type { ApplianceKind, Crew, CrewPeople, CrewRequest, Person } from '@harbor/protocol'
import type { Kysely } from 'kysely'
import { ApiProblem } from '../errors.ts'
import { governs } from '../people/scope.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import type { RegistryTables } from '../registry/schema.ts'

/** Crews who repair things, limited to a person's districts. */
export interface Crews {
  /** Those that work in one of the person's districts, or in one that a street of theirs lies in. */
  list: (person: Person) => Promise<Crew[]>
  /** Who can be in a crew: those who repair, in one of the person's districts at least; by name. */
  people: (person: Person) => Promise<CrewPeople['people']>
  /**
   * Makes a crew, or replaces it.
   *
   * @throws ApiProblem `not_found` for a crew of other districts; `forbidden` for districts that are not the person's; `invalid_request`
   *   for somebody who is not there.
   */
  put: (person: Person, id: string, crew: CrewRequest) => Promise<Crew>
  /** @throws ApiProblem `not_found`, also for a crew that works in other districts too. */
  remove: (person: Person, id: string) => Promise<void>
}

/** Crews there may be (chosen: a city has some dozens; every one is looked at when an order is assigned). */
const MAX_CREWS = 2_000
/** People that are offered for a crew at most (chosen: as above). */
const MAX_PEOPLE = 2_000
const REPAIRING = ['maintainer', 'manager', 'administrator'] as const

/** @param onChanged called with the districts in which crews are others than before. */
export function createCrews(db: RegistryDb, onChanged: (districts: readonly string[]) => void): Crews {
  return {
    people: async person => {
      const rows = await db
        .selectFrom('person')
        .select(['login', 'name', 'role'])
        .where('role', 'in', REPAIRING)
        .$if(person.districts.length > 0, query =>
          query.where(eb => {
            const theirs = eb
              .selectFrom('person_district')
              .select('person_district.login')
              .whereRef('person_district.login', '=', 'person.login')
            return eb.or([eb.not(eb.exists(theirs)), eb.exists(theirs.where('district', 'in', person.districts))])
          }),
        )
        .orderBy('name')
        .orderBy('login')
        .limit(MAX_PEOPLE)
        .execute()
      return rows.flatMap(({ login, name, role }) => {
        const repairs = REPAIRING.find(one => one === role)
        return repairs === undefined ? [] : [{ login, name, role: repairs }]
      })
    },
    // A district's crews come into each of its streets too.
    list: async ({ districts: own }) =>
      (await loadCrews(db)).filter(({ districts }) => own.length === 0 || districts.some(one => own.includes(one))),
    put: async (person, id, crew) => {
      const { written, districts } = await db.transaction().execute(async tx => {
        const before = await checkMine(tx, person, id)
        if (!crew.districts.every(district => governs(person, district)))
          throw new ApiProblem('forbidden', 'body: districts: expected districts of yours alone')
        const logins = [...new Set([...crew.members, ...(crew.lead === undefined ? [] : [crew.lead])])]
        const known =
          logins.length === 0
            ? []
            : await tx.selectFrom('person').select('login').where('login', 'in', logins).execute()
        const missing = logins.find(login => !known.some(one => one.login === login))
        if (missing !== undefined) throw new ApiProblem('invalid_request', `body: members: there is no ${missing}`)
        await write(tx, id, crew)
        const [written] = (await loadCrews(tx)).filter(one => one.id === id)
        return { written: written as Crew, districts: [...(before ?? []), ...crew.districts] }
      })
      onChanged(districts)
      return written
    },
    remove: async (person, id) => {
      const districts = await db.transaction().execute(async tx => {
        const before = await checkMine(tx, person, id)
        if (before === undefined) throw new ApiProblem('not_found', `there is no crew ${id} in your districts`)
        await tx.deleteFrom('crew_member').where('crew', '=', id).execute()
        await tx.deleteFrom('crew').where('id', '=', id).execute()
        return before
      })
      onChanged(districts)
    },
  }
}

/** The districts of the crew of this id; undefined: there is none. @throws ApiProblem `not_found` when it works where the person has no say. */
async function checkMine(tx: Kysely<RegistryTables>, person: Person, id: string): Promise<string[] | undefined> {
  const known = await tx.selectFrom('crew').select('districts').where('id', '=', id).executeTakeFirst()
  if (known === undefined) return undefined
  const districts = JSON.parse(known.districts) as string[]
  if (!districts.every(district => governs(person, district)))
    throw new ApiProblem('not_found', `there is no crew ${id} in your districts`)
  return districts
}

async function write(tx: Kysely<RegistryTables>, id: string, crew: CrewRequest): Promise<void> {
  const row = {
    name: crew.name,
    districts: JSON.stringify(crew.districts),
    skills: JSON.stringify(crew.skills),
    shift: crew.shift ?? null,
    lead: crew.lead ?? null,
    lat_deg: crew.base?.latDeg ?? null,
    lng_deg: crew.base?.lngDeg ?? null,
  }
  const { count } = await tx
    .selectFrom('crew')
    .select(eb => eb.fn.countAll<number>().as('count'))
    .where('id', '!=', id)
    .executeTakeFirstOrThrow()
  if (Number(count) >= MAX_CREWS) throw new ApiProblem('conflict', `there are ${MAX_CREWS} crews already`)
  await tx
    .insertInto('crew')
    .values({ id, ...row })
    .onConflict(conflict => conflict.column('id').doUpdateSet(row))
    .execute()
  await tx.deleteFrom('crew_member').where('crew', '=', id).execute()
  const members = [...new Set(crew.members)].map(login => ({ crew: id, login }))
  if (members.length > 0) await tx.insertInto('crew_member').values(members).execute()
}

/** Every crew with its people, by id. */
export async function loadCrews(db: Kysely<RegistryTables>): Promise<Crew[]> {
  const rows = await db.selectFrom('crew').selectAll().orderBy('id').execute()
  const members = await db
    .selectFrom('crew_member')
    .innerJoin('person', 'person.login', 'crew_member.login')
    .select(['crew_member.crew', 'person.login', 'person.name'])
    .orderBy('person.login')
    .execute()
  const byCrew = Map.groupBy(members, ({ crew }) => crew)
  return rows.map(row => ({
    id: row.id,
    name: row.name,
    districts: JSON.parse(row.districts) as string[],
    skills: JSON.parse(row.skills) as ApplianceKind[],
    ...(row.shift !== null && { shift: row.shift }),
    ...(row.lead !== null && { lead: row.lead }),
    members: (byCrew.get(row.id) ?? []).map(({ login, name }) => ({ login, name })),
    ...(row.lat_deg !== null && row.lng_deg !== null && { base: { latDeg: row.lat_deg, lngDeg: row.lng_deg } }),
  }))
}
