import type { Person, SessionView } from '@harbor/protocol'
import { sha256Hex } from '../registry/fleet-import.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import { limitsOf } from './people.ts'
import { type Whence, browserText, shortNetwork } from './whence.ts'

/** A session ends when it was not used for so long (chosen: one working day). */
export const SESSION_IDLE_MS = 12 * 3_600_000
/** A session ends so long after sign-in, used or not (chosen: one week). */
export const SESSION_LIFE_MS = 7 * 24 * 3_600_000
/** A use is written down at most so often: a page's burst of requests is one write. */
const TOUCH_EVERY_MS = 60_000
/** A person has at most so many sessions; the oldest ends. */
const MAX_SESSIONS_OF_A_PERSON = 20

/** A session that stands. */
export interface Session {
  /** Names the session without giving it away: the SHA-256 of its token. */
  id: string
  person: Person
}

/** Server-side sessions: the browser holds a random token, the registry its hash. */
export interface Sessions {
  /** A new session's token: 32 random bytes as base64url. */
  begin: (login: string, whence?: Whence) => Promise<string>
  /** The session of a token, if it stands; counts as a use of it, from this address. */
  use: (token: string, address?: string) => Promise<Session | undefined>
  /** Whether a session still stands; does not count as a use. */
  stands: (id: string) => Promise<boolean>
  end: (id: string) => Promise<void>
  /** A person's sessions that stand, the last used first. @param current the one that asks */
  list: (login: string, current?: string) => Promise<SessionView[]>
  /** How many sessions stand, by login; who has none is not in it. */
  counts: () => Promise<ReadonlyMap<string, number>>
  /** Ends one of a person's own; gives whether there was such a one. */
  endOf: (login: string, id: string) => Promise<boolean>
  /** Ends all of a person's; `but` stays. Gives how many that were. */
  endAll: (login: string, but?: string) => Promise<number>
  /** Calls `listener` with the id of each session that is ended by hand; returns how to stop that. */
  onEnded: (listener: (id: string) => void) => () => void
}

export interface SessionDeps {
  db: RegistryDb
  nowMs: () => number
  randomBytes: (size: number) => Buffer
}

export function createSessions({ db, nowMs, randomBytes }: SessionDeps): Sessions {
  const listeners = new Set<(id: string) => void>()

  const standing = async (id: string) => {
    const row = await db
      .selectFrom('session')
      .innerJoin('person', 'person.login', 'session.login')
      .select(['person.login', 'person.name', 'person.role', 'session.created_at_ms', 'session.seen_at_ms'])
      .where('session.token_sha256', '=', id)
      .where('session.created_at_ms', '>', nowMs() - SESSION_LIFE_MS)
      .where('session.seen_at_ms', '>', nowMs() - SESSION_IDLE_MS)
      .executeTakeFirst()
    return row
  }
  const allStanding = () =>
    db
      .selectFrom('session')
      .where('created_at_ms', '>', nowMs() - SESSION_LIFE_MS)
      .where('seen_at_ms', '>', nowMs() - SESSION_IDLE_MS)
  const ended = (ids: readonly string[]) => {
    for (const id of ids) for (const listener of listeners) listener(id)
  }

  return {
    begin: async (login, { address, userAgent } = {}) => {
      const token = randomBytes(32).toString('base64url')
      const surplus = await db.transaction().execute(async tx => {
        await tx
          .deleteFrom('session')
          .where(eb =>
            eb.or([
              eb('created_at_ms', '<=', nowMs() - SESSION_LIFE_MS),
              eb('seen_at_ms', '<=', nowMs() - SESSION_IDLE_MS),
            ]),
          )
          .execute()
        const own = await tx
          .selectFrom('session')
          .select('token_sha256')
          .where('login', '=', login)
          .orderBy('seen_at_ms', 'desc')
          .execute()
        const oldest = own.slice(MAX_SESSIONS_OF_A_PERSON - 1).map(row => row.token_sha256)
        if (oldest.length > 0) await tx.deleteFrom('session').where('token_sha256', 'in', oldest).execute()
        await tx
          .insertInto('session')
          .values({
            token_sha256: sha256Hex(token),
            login,
            created_at_ms: nowMs(),
            seen_at_ms: nowMs(),
            network: shortNetwork(address) ?? null,
            browser: browserText(userAgent) ?? null,
          })
          .execute()
        return oldest
      })
      ended(surplus)
      return token
    },
    use: async (token, address) => {
      const id = sha256Hex(token)
      const row = await standing(id)
      if (row === undefined) return undefined
      if (nowMs() - row.seen_at_ms >= TOUCH_EVERY_MS) {
        const network = shortNetwork(address)
        await db
          .updateTable('session')
          .set({ seen_at_ms: nowMs(), ...(network !== undefined && { network }) })
          .where('token_sha256', '=', id)
          .execute()
      }
      const limits = await limitsOf(db, row.login)
      return { id, person: { login: row.login, name: row.name, role: row.role, ...limits } }
    },
    stands: async id => (await standing(id)) !== undefined,
    end: async id => {
      await db.deleteFrom('session').where('token_sha256', '=', id).execute()
      ended([id])
    },
    list: async (login, current) => {
      const rows = await allStanding()
        .select(['token_sha256', 'created_at_ms', 'seen_at_ms', 'network', 'browser'])
        .where('login', '=', login)
        .orderBy('seen_at_ms', 'desc')
        .orderBy('created_at_ms', 'desc')
        .execute()
      return rows.map(({ token_sha256: id, created_at_ms: sinceMs, seen_at_ms: usedMs, network, browser }) => ({
        id,
        isThis: id === current,
        since: new Date(sinceMs).toISOString(),
        usedAt: new Date(usedMs).toISOString(),
        ...(network !== null && { network }),
        ...(browser !== null && { browser }),
      }))
    },
    counts: async () => {
      const rows = await allStanding()
        .select(['login', eb => eb.fn.countAll<number>().as('count')])
        .groupBy('login')
        .execute()
      return new Map(rows.map(({ login, count }) => [login, Number(count)]))
    },
    endOf: async (login, id) => {
      const { numDeletedRows } = await db
        .deleteFrom('session')
        .where('token_sha256', '=', id)
        .where('login', '=', login)
        .executeTakeFirst()
      if (numDeletedRows === 0n) return false
      ended([id])
      return true
    },
    endAll: async (login, but) => {
      const rows = await db
        .deleteFrom('session')
        .where('login', '=', login)
        .where('token_sha256', '!=', but ?? '')
        .returning('token_sha256')
        .execute()
      ended(rows.map(row => row.token_sha256))
      return rows.length
    },
    onEnded: listener => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
