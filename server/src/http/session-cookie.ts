import { parseCookie, stringifySetCookie } from 'cookie'
import { SESSION_LIFE_MS } from '../people/sessions.ts'

const COOKIE_NAME = 'harbor_session'

/** The session token of a Cookie header, if there is one of the right form: 32 bytes as base64url. */
export function sessionToken(header: string | undefined): string | undefined {
  if (header === undefined) return undefined
  const token = parseCookie(header)[COOKIE_NAME]
  return token !== undefined && /^[\w-]{43}$/.test(token) ? token : undefined
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
