import { personSchema, signInSchema } from '@harbor/protocol'
import { z } from 'zod'
import { ApiProblem } from '../errors.ts'
import { type Route, defineRoute, signedIn } from '../http/route.ts'
import { endedSessionCookie, sessionCookie } from '../http/session-cookie.ts'
import type { FirstAdministrator } from './first-administrator.ts'
import { MIN_PASSWORD_LENGTH } from './passwords.ts'
import { type People, normalLogin } from './people.ts'
import type { Sessions } from './sessions.ts'
import type { SignInLimits } from './sign-in-limits.ts'

const firstAdministratorSchema = z.object({
  code: z.string().min(1).max(40),
  login: z
    .string()
    .max(80)
    .refine(login => normalLogin(login).length > 0, 'expected a login'),
  name: z.string().trim().min(1).max(120),
  password: z.string().min(MIN_PASSWORD_LENGTH, `expected at least ${MIN_PASSWORD_LENGTH} characters`).max(200),
})

export interface PeopleRoutesDeps {
  people: People
  sessions: Sessions
  limits: SignInLimits
  firstAdministrator: FirstAdministrator
}

/** Signing in and out, and the first administrator. */
export function peopleRoutes({ people, sessions, limits, firstAdministrator }: PeopleRoutesDeps): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/api/v1/session',
      summary: 'Sign in. The answer sets the session cookie.',
      allow: 'anyone',
      body: signInSchema,
      response: personSchema,
      handle: async ({ body: { login, password }, caller }) => {
        await limits.attempt(caller.address, login)
        const person = await people.verify(login, password)
        // The same words for an unknown login and a wrong password: nobody learns who exists.
        if (person === undefined) throw new ApiProblem('wrong_credentials', 'login or password is wrong')
        await limits.succeeded(caller.address, login)
        // A new sign-in on the same browser replaces the old session, also when somebody else's.
        if (caller.sessionId !== undefined) await sessions.end(caller.sessionId)
        const token = await sessions.begin(person.login, caller)
        return { body: person, setCookie: sessionCookie(token, caller.isSecure) }
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/session',
      summary: 'Who is signed in.',
      allow: 'staff',
      response: personSchema,
      handle: async ({ caller }) => ({ body: signedIn(caller) }),
    }),
    defineRoute({
      method: 'delete',
      path: '/api/v1/session',
      summary: 'Sign out. Without a session nothing happens.',
      allow: 'anyone',
      handle: async ({ caller }) => {
        if (caller.sessionId !== undefined) await sessions.end(caller.sessionId)
        return { setCookie: endedSessionCookie(caller.isSecure) }
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/first-administrator',
      summary: 'Make the first administrator, with the code that the server printed at start, and sign in.',
      allow: 'anyone',
      body: firstAdministratorSchema,
      response: personSchema,
      handle: async ({ body: { code, ...person }, caller }) => {
        await limits.attempt(caller.address, 'first-administrator')
        const administrator = await firstAdministrator.claim(code, person)
        await limits.succeeded(caller.address, 'first-administrator')
        const token = await sessions.begin(administrator.login, caller)
        return { body: administrator, setCookie: sessionCookie(token, caller.isSecure) }
      },
    }),
  ]
}
