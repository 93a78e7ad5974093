import { type Row, STAFF, act, list, own, staffAt } from './scope-rows.ts'

const both = { password: 'none of theirs', code: '000000' }
const person = { login: staffAt('person') }

/** One's own sessions, and what administrators may do for people of their region. */
export const PEOPLE_ROWS: readonly Row[] = [
  own('get /api/v1/sessions', STAFF),
  own('delete /api/v1/sessions', STAFF),
  own('delete /api/v1/sessions/{id}', STAFF, { id: '0'.repeat(64) }),
  own('get /api/v1/second-factor', STAFF),
  own('post /api/v1/second-factor', STAFF, {}, { body: { password: both.password } }),
  own('post /api/v1/second-factor/confirm', STAFF, {}, { body: { code: both.code } }),
  own('post /api/v1/second-factor/recovery-codes', STAFF, {}, { body: both }),
  own('post /api/v1/second-factor/remove', STAFF, {}, { body: both }),
  list('get /api/v1/people', ['administrator']),
  act('delete /api/v1/people/{login}/sessions', ['administrator'], person),
  act('delete /api/v1/people/{login}/second-factor', ['administrator'], person),
]
