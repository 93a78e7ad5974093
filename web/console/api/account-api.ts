import { type SessionList, type StaffList, sessionListSchema, staffListSchema } from '@harbor/protocol'
import { z } from 'zod'
import type { Ask } from './work-orders-api.ts'

/** One's own account, and for administrators those of others. Every method rejects with a RequestError. */
export interface AccountApi {
  sessions: (signal?: AbortSignal) => Promise<SessionList>
  endSession: (id: string) => Promise<SessionList>
  endOtherSessions: () => Promise<SessionList>
  /** People whom the asker governs; `text` is part of a login or name. */
  people: (text: string, signal?: AbortSignal) => Promise<StaffList>
  endSessionsOf: (login: string) => Promise<undefined>
}

export function createAccountApi(ask: Ask): AccountApi {
  const person = (login: string) => `people/${encodeURIComponent(login)}`
  return {
    sessions: signal => ask('sessions', sessionListSchema, { signal }),
    endSession: id => ask(`sessions/${encodeURIComponent(id)}`, sessionListSchema, { method: 'DELETE' }),
    endOtherSessions: () => ask('sessions', sessionListSchema, { method: 'DELETE' }),
    people: (text, signal) => ask(`people?${new URLSearchParams({ q: text })}`, staffListSchema, { signal }),
    endSessionsOf: login => ask(`${person(login)}/sessions`, z.undefined(), { method: 'DELETE' }),
  }
}
