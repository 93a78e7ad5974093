import { type Row, STAFF, at, list, open, own } from './scope-rows.ts'

const KEY = 'cd'.repeat(16)

/** What everybody may ask, and what is about the asker alone. */
export const PUBLIC_ROWS: readonly Row[] = [
  open('get /api/v1/stations/near', {}, { query: 'lat=29.5&lng=106.5' }),
  open('get /api/v1/stations/search', {}, { query: place => `q=${at('st')(place)}` }),
  open('get /api/v1/stations/view', {}, { query: 'box=106,29,107,30&zoom=12' }),
  open('get /api/v1/cities'),
  open('get /api/v1/cities/{code}/stations', { code: '500000' }),
  open('get /api/v1/client-config'),
  open('get /api/v1/stations'),
  open('get /api/v1/stations/{id}', { id: at('st') }),
  open('get /api/v1/stations/{id}/busy', { id: at('st') }),
  open('get /api/v1/stations/{id}/telemetry', { id: at('st') }, { query: 'metric=power' }),
  open('post /api/v1/session', {}, { body: { login: 'nobody', password: 'nothing' } }),
  open('delete /api/v1/session'),
  open('post /api/v1/session/code', {}, { body: { code: '000000' } }),
  open('post /api/v1/session/enrolment'),
  open('post /api/v1/session/enrolment/confirm', {}, { body: { code: '000000' } }),
  open(
    'post /api/v1/first-administrator',
    {},
    {
      body: { code: 'AAAA-AAAA', login: 'x', name: 'x', password: 'long enough to be one' },
    },
  ),
  open('post /api/v1/claim', {}, { body: { token: `harbor1-${'2'.repeat(26)}`, secretSha256: '0'.repeat(64) } }),
  open('post /api/v1/stations/{id}/feedback', { id: at('st') }, { body: { key: KEY, topic: 'thanks' } }),
  open('get /api/v1/feedback/{key}', { key: KEY }),
  open('put /api/v1/feedback/{key}/photos/{n}', { key: KEY, n: '1' }, { bytes: { type: 'image/jpeg', data: 'x' } }),
  open('post /api/v1/feedback/{key}/fixed', { key: KEY }, { body: { fixed: true } }),
  open('post /api/v1/stations/{id}/confirmations', { id: at('st') }, { body: { key: KEY, says: 'open' } }),
  open('get /api/v1/photos/{id}', { id: 'none' }),
  open('post /api/v1/stations/{id}/check-ins', { id: at('st') }, { body: { key: KEY, code: '2222222222' } }),
  open('get /api/v1/appliances/{tag}', { tag: at('tag') }),
  open('get /healthz'),
  open('get /metrics'),
  open('get /api/openapi.json'),

  own('get /api/v1/session', STAFF),
  own('get /api/v1/tell', STAFF),
  own('put /api/v1/tell', STAFF, {}, { body: { severities: ['P0'], language: 'zh' } }),
  own(
    'post /api/v1/tell/devices',
    STAFF,
    {},
    {
      body: { endpoint: 'https://nowhere.example/x', keys: { p256dh: 'x', auth: 'x' }, label: 'x' },
    },
  ),
  own('delete /api/v1/tell/devices/{id}', STAFF, { id: '0'.repeat(64) }),
  own('post /api/v1/tell/mail', STAFF),
  own('post /api/v1/tell/mail/confirm', STAFF, {}, { body: { code: '0000000000' } }),
  own('post /api/v1/tell/test', STAFF),
  own('get /api/v1/tell/undelivered', ['administrator']),
  list('get /api/v1/regions', STAFF),
]
