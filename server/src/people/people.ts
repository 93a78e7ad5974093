import { type Person, districtOfRegion } from '@harbor/protocol'
import { ApiProblem } from '../errors.ts'
import type { Kysely } from 'kysely'
import type { RegistryTables } from '../registry/schema.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import { hashPassword, isPassword } from './passwords.ts'

/** A person to be, with the password in clear text; it is hashed before it is stored. */
export interface NewPerson extends Person {
  password: string
}

/** Who can sign in. */
export interface People {
  /** Whether there is anybody. */
  isEmpty: () => Promise<boolean>
  /** @throws ApiProblem `conflict` when the login is taken. */
  add: (person: NewPerson) => Promise<Person>
  /** Adds a person or takes over their name, role, districts and, if it differs, password. */
  put: (person: NewPerson) => Promise<void>
  find: (login: string) => Promise<Person | undefined>
  /** Everybody, by login. */
  all: () => Promise<Person[]>
  /** The person whom this login and password are of; takes the same time whether or not there is such a login. */
  verify: (login: string, password: string) => Promise<Person | undefined>
}

/** Logins are told apart without regard to case. */
export function normalLogin(login: string): string {
  return login.normalize('NFKC').trim().toLowerCase()
}

/** People in the registry. */
export function createPeople({ db, nowMs }: { db: RegistryDb; nowMs: () => number }): People {
  // What an unknown login is checked against, so that the time of the answer does not tell who exists.
  let decoyHash: Promise<string> | undefined

  const store = async (person: Person, passwordHash: string, isNew: boolean): Promise<void> => {
    const login = normalLogin(person.login)
    await db.transaction().execute(async tx => {
      const known = await tx.selectFrom('person').select('login').where('login', '=', login).executeTakeFirst()
      if (known !== undefined && isNew) throw new ApiProblem('conflict', `login: ${login} is taken`)
      const values = { name: person.name, role: person.role, password_hash: passwordHash }
      if (known === undefined) {
        await tx
          .insertInto('person')
          .values({ login, ...values, created_at_ms: nowMs() })
          .execute()
      } else await tx.updateTable('person').set(values).where('login', '=', login).execute()
      await tx.deleteFrom('person_district').where('login', '=', login).execute()
      // Streets lie in their districts, whatever was said of these.
      const districts = person.streets === undefined ? person.districts : person.streets.map(districtOfRegion)
      for (const district of new Set(districts))
        await tx.insertInto('person_district').values({ login, district }).execute()
      await tx.deleteFrom('person_street').where('login', '=', login).execute()
      for (const street of new Set(person.streets))
        await tx.insertInto('person_street').values({ login, street }).execute()
    })
  }

  const find = async (login: string): Promise<(Person & { passwordHash: string }) | undefined> => {
    const row = await db.selectFrom('person').selectAll().where('login', '=', normalLogin(login)).executeTakeFirst()
    if (row === undefined) return undefined
    const limits = await limitsOf(db, row.login)
    return { login: row.login, name: row.name, role: row.role, ...limits, passwordHash: row.password_hash }
  }

  return {
    isEmpty: async () => (await db.selectFrom('person').select('login').limit(1).executeTakeFirst()) === undefined,
    add: async person => {
      await store(person, await hashPassword(person.password), true)
      return { ...withoutSecret(person), login: normalLogin(person.login) }
    },
    put: async person => {
      const known = await find(person.login)
      const isSame = known !== undefined && (await isPassword(known.passwordHash, person.password))
      await store(person, isSame ? known.passwordHash : await hashPassword(person.password), false)
    },
    find: async login => {
      const known = await find(login)
      return known === undefined ? undefined : withoutSecret(known)
    },
    all: async () => {
      const rows = await db.selectFrom('person').select(['login', 'name', 'role']).orderBy('login').execute()
      const limits = await limitsByLogin(
        db,
        rows.map(row => row.login),
      )
      return rows.map(row => ({ ...row, ...limits(row.login) }))
    },
    verify: async (login, password) => {
      decoyHash ??= hashPassword('nobody has this password')
      const [known, decoy] = await Promise.all([find(login), decoyHash])
      const isRight = await isPassword(known?.passwordHash ?? decoy, password)
      return known !== undefined && isRight ? withoutSecret(known) : undefined
    },
  }
}

/** The districts that a person is limited to, none meaning all, and the streets of them, if it is streets. */
export async function limitsOf(
  db: Kysely<RegistryTables>,
  login: string,
): Promise<Pick<Person, 'districts' | 'streets'>> {
  return (await limitsByLogin(db, [login]))(login)
}

/** The limits of many people at once; whoever has none in the registry sees everything. */
export async function limitsByLogin(
  db: Kysely<RegistryTables>,
  logins: readonly string[],
): Promise<(login: string) => Pick<Person, 'districts' | 'streets'>> {
  const [districts, streets] = await Promise.all([
    db.selectFrom('person_district').selectAll().where('login', 'in', logins).orderBy('district').execute(),
    db.selectFrom('person_street').selectAll().where('login', 'in', logins).orderBy('street').execute(),
  ])
  const districtsOf = Map.groupBy(districts, row => row.login)
  const streetsOf = Map.groupBy(streets, row => row.login)
  return login => {
    const own = streetsOf.get(login)?.map(({ street }) => street)
    return {
      districts: (districtsOf.get(login) ?? []).map(({ district }) => district),
      ...(own !== undefined && { streets: own }),
    }
  }
}

function withoutSecret({ login, name, role, districts, streets }: Person): Person {
  return { login, name, role, districts, ...(streets !== undefined && { streets }) }
}
