import type { SignInStep } from '@harbor/protocol'
import { ApiProblem } from '../errors.ts'
import { sha256Hex } from '../registry/fleet-import.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import type { SessionDeps } from './sessions.ts'

/** What is left to do after the right password may take so long (chosen: time to find the phone, or to install an app). */
export const STEP_LIFE_MS = 10 * 60_000
/** Tries of a code; then the password is asked for again. Setting up asks for the secret, too, perhaps on each reload. */
const MAX_TRIES: Readonly<Record<SignInStep, number>> = { code: 5, enrol: 20 }
/** A person has at most so many sign-ins that wait; the oldest ends. */
const MAX_STEPS_OF_A_PERSON = 5

/**
 * Sign-ins whose password was right and that are not done. They are no sessions and in no table of sessions: nothing but the routes that
 * ask for them by name knows them.
 */
export interface SignInSteps {
  /** A new one's token: 32 random bytes as base64url. */
  begin: (login: string, step: SignInStep) => Promise<string>
  /** Whose it is; counts as a try. @throws ApiProblem `not_signed_in` when it is none, of another kind, over, or tried too often. */
  attempt: (token: string | undefined, step: SignInStep) => Promise<string>
  /** Done: of many who do the same at once, one. @throws ApiProblem `not_signed_in` */
  finish: (token: string) => Promise<void>
  /** Given up; without one nothing happens. */
  end: (token: string | undefined) => Promise<void>
}

export function createSignInSteps({ db, nowMs, randomBytes }: SessionDeps): SignInSteps {
  const remove = async (db_: RegistryDb, token: string) =>
    (await db_.deleteFrom('sign_in_step').where('token_sha256', '=', sha256Hex(token)).executeTakeFirst())
      .numDeletedRows === 1n

  return {
    begin: async (login, step) => {
      const token = randomBytes(32).toString('base64url')
      await db.transaction().execute(async tx => {
        await tx
          .deleteFrom('sign_in_step')
          .where('created_at_ms', '<=', nowMs() - STEP_LIFE_MS)
          .execute()
        const own = await tx
          .selectFrom('sign_in_step')
          .select('token_sha256')
          .where('login', '=', login)
          .orderBy('created_at_ms', 'desc')
          .execute()
        const surplus = own.slice(MAX_STEPS_OF_A_PERSON - 1).map(row => row.token_sha256)
        if (surplus.length > 0) await tx.deleteFrom('sign_in_step').where('token_sha256', 'in', surplus).execute()
        await tx
          .insertInto('sign_in_step')
          .values({ token_sha256: sha256Hex(token), login, step, created_at_ms: nowMs(), tries: 0 })
          .execute()
      })
      return token
    },
    attempt: async (token, step) => {
      const row =
        token === undefined
          ? undefined
          : await db
              .updateTable('sign_in_step')
              .set(eb => ({ tries: eb('tries', '+', 1) }))
              .where('token_sha256', '=', sha256Hex(token))
              .where('step', '=', step)
              .where('created_at_ms', '>', nowMs() - STEP_LIFE_MS)
              .where('tries', '<', MAX_TRIES[step])
              .returning('login')
              .executeTakeFirst()
      if (row === undefined) throw over()
      return row.login
    },
    finish: async token => {
      if (!(await remove(db, token))) throw over()
    },
    end: async token => {
      if (token !== undefined) await remove(db, token)
    },
  }
}

function over(): ApiProblem {
  return new ApiProblem('not_signed_in', 'this sign-in is over: give your password again')
}
