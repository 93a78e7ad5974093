import { parseCookie, stringifySetCookie } from 'cookie'
import { SESSION_LIFE_MS } from '../people/sessions.ts'
import { STEP_LIFE_MS } from '../people/sign-in-steps.ts'

const COOKIE_NAME = 'harbor_session'
/** What is left of a sign-in, sent to the routes of signing in alone. */
const STEP_COOKIE_NAME = 'harbor_sign_in'

/** The session token of a Cookie header, if there is one of the right form: 32 bytes as base64url. */
export function sessionToken(header: string | undefined): string | undefined {
  return tokenIn(header, COOKIE_NAME)
}

/** The token of a sign-in that is not done. */
export function stepToken(header: string | undefined): string | undefined {
  return tokenIn(header, STEP_COOKIE_NAME)
}

function tokenIn(header: string | undefined, name: string): string | undefined {
  if (header === undefined) return undefined
  const token = parseCookie(header)[name]
  return token !== undefined && /^[\w-]{43}$/.test(token) ? token : undefined
}

/** The header that gives a browser what is left of its sign-in. */
export function stepCookie(token: string, isSecure: boolean): string {
  return stringifySetCookie({ ...stepAttributes(isSecure), value: token, maxAge: STEP_LIFE_MS / 1000 })
}

export function endedStepCookie(isSecure: boolean): string {
  return stringifySetCookie({ ...stepAttributes(isSecure), value: '', maxAge: 0 })
}

function stepAttributes(isSecure: boolean) {
  return { ...attributes(isSecure), name: STEP_COOKIE_NAME, path: '/api/v1/session' } as const
}

/** The header that gives a browser its session; script cannot read it, and no other site's page can make it be sent. */
export function sessionCookie(token: string, isSecure: boolean): string {
  return stringifySetCookie({ ...attributes(isSecure), value: token, maxAge: SESSION_LIFE_MS / 1000 })
}

/** The header that takes it away again. */
export function endedSessionCookie(isSecure: boolean): string {
  return stringifySetCookie({ ...attributes(isSecure), value: '', maxAge: 0 })
}

function attributes(isSecure: boolean) {
  return { name: COOKIE_NAME, path: '/', httpOnly: true, sameSite: 'strict', secure: isSecure } as const
}
