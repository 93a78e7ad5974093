import {
  type Person,
  enrolmentSchema,
  givenBothSchema,
  givenCodeSchema,
  givenPasswordSchema,
  hasCode,
  recoveryCodesSchema,
  secondFactorSchema,
} from '@harbor/protocol'
import type { Logger } from 'pino'
import { ApiProblem } from '../errors.ts'
import { type Caller, type Route, defineRoute, signedIn } from '../http/route.ts'
import type { Staff } from './open-people.ts'
import { underLimits } from './sign-in-limits.ts'
import { governed, loginParams } from './sessions.routes.ts'

/** One's own second factor, and its reset by an administrator where it is lost with all recovery codes. */
export function secondFactorRoutes(staff: Staff, log: Logger): Route[] {
  const { people, sessions, limits, secondFactors } = staff
  const stateOf = ({ login, role }: Person) => secondFactors.state(login, staff.needsSecondFactor(role))

  /** Under the limits of signing in: an unlocked phone is no place to guess at its owner's password. */
  const guarded = async <T>(caller: Caller, check: (login: string) => Promise<T>): Promise<T> => {
    const { login } = signedIn(caller)
    return asWrongField(() => underLimits(limits, { address: caller.address, login }, () => check(login)))
  }
  const checkPassword = async (login: string, password: string): Promise<void> => {
    if ((await people.verify(login, password)) === undefined) throw wrong('password')
  }

  return [
    defineRoute({
      method: 'get',
      path: '/api/v1/second-factor',
      summary: 'Your second factor.',
      allow: 'staff',
      response: secondFactorSchema,
      handle: async ({ caller }) => ({ body: await stateOf(signedIn(caller)) }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/second-factor',
      summary:
        'Begin to set up a second factor: what the authenticator app is given. `details.wrong` of a refusal names the field.',
      allow: 'staff',
      body: givenPasswordSchema,
      response: enrolmentSchema,
      handle: async ({ body: { password }, caller }) => ({
        body: await guarded(caller, async login => {
          await checkPassword(login, password)
          return secondFactors.begin(login)
        }),
      }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/second-factor/confirm',
      summary: 'Its first code: from now on one is asked for at sign-in. The answer has the recovery codes.',
      allow: 'staff',
      body: givenCodeSchema,
      response: recoveryCodesSchema,
      handle: async ({ body: { code }, caller }) => {
        const recoveryCodes = await guarded(caller, login => secondFactors.confirm(login, code))
        log.info({ audit: 'second-factor-set', by: signedIn(caller).login }, 'somebody set up a second factor')
        return { body: { recoveryCodes } }
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/second-factor/recovery-codes',
      summary: 'New recovery codes in place of all before.',
      allow: 'staff',
      body: givenBothSchema,
      response: recoveryCodesSchema,
      handle: async ({ body: { password, code }, caller }) => {
        const recoveryCodes = await guarded(caller, async login => {
          await checkPassword(login, password)
          await secondFactors.take(login, code)
          return secondFactors.renewCodes(login)
        })
        log.info({ audit: 'recovery-codes-renewed', by: signedIn(caller).login }, 'somebody renewed recovery codes')
        return { body: { recoveryCodes } }
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/v1/second-factor/remove',
      summary: 'Remove your second factor, unless your role has to have one.',
      allow: 'staff',
      body: givenBothSchema,
      response: secondFactorSchema,
      handle: async ({ body: { password, code }, caller }) => {
        const person = signedIn(caller)
        if (staff.needsSecondFactor(person.role))
          throw new ApiProblem('conflict', `${person.role} has to have a second factor`)
        await guarded(caller, async login => {
          await checkPassword(login, password)
          await secondFactors.take(login, code)
          await secondFactors.remove(login)
        })
        log.info({ audit: 'second-factor-removed', by: person.login }, 'somebody removed their second factor')
        return { body: await stateOf(person) }
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/api/v1/people/{login}/second-factor',
      summary: 'Reset the second factor of somebody who lost it, and sign them out everywhere. Not your own.',
      allow: ['administrator'],
      params: loginParams,
      handle: async ({ params: { login }, caller }) => {
        const asker = signedIn(caller)
        const person = await governed(people, asker, login)
        if (person.login === asker.login)
          throw new ApiProblem('conflict', 'remove your own with your password and a code')
        const had = await secondFactors.remove(person.login)
        const ended = await sessions.endAll(person.login)
        log.info(
          { audit: 'second-factor-reset', by: asker.login, of: person.login, had, ended },
          'an administrator reset a second factor',
        )
        return {}
      },
    }),
  ]
}

/** Whoever is signed in stays so: a wrong code here is no 401, which would send them to sign in. */
async function asWrongField<T>(check: () => Promise<T>): Promise<T> {
  try {
    return await check()
  } catch (error) {
    throw hasCode(error, 'wrong_code') ? wrong('code') : error
  }
}

function wrong(field: 'password' | 'code'): ApiProblem {
  return new ApiProblem('invalid_request', `${field}: wrong`, { details: { wrong: field } })
}
