import type { Enrolment } from '@harbor/protocol'
import { codeAt, stepAt } from '../src/people/totp.ts'
import { type Answer, PASSWORD, type RunningServer } from './running-server.ts'

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** The code that an app which was given this secret shows; `offset` in steps of 30 s. */
export function codeOf({ secret }: Pick<Enrolment, 'secret'>, nowMs: number, offset = 0): string {
  const bits = [...secret].map(letter => BASE32.indexOf(letter).toString(2).padStart(5, '0')).join('')
  const bytes = (bits.match(/.{8}/g) ?? []).map(byte => parseInt(byte, 2))
  return codeAt(Uint8Array.from(bytes), stepAt(nowMs) + offset)
}

/** A Cookie header of those that an answer set. */
export function cookiesOf(answer: Answer): string {
  return answer.headers
    .getSetCookie()
    .map(line => line.split(';', 1)[0] as string)
    .filter(pair => !pair.endsWith('='))
    .join('; ')
}

/** The first step, for `from` as an address of its own. */
export function givePassword(server: RunningServer, login: string, from = '127.0.0.1'): Promise<Answer> {
  const headers = { 'x-forwarded-for': from }
  return server.request('POST', '/api/v1/session', { body: { login, password: PASSWORD }, headers })
}

/** Sets up a second factor for who is signed in. */
export async function enrol(server: RunningServer, cookie: string, nowMs: number) {
  const begun = await server.request('POST', '/api/v1/second-factor', { body: { password: PASSWORD }, cookie })
  const enrolment = begun.body as Enrolment
  const body = { code: codeOf(enrolment, nowMs) }
  const confirmed = await server.request('POST', '/api/v1/second-factor/confirm', { body, cookie })
  return { enrolment, recoveryCodes: (confirmed.body as { recoveryCodes: string[] }).recoveryCodes }
}
