import { type Person, type ServiceAccount, type ServiceAccountRequest, type ServiceRight } from '@harbor/protocol'
import type { Kysely } from 'kysely'
import { ApiProblem } from '../errors.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import { sha256Hex } from '../registry/fleet-import.ts'
import type { RegistryTables } from '../registry/schema.ts'

/** Tokens of an account that hold at the same time: the one in use and the one that takes over. */
const MAX_TOKENS = 2
/** Accounts that stand at the same time; chosen: each is a program that somebody looks after. */
const MAX_ACCOUNTS = 50
/** A use is written down at most so often. */
const TOUCH_EVERY_MS = 60_000

/** A program that may use the API. */
export interface Service {
  account: string
  rights: readonly ServiceRight[]
  /** What it is to whatever asks who somebody is: its limits are the account's; its login and name are what histories show. */
  person: Person
}

export interface ServiceAccounts {
  /** The service of a token that holds; counts as a use. */
  use: (token: string) => Promise<Service | undefined>
  /** Accounts that stand, then those that were revoked. */
  list: () => Promise<ServiceAccount[]>
  /** @throws ApiProblem `conflict` when the name was ever given; `no_room`. */
  add: (request: ServiceAccountRequest, by: string) => Promise<{ account: ServiceAccount; token: string }>
  /** A new token; of those before, the newest goes on holding until it is ended. @throws ApiProblem `not_found`. */
  addToken: (name: string) => Promise<{ account: ServiceAccount; token: string }>
  /** At once. @throws ApiProblem `not_found`. */
  endToken: (name: string, id: string) => Promise<ServiceAccount>
  /** Ends the account and its tokens at once. @throws ApiProblem `not_found`. */
  revoke: (name: string, by: string) => Promise<ServiceAccount>
  /** An account whose token is handed over in a file: made if missing, and given the token if it is new. Gives whether it may act. */
  putOwn: (request: ServiceAccountRequest, token: string) => Promise<boolean>
}

export interface ServiceAccountsDeps {
  db: RegistryDb
  nowMs: () => number
  newId: () => string
  randomBytes: (size: number) => Buffer
}

type Tx = Kysely<RegistryTables>

