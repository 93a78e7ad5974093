import { type Person, type Role, errorText, signInAnswerSchema } from '@harbor/protocol'
import type { Logger } from 'pino'

/** What Node-RED's adminAuth keeps of a person. */
export interface EditorUser {
  username: string
  permissions: '*' | 'read' | readonly string[]
}

/** The functions that Node-RED's adminAuth asks. */
export interface SignIn {
  /** Checks a password with the console's server; null: not let in. Never rejects. */
  authenticate: (login: string, password: string) => Promise<EditorUser | null>
  /** The person behind a token given out earlier; null after a restart, so that everyone signs in again. */
  users: (login: string) => Promise<EditorUser | null>
}

/** What a role may do in the editor. Flows run with the system's own rights, so only these two roles get in. */
const PERMISSIONS: Partial<Record<Role, EditorUser['permissions']>> = { administrator: '*', hardware: 'read' }
/** Where flows are fixed an administrator still presses the buttons of their inject nodes, such as the one that sends dead letters again. */
const READ_ONLY_PERMISSIONS: typeof PERMISSIONS = { ...PERMISSIONS, administrator: ['read', 'inject.write'] }

/** A server that does not answer within this is treated as down (chosen: far above a password hash's second). */
const REQUEST_LIMIT_MS = 10_000

/**
 * Lets the console's people into the editor: the server at `serverOrigin` checks the password, and the session that it
 * opens for the check is closed at once, so that the editor never holds one.
 */
export function createSignIn(
  { serverOrigin, isReadOnly }: { serverOrigin: string; isReadOnly: boolean },
  log: Logger,
): SignIn {
  const permissionsOf = isReadOnly ? READ_ONLY_PERMISSIONS : PERMISSIONS
  const known = new Map<string, EditorUser>()
  const sessionUrl = `${serverOrigin}/api/v1/session`
  // The server refuses a change that does not come from its own origin; this process speaks for it, on its machine.
  const ask = (method: 'POST' | 'DELETE', headers: Record<string, string>, body?: string) =>
    fetch(sessionUrl, {
      method,
      headers: { origin: serverOrigin, ...headers },
      signal: AbortSignal.timeout(REQUEST_LIMIT_MS),
      redirect: 'error',
      ...(body === undefined ? {} : { body }),
    })

  async function check(login: string, password: string): Promise<Person | undefined> {
    const answer = await ask('POST', { 'content-type': 'application/json' }, JSON.stringify({ login, password }))
    const cookie = answer.headers
      .getSetCookie()
      .map(line => line.split(';', 1)[0])
      .join('; ')
    try {
      if (!answer.ok) {
        await answer.body?.cancel()
        if (answer.status !== 401) log.warn({ status: answer.status }, 'the server did not check a sign-in')
        return undefined
      }
      const said = signInAnswerSchema.parse(await answer.json())
      if (!('next' in said)) return said
      // The editor's form has no place for a code, and the password alone is not enough.
      log.warn('somebody with a second factor was not let in: the editor asks for a password alone')
      return undefined
    } finally {
      if (cookie !== '') await signOut(cookie)
    }
  }

  async function signOut(cookie: string): Promise<void> {
    try {
      const answer = await ask('DELETE', { cookie })
      await answer.body?.cancel()
      if (!answer.ok)
        log.warn({ status: answer.status }, 'the session used to check a password stays open until it expires')
    } catch (error) {
      log.warn({ error: errorText(error) }, 'the session used to check a password stays open until it expires')
    }
  }

  return {
    async authenticate(login, password) {
      try {
        const person = await check(login, password)
        const permissions = person && permissionsOf[person.role]
        if (person === undefined || permissions === undefined) return null
        const user: EditorUser = { username: person.login, permissions }
        known.set(user.username, user)
        return user
      } catch (error) {
        log.warn({ error: errorText(error) }, 'sign-in: the server could not be asked')
        return null
      }
    },
    users: login => Promise.resolve(known.get(login) ?? null),
  }
}
