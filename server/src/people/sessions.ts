import type { Person } from '@harbor/protocol'
import { sha256Hex } from '../registry/fleet-import.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import { limitsOf } from './people.ts'

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
  begin: (login: string) => Promise<string>
  /** The session of a token, if it stands; counts as a use of it. */
  use: (token: string) => Promise<Session | undefined>
  /** Whether a session still stands; does not count as a use. */
  stands: (id: string) => Promise<boolean>
  end: (id: string) => Promise<void>
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

  return {
    begin: async login => {
      const token = randomBytes(32).toString('base64url')
      await db.transaction().execute(async tx => {
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
        const surplus = own.slice(MAX_SESSIONS_OF_A_PERSON - 1).map(row => row.token_sha256)
        if (surplus.length > 0) await tx.deleteFrom('session').where('token_sha256', 'in', surplus).execute()
        await tx
          .insertInto('session')
          .values({ token_sha256: sha256Hex(token), login, created_at_ms: nowMs(), seen_at_ms: nowMs() })
          .execute()
      })
      return token
    },
    use: async token => {
      const id = sha256Hex(token)
      const row = await standing(id)
      if (row === undefined) return undefined
      if (nowMs() - row.seen_at_ms >= TOUCH_EVERY_MS) {
        await db.updateTable('session').set({ seen_at_ms: nowMs() }).where('token_sha256', '=', id).execute()
      }
      const limits = await limitsOf(db, row.login)
      return { id, person: { login: row.login, name: row.name, role: row.role, ...limits } }
    },
    stands: async id => (await standing(id)) !== undefined,
    end: async id => {
      await db.deleteFrom('session').where('token_sha256', '=', id).execute()
      for (const listener of listeners) listener(id)
    },
    onEnded: listener => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