export function createServiceAccounts({ db, nowMs, newId, randomBytes }: ServiceAccountsDeps): ServiceAccounts {
  const insertAccount = (tx: Tx, { name, rights, districts, streets }: ServiceAccountRequest, by: string) =>
    tx
      .insertInto('service_account')
      .values({
        name,
        rights: JSON.stringify(rights),
        districts: JSON.stringify(streets === undefined ? districts : streets.map(street => street.slice(0, 6))),
        streets: streets === undefined ? null : JSON.stringify(streets),
        created_at_ms: nowMs(),
        created_by: by,
        revoked_at_ms: null,
        revoked_by: null,
      })
      .execute()
  const insertToken = async (tx: Tx, account: string, token: string) => {
    const holding = await tokensOf(tx, account)
    for (const { id } of holding.slice(MAX_TOKENS - 1))
      await tx.updateTable('service_token').set({ ended_at_ms: nowMs() }).where('id', '=', id).execute()
    await tx
      .insertInto('service_token')
      .values({
        id: newId(),
        account,
        token_sha256: sha256Hex(token),
        created_at_ms: nowMs(),
        used_at_ms: null,
        ended_at_ms: null,
      })
      .execute()
  }
  const standing = async (tx: Tx, name: string) => {
    const row = await tx
      .selectFrom('service_account')
      .selectAll()
      .where('name', '=', name)
      .where('revoked_at_ms', 'is', null)
      .executeTakeFirst()
    if (row === undefined) throw new ApiProblem('not_found', `there is no service account ${name}`)
    return row
  }
  const view = async (tx: Tx, name: string): Promise<ServiceAccount> => {
    const row = await tx.selectFrom('service_account').selectAll().where('name', '=', name).executeTakeFirstOrThrow()
    return toView(row, await tokensOf(tx, name))
  }

  return {
    use: async token => {
      const row = await db
        .selectFrom('service_token')
        .innerJoin('service_account', 'service_account.name', 'service_token.account')
        .selectAll('service_account')
        .select(['service_token.id', 'service_token.used_at_ms'])
        .where('service_token.token_sha256', '=', sha256Hex(token))
        .where('service_token.ended_at_ms', 'is', null)
        .where('service_account.revoked_at_ms', 'is', null)
        .executeTakeFirst()
      if (row === undefined) return undefined
      if (nowMs() - (row.used_at_ms ?? 0) >= TOUCH_EVERY_MS)
        await db.updateTable('service_token').set({ used_at_ms: nowMs() }).where('id', '=', row.id).execute()
      const { name, rights, streets } = row
      const login = `${name} (automation)`
      return {
        account: name,
        rights: JSON.parse(rights) as ServiceRight[],
        // A keeper is who may do least: what a service may do is said by its rights, route by route.
        person: { login, name: login, role: 'keeper', ...limitsOf({ districts: row.districts, streets }) },
      }
    },
    list: async () => {
      const rows = await db
        .selectFrom('service_account')
        .selectAll()
        .orderBy('revoked_at_ms', order => order.desc().nullsLast())
        .orderBy('name')
        .limit(500)
        .execute()
      const standingFirst = [
        ...rows.filter(row => row.revoked_at_ms === null),
        ...rows.filter(row => row.revoked_at_ms !== null),
      ]
      const views: ServiceAccount[] = []
      for (const row of standingFirst) views.push(toView(row, await tokensOf(db, row.name)))
      return views
    },
    add: (request, by) =>
      db.transaction().execute(async tx => {
        const known = await tx.selectFrom('service_account').select(['name', 'revoked_at_ms']).execute()
        if (known.some(({ name }) => name === request.name))
          throw new ApiProblem('conflict', `name: ${request.name} is taken, or was: a name in histories is given once`)
        if (known.filter(row => row.revoked_at_ms === null).length >= MAX_ACCOUNTS)
          throw new ApiProblem('no_room', `${MAX_ACCOUNTS} service accounts stand; revoke one first`)
        await insertAccount(tx, request, by)
        const token = randomBytes(32).toString('hex')
        await insertToken(tx, request.name, token)
        return { account: await view(tx, request.name), token }
      }),
    addToken: name =>
      db.transaction().execute(async tx => {
        await standing(tx, name)
        const token = randomBytes(32).toString('hex')
        await insertToken(tx, name, token)
        return { account: await view(tx, name), token }
      }),
    endToken: (name, id) =>
      db.transaction().execute(async tx => {
        await standing(tx, name)
        const { numUpdatedRows } = await tx
          .updateTable('service_token')
          .set({ ended_at_ms: nowMs() })
          .where('id', '=', id)
          .where('account', '=', name)
          .where('ended_at_ms', 'is', null)
          .executeTakeFirst()
        if (numUpdatedRows === 0n) throw new ApiProblem('not_found', `${name} has no token ${id} that holds`)
        return view(tx, name)
      }),
    revoke: (name, by) =>
      db.transaction().execute(async tx => {
        await standing(tx, name)
        const atMs = nowMs()
        await tx
          .updateTable('service_account')
          .set({ revoked_at_ms: atMs, revoked_by: by })
          .where('name', '=', name)
          .execute()
        await tx
          .updateTable('service_token')
          .set({ ended_at_ms: atMs })
          .where('account', '=', name)
          .where('ended_at_ms', 'is', null)
          .execute()
        return view(tx, name)
      }),
    putOwn: (request, token) =>
      db.transaction().execute(async tx => {
        const { name } = request
        const known = await tx.selectFrom('service_account').selectAll().where('name', '=', name).executeTakeFirst()
        if (known === undefined) await insertAccount(tx, request, 'system')
        else if (known.revoked_at_ms !== null) return false
        const own = await tx
          .selectFrom('service_token')
          .select(['account', 'ended_at_ms'])
          .where('token_sha256', '=', sha256Hex(token))
          .executeTakeFirst()
        if (own === undefined) await insertToken(tx, name, token)
        return own === undefined || (own.account === name && own.ended_at_ms === null)
      }),
  }
}

/** Tokens that hold, newest first. */
function tokensOf(db: Tx, account: string) {
  return db
    .selectFrom('service_token')
    .select(['id', 'created_at_ms', 'used_at_ms'])
    .where('account', '=', account)
    .where('ended_at_ms', 'is', null)
    .orderBy('created_at_ms', 'desc')
    .orderBy('id')
    .execute()
}

function limitsOf(row: { districts: string; streets: string | null }): Pick<Person, 'districts' | 'streets'> {
  return {
    districts: JSON.parse(row.districts) as string[],
    ...(row.streets !== null && { streets: JSON.parse(row.streets) as string[] }),
  }
}

function toView(
  row: Readonly<RegistryTables['service_account']>,
  tokens: Awaited<ReturnType<typeof tokensOf>>,
): ServiceAccount {
  const isoTime = (ms: number) => new Date(ms).toISOString()
  return {
    name: row.name,
    rights: JSON.parse(row.rights) as ServiceRight[],
    ...limitsOf(row),
    createdAt: isoTime(row.created_at_ms),
    createdBy: row.created_by,
    ...(row.revoked_at_ms !== null && { revokedAt: isoTime(row.revoked_at_ms) }),
    tokens: tokens.map(({ id, created_at_ms: createdMs, used_at_ms: usedMs }) => ({
      id,
      createdAt: isoTime(createdMs),
      ...(usedMs !== null && { usedAt: isoTime(usedMs) }),
    })),
  }
}
