import { type Person, sessionListSchema, staffListSchema } from '@harbor/protocol'
import type { Logger } from 'pino'
import { z } from 'zod'
import { ApiProblem } from '../errors.ts'
import { type Caller, type Route, defineRoute, signedIn } from '../http/route.ts'
import { endedSessionCookie } from '../http/session-cookie.ts'
import type { Staff } from './open-people.ts'
import type { People } from './people.ts'
import { governsAll } from './scope.ts'

const idSchema = z.object({ id: z.string().regex(/^[0-9a-f]{64}$/, 'expected the id of a session') })
/** Of somebody else. */
export const loginParams = z.object({ login: z.string().min(1).max(80) })
const staffQuery = z.object({
  q: z.string().max(80).optional().meta({ description: 'Part of a login or name.' }),
})
const MAX_STAFF = 500

/** One's own sessions; and for administrators the people of their region with theirs. */
export function sessionsRoutes({ people, sessions, secondFactors }: Staff, log: Logger): Route[] {
  const own = async (caller: Caller) => ({
    sessions: await sessions.list(signedIn(caller).login, caller.sessionId),
  })
  return [
    defineRoute({
      method: 'get',
      path: '/api/v1/sessions',
      summary: 'Browsers in which you are signed in.',
      allow: 'staff',
      response: sessionListSchema,
      handle: async ({ caller }) => ({ body: await own(caller) }),
    }),
    defineRoute({
      method: 'delete',
      path: '/api/v1/sessions',
      summary: 'Sign out everywhere else.',
      allow: 'staff',
      response: sessionListSchema,
      handle: async ({ caller }) => {
        const { login } = signedIn(caller)
        const ended = await sessions.endAll(login, caller.sessionId)
        if (ended > 0)
          log.info({ audit: 'sessions-ended', by: login, of: login, ended }, 'somebody ended their sessions')
        return { body: await own(caller) }
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/api/v1/sessions/{id}',
      summary: 'Sign out in one browser; in this one, the cookie is taken away too.',
      allow: 'staff',
      params: idSchema,
      response: sessionListSchema,
      handle: async ({ params: { id }, caller }) => {
        const { login } = signedIn(caller)
        if (!(await sessions.endOf(login, id))) throw new ApiProblem('not_found', 'there is no such session')
        log.info({ audit: 'sessions-ended', by: login, of: login, ended: 1 }, 'somebody ended a session')
        return {
          body: await own(caller),
          ...(id === caller.sessionId && { setCookie: endedSessionCookie(caller.isSecure) }),
        }
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/v1/people',
      summary:
        'People whom you govern, how many browsers they are signed in with, and whether they have a second factor.',
      allow: ['administrator'],
      query: staffQuery,
      response: staffListSchema,
      handle: async ({ query: { q = '' }, caller }) => {
        const asker = signedIn(caller)
        const wanted = q.trim().toLowerCase()
        const [all, counts, safe] = await Promise.all([people.all(), sessions.counts(), secondFactors.all()])
        const shown = all.filter(
          person =>
            governsAll(asker, person) && [person.login, person.name.toLowerCase()].some(text => text.includes(wanted)),
        )
        return {
          body: {
            people: shown.slice(0, MAX_STAFF).map(person => ({
              ...person,
              sessions: counts.get(person.login) ?? 0,
              hasSecondFactor: safe.has(person.login),
              isOther: person.login !== asker.login,
            })),
          },
        }
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/api/v1/people/{login}/sessions',
      summary: 'Sign a person out everywhere.',
      allow: ['administrator'],
      params: loginParams,
      handle: async ({ params: { login }, caller }) => {
        const asker = signedIn(caller)
        const person = await governed(people, asker, login)
        // Their own from here would end the very request's session: that is what signing out is for.
        const ended = await sessions.endAll(person.login, person.login === asker.login ? caller.sessionId : undefined)
        log.info(
          { audit: 'sessions-ended', by: asker.login, of: person.login, ended },
          'an administrator ended sessions',
        )
        return {}
      },
    }),
  ]
}

/** A person whom somebody may decide for: nobody decides for who sees more than they do. @throws ApiProblem `not_found` */
export async function governed(people: Pick<People, 'find'>, asker: Person, login: string): Promise<Person> {
  const person = await people.find(login)
  if (person === undefined || !governsAll(asker, person)) throw new ApiProblem('not_found', 'there is no such person')
  return person
}
