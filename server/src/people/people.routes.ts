import {
  type Person,
  type SignInStep,
  enrolmentSchema,
  givenCodeSchema,
  personSchema,
  recoveryCodesSchema,
  signInAnswerSchema,
  signInSchema,
} from '@harbor/protocol'
import type { Logger } from 'pino'
import { z } from 'zod'
import { ApiProblem } from '../errors.ts'
import { type Caller, type Route, defineRoute, signedIn } from '../http/route.ts'
import { endedSessionCookie, endedStepCookie, sessionCookie, stepCookie } from '../http/session-cookie.ts'
import type { Staff } from './open-people.ts'
import { MIN_PASSWORD_LENGTH } from './passwords.ts'
import { normalLogin } from './people.ts'
import { underLimits } from './sign-in-limits.ts'

const firstAdministratorSchema = z.object({
  code: z.string().min(1).max(40),
  login: z
    .string()
    .max(80)
    .refine(login => normalLogin(login).length > 0, 'expected a login'),
  name: z.string().trim().min(1).max(120),
  password: z.string().min(MIN_PASSWORD_LENGTH, `expected at least ${MIN_PASSWORD_LENGTH} characters`).max(200),
})

/** Signing in, in one step or two, and out; and the first administrator. */
export function peopleRoutes(staff: Staff, log: Logger): Route[] {
  const { people, sessions, limits, firstAdministrator, secondFactors, steps } = staff

  const nextOf = async ({ login, role }: Person): Promise<SignInStep | undefined> => {
    if (await secondFactors.has(login)) return 'code'
    return staff.needsSecondFactor(role) ? 'enrol' : undefined
  }
  /** The cookies of who is in now. A new sign-in on the same browser replaces the old session, also when somebody else's. */
  const enter = async (login: string, caller: Caller) => {
    if (caller.sessionId !== undefined) await sessions.end(caller.sessionId)
    const token = await sessions.begin(login, caller)
    return [
      sessionCookie(token, caller.isSecure),
      ...(caller.stepToken === undefined ? [] : [endedStepCookie(caller.isSecure)]),
    ]
  }
  /** The second step: who it is of is known by the first, so only who has the password can use anything of these limits up. */
  const secondStep = async <T>(caller: Caller, step: SignInStep, check: (login: string) => Promise<T>) => {
    const login = await steps.attempt(caller.stepToken, step)
    const result = await underLimits(limits, { address: caller.address, login }, () => check(login))
    await steps.finish(caller.stepToken ?? '')
    return { login, result }
  }

  return [
    defineRoute({
      method: 'post',
      path: '/api/v1/session',
      summary: 'Sign in. The answer sets the session cookie, or says what is left to do.',
      allow: 'anyone',
      body: signInSchema,
      response: signInAnswerSchema,
      handle: async ({ body: { login, password }, caller }) => {
        await limits.attempt(caller.address, login)
        const person = await people.verify(login, password)
        // The same words for an unknown login and a wrong password: nobody learns who exists.
        if (person === undefined) throw new ApiProblem('wrong_credentials', 'login or password is wrong')
        await limits.succeeded(caller.address, login)
        await steps.end(caller.stepToken)
        const next = await nextOf(person)
        if (next === undefined) return { body: person, setCookie: await enter(person.login, caller) }
        const token = await steps.begin(person.login, next)
        return { body: { next }, setCookie: stepCookie(token, caller.isSecure) }
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/session/code',
      summary: 'The second step of signing in: a code of the authenticator app, or a recovery code.',
      allow: 'anyone',
      body: givenCodeSchema,
      response: personSchema,
      handle: async ({ body: { code }, caller }) => {
        const { login, result } = await secondStep(caller, 'code', owner => secondFactors.take(owner, code))
        const person = await people.find(login)
        if (person === undefined) throw new ApiProblem('not_signed_in', 'this person is gone')
        if (result === 'recovery') log.info({ audit: 'recovery-code-used', by: login }, 'a recovery code was used')
        return { body: person, setCookie: await enter(login, caller) }
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/session/enrolment',
      summary: 'The second step where a role has to have a second factor: what the authenticator app is given.',
      allow: 'anyone',
      response: enrolmentSchema,
      handle: async ({ caller }) => ({
        body: await secondFactors.begin(await steps.attempt(caller.stepToken, 'enrol')),
      }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/session/enrolment/confirm',
      summary: 'Its first code. The answer signs in, and has the recovery codes.',
      allow: 'anyone',
      body: givenCodeSchema,
      response: recoveryCodesSchema,
      handle: async ({ body: { code }, caller }) => {
        const { login, result } = await secondStep(caller, 'enrol', owner => secondFactors.confirm(owner, code))
        log.info({ audit: 'second-factor-set', by: login }, 'somebody set up a second factor')
        return { body: { recoveryCodes: result }, setCookie: await enter(login, caller) }
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
        await steps.end(caller.stepToken)
        const isWaiting = caller.stepToken !== undefined
        return {
          setCookie: [endedSessionCookie(caller.isSecure), ...(isWaiting ? [endedStepCookie(caller.isSecure)] : [])],
        }
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
        // Who has to have a second factor sets it up as they sign in, as everybody of their role does.
        if (staff.needsSecondFactor('administrator')) return { body: administrator }
        const token = await sessions.begin(administrator.login, caller)
        return { body: administrator, setCookie: sessionCookie(token, caller.isSecure) }
      },
    }),
  ]
}
