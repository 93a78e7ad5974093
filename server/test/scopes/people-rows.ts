import { type Row, STAFF, act, list, own, staffAt } from './scope-rows.ts'

const person = { login: staffAt('person') }

/** One's own sessions, and what administrators may do for people of their region. */
export const PEOPLE_ROWS: readonly Row[] = [
  own('get /api/v1/sessions', STAFF),
  own('delete /api/v1/sessions', STAFF),
  own('delete /api/v1/sessions/{id}', STAFF, { id: '0'.repeat(64) }),
  list('get /api/v1/people', ['administrator']),
  act('delete /api/v1/people/{login}/sessions', ['administrator'], person),
]
