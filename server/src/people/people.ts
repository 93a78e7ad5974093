import type { Person } from '@harbor/protocol'
import { ApiProblem } from '../errors.ts'
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
      for (const district of new Set(person.districts))
        await tx.insertInto('person_district').values({ login, district }).execute()
    })
  }

  const find = async (login: string): Promise<(Person & { passwordHash: string }) | undefined> => {
    const row = await db.selectFrom('person').selectAll().where('login', '=', normalLogin(login)).executeTakeFirst()
    if (row === undefined) return undefined
    const districts = await districtsOf(db, row.login)
    return { login: row.login, name: row.name, role: row.role, districts, passwordHash: row.password_hash }
  }

  return {
    isEmpty: async () => (await db.selectFrom('person').select('login').limit(1).executeTakeFirst()) === undefined,
    add: async person => {
      await store(person, await hashPassword(person.password), true)
      const { name, role, districts } = person
      return { login: normalLogin(person.login), name, role, districts }
    },
    put: async person => {
      const known = await find(person.login)
      const isSame = known !== undefined && (await isPassword(known.passwordHash, person.password))
      await store(person, isSame ? known.passwordHash : await hashPassword(person.password), false)
    },
    find: async login => {
      const known = await find(login)
      return known === undefined ? undefined : withoutHash(known)
    },
    verify: async (login, password) => {
      decoyHash ??= hashPassword('nobody has this password')
      const [known, decoy] = await Promise.all([find(login), decoyHash])
      const isRight = await isPassword(known?.passwordHash ?? decoy, password)
      return known !== undefined && isRight ? withoutHash(known) : undefined
    },
  }
}

/** The districts that a person is limited to; empty means all. */
export async function districtsOf(db: RegistryDb, login: string): Promise<string[]> {
  const rows = await db
    .selectFrom('person_district')
    .select('district')
    .where('login', '=', login)
    .orderBy('district')
    .execute()
  return rows.map(row => row.district)
}

/** Whether a person may see what lies in a district. */
export function maySee(person: Person, district: string): boolean {
  return person.districts.length === 0 || person.districts.includes(district)
}

function withoutHash({ login, name, role, districts }: Person): Person {
  return { login, name, role, districts }
}
