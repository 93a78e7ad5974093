import type { HoursChange, StationDetail, StationView } from '@harbor/protocol'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { PASSWORD, type RunningServer, startServer } from './running-server.ts'

/** Wednesday, 30 September 2026, noon in Chongqing: the day before National Day. */
const NOON_MS = Date.parse('2026-09-30T04:00:00Z')
const MANAGER = { login: 'chief', name: '渝中主管', role: 'manager', districts: ['500103'], password: PASSWORD }

let server: RunningServer
let nowMs = NOON_MS

beforeEach(async () => {
  nowMs = NOON_MS
  server = await startServer({ nowMs: () => nowMs, logins: [MANAGER] })
})

afterEach(async () => {
  await server[Symbol.asyncDispose]()
})

const REASON = { reasonZh: '高温', reasonEn: 'heat wave' }
const closure = (place: object) => ({ ...place, kind: 'closure', from: '2026-09-30', to: '2026-09-30', ...REASON })
const ask = async (...[login, method, path, body]: [string, string, string, unknown?]) =>
  server.request(method, path, { cookie: await server.signIn(login), ...(body !== undefined && { body }) })
const openingOf = async (station: string) =>
  ((await server.request('GET', `/api/v1/stations/${station}`)).body as StationView).opening

test('a closure holds at once, in every view and in the plan for phones, until it is taken back', async () => {
  expect((await openingOf('yuzhong-1')).state).toBe('open')
  const made = await ask('chief', 'POST', '/api/v1/hours-changes', closure({ station: 'yuzhong-1' }))
  expect(made).toMatchObject({ status: 200, body: { createdBy: '渝中主管', district: '500103' } })
  expect(await openingOf('yuzhong-1')).toEqual({
    state: 'closed',
    special: 'closure',
    changesAt: '2026-09-30T16:00:00.000Z',
  })
  expect((await openingOf('yubei-1')).state).toBe('open')
  const detail = (await server.request('GET', '/api/v1/stations/yuzhong-1')).body as StationDetail
  expect(detail.plan?.special).toEqual([{ date: '2026-09-30', kind: 'closure', stretches: [] }])
  const { id } = made.body as HoursChange
  expect(await ask('chief', 'DELETE', `/api/v1/hours-changes/${id}`)).toMatchObject({
    status: 200,
    body: { endedBy: '渝中主管' },
  })
  expect((await openingOf('yuzhong-1')).state).toBe('open')
})

test('a district’s heat hours reach all of its stations, and a station’s own change stands above them', async () => {
  const heat = { kind: 'heat', from: '2026-09-30', to: '2026-10-02', hours: '05:30-11:00', ...REASON }
  await ask('chief', 'POST', '/api/v1/hours-changes', { ...heat, district: '500103' })
  expect(await openingOf('yuzhong-1')).toMatchObject({ state: 'closed', special: 'heat' })
  await ask('chief', 'POST', '/api/v1/hours-changes', { ...heat, station: 'yuzhong-1', hours: '05:30-21:00' })
  expect(await openingOf('yuzhong-1')).toMatchObject({ state: 'open', changesAt: '2026-09-30T13:00:00.000Z' })
})

test('changes are kept over a restart', async () => {
  await ask('chief', 'POST', '/api/v1/hours-changes', closure({ station: 'yuzhong-1' }))
  const { dataDir } = server
  await server.stop()
  server = await startServer({ dataDir, nowMs: () => nowMs })
  expect((await openingOf('yuzhong-1')).state).toBe('closed')
})

describe('who may', () => {
  test('a manager or administrator, within their districts', async () => {
    expect((await ask('yuzhong', 'POST', '/api/v1/hours-changes', closure({ station: 'yuzhong-1' }))).status).toBe(403)
    for (const place of [
      { station: 'yubei-1' },
      { district: '500112' },
      { station: 'nowhere' },
      { district: '999999' },
    ])
      expect((await ask('chief', 'POST', '/api/v1/hours-changes', closure(place))).status).toBe(404)
    const { body } = await ask('admin', 'POST', '/api/v1/hours-changes', closure({ station: 'yubei-1' }))
    expect((await ask('chief', 'DELETE', `/api/v1/hours-changes/${(body as HoursChange).id}`)).status).toBe(404)
  })

  test('staff see those of their districts, the public none', async () => {
    await ask('admin', 'POST', '/api/v1/hours-changes', closure({ station: 'yubei-1' }))
    await ask('admin', 'POST', '/api/v1/hours-changes', closure({ district: '500103' }))
    const seen = async (login: string, query = '') => {
      const { body } = await ask(login, 'GET', `/api/v1/hours-changes${query}`)
      return (body as { changes: HoursChange[] }).changes.map(({ district }) => district)
    }
    expect(await seen('yuzhong')).toEqual(['500103'])
    expect((await seen('admin')).toSorted()).toEqual(['500103', '500112'])
    expect(await seen('admin', '?station=yuzhong-1')).toEqual(['500103'])
    expect((await server.request('GET', '/api/v1/hours-changes')).status).toBe(401)
    nowMs += 24 * 3_600_000
    expect(await seen('yuzhong')).toEqual([])
    expect(await seen('yuzhong', '?state=all')).toEqual(['500103'])
  })
})

const SLIPS: [string, object][] = [
  ['body: station: expected either', { kind: 'closure' }],
  ['body: station: expected either', { station: 'yuzhong-1', district: '500103' }],
  ['body: hours: a closure has no hours', { station: 'yuzhong-1', hours: '08:00-10:00' }],
  ['body: hours: expected hours', { station: 'yuzhong-1', kind: 'heat' }],
  ['body: hours: expected OpenStreetMap', { station: 'yuzhong-1', kind: 'heat', hours: 'when I like' }],
  ['body: from: 2026-09-31 is no day', { station: 'yuzhong-1', from: '2026-09-31', to: '2026-10-01' }],
  ['body: to: expected 2026-10-02 or later', { station: 'yuzhong-1', from: '2026-10-02', to: '2026-10-01' }],
  ['body: to: expected 2026-09-30 or later', { station: 'yuzhong-1', from: '2026-09-01', to: '2026-09-29' }],
  ['body: to: expected at most 366 days', { station: 'yuzhong-1', to: '2028-10-01' }],
]

test('a slip is refused with its field', async () => {
  for (const [message, slip] of SLIPS) {
    const body = { kind: 'closure', from: '2026-09-30', to: '2026-09-30', ...REASON, ...slip }
    const answer = await ask('chief', 'POST', '/api/v1/hours-changes', body)
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'invalid_request' } } })
    expect((answer.body as { error: { message: string } }).error.message).toContain(message)
  }
})
