import { afterEach, describe, expect, it, vi } from 'vitest'
import { PERSON, alert } from '../test/fixture-data.ts'
import { createApiClient, telemetryPath } from './api-client.ts'
import { retryAfterMs } from './request-error.ts'

const json = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } })

function clientOf(answer: () => Response | Promise<Response>) {
  const onUnauthorized = vi.fn<() => void>()
  const onServerTime = vi.fn<(serverMs: number) => void>()
  const fetch = vi.fn<typeof globalThis.fetch>(async () => answer())
  return {
    api: createApiClient({ fetch, now: () => 0, onUnauthorized, onServerTime }),
    onUnauthorized,
    onServerTime,
    fetch,
  }
}
const problem = (code: string) => ({ error: { code, message: `about ${code}` } })

describe('the API client', () => {
  afterEach(() => vi.useRealTimers())

  it('reads what the contract says and learns the time of the answer', async () => {
    const { api, onServerTime } = clientOf(() => json(200, PERSON, { date: 'Thu, 30 Jul 2026 04:00:00 GMT' }))
    expect(await api.session()).toEqual(PERSON)
    expect(onServerTime).toHaveBeenCalledWith(Date.parse('2026-07-30T04:00:00Z'))
  })

  it('takes a missing session for nobody, not for an error', async () => {
    const { api, onUnauthorized } = clientOf(() => json(401, problem('not_signed_in')))
    expect(await api.session()).toBeNull()
    expect(onUnauthorized).not.toHaveBeenCalled()
  })

  it('says when a session ended underneath a page', async () => {
    const { api, onUnauthorized } = clientOf(() => json(401, problem('not_signed_in')))
    await expect(api.alerts('open')).rejects.toMatchObject({ code: 'API_UNAUTHORIZED', serverCode: 'not_signed_in' })
    expect(onUnauthorized).toHaveBeenCalledOnce()
  })

  it('puts the pages of a list together, and asks for at most ten', async () => {
    const at = '2026-07-30T04:00:00.000Z'
    let pages = 0
    const { api, fetch } = clientOf(() => {
      pages += 1
      return json(200, { at, alerts: [alert(`a${pages}`, 0)], ...(pages === 3 ? {} : { next: `${pages}.a` }) })
    })
    expect((await api.alerts('open')).alerts.map(({ id }) => id)).toEqual(['a1', 'a2', 'a3'])
    expect(fetch.mock.calls.map(([path]) => path)).toEqual([
      '/api/v1/alerts?state=open&limit=1000',
      '/api/v1/alerts?state=open&limit=1000&after=1.a',
      '/api/v1/alerts?state=open&limit=1000&after=2.a',
    ])
    expect((await api.alerts('all')).alerts).toHaveLength(10)
  })

  it('does not take a wrong password for a session that ended', async () => {
    const { api, onUnauthorized } = clientOf(() => json(401, problem('wrong_credentials')))
    await expect(api.signIn({ login: 'a', password: 'b' })).rejects.toMatchObject({ code: 'API_UNAUTHORIZED' })
    expect(onUnauthorized).not.toHaveBeenCalled()
  })

  it.each([
    [403, 'API_FORBIDDEN'],
    [404, 'API_NOT_FOUND'],
    [409, 'API_CONFLICT'],
    [400, 'API_REFUSED'],
    [418, 'API_REFUSED'],
    [500, 'API_BROKEN'],
    [503, 'API_BROKEN'],
  ])('names status %i %s and keeps the words of the server', async (status, code) => {
    const { api } = clientOf(() => json(status, problem('x')))
    await expect(api.stations()).rejects.toMatchObject({ code, status, message: 'about x' })
  })

  it('carries how long to wait after too many tries', async () => {
    const { api } = clientOf(() => json(429, problem('too_many_requests'), { 'retry-after': '25' }))
    await expect(api.signIn({ login: 'a', password: 'b' })).rejects.toMatchObject({
      code: 'API_TOO_MANY',
      retryAfterMs: 25_000,
    })
  })

  it('calls a network failure unreachable', async () => {
    const { api } = clientOf(() => Promise.reject(new TypeError('Failed to fetch')))
    await expect(api.clientConfig()).rejects.toMatchObject({ code: 'API_UNREACHABLE' })
  })

  it('gives up on a silent server after 15 s, not before', async () => {
    vi.useFakeTimers()
    const { api, fetch } = clientOf(() => json(200, {}))
    fetch.mockImplementation(
      (_input, init) =>
        new Promise((_resolve, reject) => {
          init?.signal?.addEventListener('abort', () => reject(new DOMException('', 'AbortError')))
        }),
    )
    const settled = vi.fn<(error: unknown) => void>()
    const asked = api.clientConfig().catch(settled)
    await vi.advanceTimersByTimeAsync(14_999)
    expect(settled).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)
    await asked
    expect(settled.mock.calls[0]?.[0]).toMatchObject({ code: 'API_UNREACHABLE' })
  })

  it.each([
    ['a body of another shape', () => json(200, { stations: 7 })],
    ['JSON that was cut off', () => new Response('{"at":', { headers: { 'content-type': 'application/json' } })],
    ["a proxy's page", () => new Response('<html>', { headers: { 'content-type': 'text/html' } })],
  ])('calls %s broken', async (_what, answer) => {
    const { api } = clientOf(answer)
    await expect(api.stations()).rejects.toMatchObject({ code: 'API_BROKEN' })
  })

  it("passes the caller's own abort through, for that is no failure", async () => {
    const caller = new AbortController()
    const { api, fetch } = clientOf(() => json(200, {}))
    fetch.mockImplementation(async () => {
      caller.abort()
      throw new DOMException('', 'AbortError')
    })
    await expect(api.stations(caller.signal)).rejects.toMatchObject({ name: 'AbortError' })
  })
})

describe('telemetryPath', () => {
  it('asks for windows in minutes', () => {
    const query = { station: 'cq-500103-01', metric: 'power', fromMs: 0, toMs: 60_000 }
    expect(telemetryPath({ ...query, everyMs: 300_000 })).toBe(
      'stations/cq-500103-01/telemetry?metric=power&from=1970-01-01T00%3A00%3A00.000Z&to=1970-01-01T00%3A01%3A00.000Z&every=5m',
    )
    expect(telemetryPath(query)).not.toContain('every')
  })
})

describe('retryAfterMs', () => {
  it.each([
    [null, undefined],
    ['25', 25_000],
    ['Thu, 01 Jan 1970 00:00:30 GMT', 30_000],
    ['Wed, 31 Dec 1969 00:00:00 GMT', 0],
    ['soon', undefined],
  ])('reads %j as %s (RFC 9110 10.2.3)', (header, expected) => {
    expect(retryAfterMs(header, 0)).toBe(expected)
  })
})
