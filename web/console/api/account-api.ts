import {
  type Enrolment,
  type RecoveryCodes,
  type SecondFactor,
  type SessionList,
  type StaffList,
  enrolmentSchema,
  recoveryCodesSchema,
  secondFactorSchema,
  sessionListSchema,
  staffListSchema,
} from '@harbor/protocol'
import { z } from 'zod'
import type { Ask } from './work-orders-api.ts'

export interface PasswordAndCode {
  password: string
  code: string
}

/** One's own account, and for administrators those of others. Every method rejects with a RequestError. */
export interface AccountApi {
  sessions: (signal?: AbortSignal) => Promise<SessionList>
  endSession: (id: string) => Promise<SessionList>
  endOtherSessions: () => Promise<SessionList>
  /** People whom the asker governs; `text` is part of a login or name. */
  people: (text: string, signal?: AbortSignal) => Promise<StaffList>
  endSessionsOf: (login: string) => Promise<undefined>
  /** Resets the second factor of somebody else. */
  resetSecondFactorOf: (login: string) => Promise<undefined>
  secondFactor: (signal?: AbortSignal) => Promise<SecondFactor>
  beginSecondFactor: (password: string) => Promise<Enrolment>
  confirmSecondFactor: (code: string) => Promise<RecoveryCodes>
  renewRecoveryCodes: (given: PasswordAndCode) => Promise<RecoveryCodes>
  removeSecondFactor: (given: PasswordAndCode) => Promise<SecondFactor>
}

export function createAccountApi(ask: Ask): AccountApi {
  const person = (login: string) => `people/${encodeURIComponent(login)}`
  return {
    sessions: signal => ask('sessions', sessionListSchema, { signal }),
    endSession: id => ask(`sessions/${encodeURIComponent(id)}`, sessionListSchema, { method: 'DELETE' }),
    endOtherSessions: () => ask('sessions', sessionListSchema, { method: 'DELETE' }),
    people: (text, signal) => ask(`people?${new URLSearchParams({ q: text })}`, staffListSchema, { signal }),
    endSessionsOf: login => ask(`${person(login)}/sessions`, z.undefined(), { method: 'DELETE' }),
    resetSecondFactorOf: login => ask(`${person(login)}/second-factor`, z.undefined(), { method: 'DELETE' }),
    secondFactor: signal => ask('second-factor', secondFactorSchema, { signal }),
    beginSecondFactor: password => ask('second-factor', enrolmentSchema, { method: 'POST', body: { password } }),
    confirmSecondFactor: code => ask('second-factor/confirm', recoveryCodesSchema, { method: 'POST', body: { code } }),
    renewRecoveryCodes: body => ask('second-factor/recovery-codes', recoveryCodesSchema, { method: 'POST', body }),
    removeSecondFactor: body => ask('second-factor/remove', secondFactorSchema, { method: 'POST', body }),
  }
}
