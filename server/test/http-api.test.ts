import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type RunningServer, startServer } from './running-server.ts'

let server: RunningServer

beforeAll(async () => {
  server = await startServer()
})

afterAll(async () => {
  await server?.[Symbol.asyncDispose]()
})

const errorCode = (body: unknown) => (body as { error: { code: string } }).error.code
const errorMessage = (body: unknown) => (body as { error: { message: string } }).error.message

describe('stations', () => {
  test('the list has every station of the registry with its district', async () => {
    const { body } = await server.request('GET', '/api/v1/stations')
    expect(body).toMatchObject({
      stations: [
        { id: 'yubei-1', districtNameEn: 'Yubei' },
        { id: 'yuzhong-1', districtNameZh: '渝中区', opening: { state: 'open' } },
      ],
    })
  })

  test('an unchanged list is not sent twice: its ETag answers 304', async () => {
    const first = await server.request('GET', '/api/v1/stations')
    const again = await server.request('GET', '/api/v1/stations', {
      // What a browser sends; fetch by itself would add `no-cache`, which asks for the whole answer.
      headers: { 'if-none-match': first.headers.get('etag') as string, 'cache-control': 'max-age=0' },
    })
    expect(again.status).toBe(304)
  })

  test('a reading that arrives through the broker is the newest value, in its unit, on its appliance', async () => {
    await server.receive([{ device: 'yuzhong-fridge-temp', metric: 'temperature', timeMs: Date.now(), value: 4.5 }])
    await vi.waitFor(async () => {
      const { body } = await server.request('GET', '/api/v1/stations/yuzhong-1')
      expect(body).toMatchObject({
        readings: [{ device: 'yuzhong-fridge-temp', appliance: 'yuzhong-1-fridge', unit: 'Cel', value: 4.5 }],
        appliances: [{ id: 'yuzhong-1-fridge', state: 'working' }, { state: 'unknown' }],
      })
    })
  })

  test('an unknown station is a 404 that names it', async () => {
    const answer = await server.request('GET', '/api/v1/stations/nowhere')
    expect(answer.status).toBe(404)
    expect(errorMessage(answer.body)).toContain('nowhere')
  })

  test('an id that is none is a 400 that names the field', async () => {
    const answer = await server.request('GET', '/api/v1/stations/UPPER_case')
    expect(answer.status).toBe(400)
    expect(errorMessage(answer.body)).toContain('id')
  })
})

describe('telemetry', () => {
  test('a series carries the stored points of the span, for the device that has some', async () => {
    const timeMs = Date.now() - 60_000
    server.store.readings.push({ device: 'yuzhong-room', metric: 'humidity', timeMs, value: 55 })
    const { body } = await server.request('GET', '/api/v1/stations/yuzhong-1/telemetry?metric=humidity&from=-1h')
    expect(body).toMatchObject({
      unit: '%RH',
      truncated: false,
      series: [{ device: 'yuzhong-room', points: [[timeMs, 55]] }],
    })
  })

  test.each([
    ['metric', 'metric=weight'],
    ['metric', ''],
    ['from', 'metric=power&from=yesterday'],
    ['from', 'metric=power&from=-1h&to=-2h'],
    ['from', 'metric=power&from=-400d'],
    ['every', 'metric=power&every=often'],
    ['every', 'metric=power&from=-30d&every=1s'],
    ['form', 'metric=power&form=-1h'],
  ])('a wrong %s is a 400 that names it: %s', async (field, query) => {
    const answer = await server.request('GET', `/api/v1/stations/yuzhong-1/telemetry?${query}`)
    expect(answer.status).toBe(400)
    expect(errorMessage(answer.body)).toContain(field)
  })

  test('a store that cannot be read is a 503, without its inner words', async () => {
    server.store.isWell = false
    const answer = await server.request('GET', '/api/v1/stations/yuzhong-1/telemetry?metric=power')
    server.store.isWell = true
    expect(answer.status).toBe(503)
    expect(errorMessage(answer.body)).not.toContain('disk')
  })
})

describe('what is no route', () => {
  test('an unknown address below /api is a JSON 404', async () => {
    for (const path of ['/api', '/api/', '/api/v1/nothing', '/api/v2/stations']) {
      const answer = await server.request('GET', path)
      expect([answer.status, errorCode(answer.body)]).toEqual([404, 'not_found'])
    }
  })

  test('a method that an address does not take is a 405 that says which it takes', async () => {
    const answer = await server.request('POST', '/api/v1/stations', { body: {} })
    expect(answer.status).toBe(405)
    expect(answer.headers.get('allow')).toBe('GET, HEAD')
    expect((await server.request('PUT', '/api/v1/session', { body: {} })).headers.get('allow')).toBe(
      'POST, GET, HEAD, DELETE',
    )
  })

  test('an address that cannot be decoded is a 400', async () => {
    expect((await server.request('GET', '/api/v1/stations/%E0%A4%A')).status).toBe(400)
  })
})

describe('bodies', () => {
  test('more than 64 KB is a 413', async () => {
    const answer = await server.request('POST', '/api/v1/session', {
      body: { login: 'a', password: 'x'.repeat(65 * 1024) },
    })
    expect([answer.status, errorCode(answer.body)]).toEqual([413, 'too_large'])
  })

  test('what is no JSON is a 400, and another type a 415', async () => {
    expect((await server.request('POST', '/api/v1/session', { body: '{' })).status).toBe(400)
    const form = await server.request('POST', '/api/v1/session', {
      body: 'login=a&password=b',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
    expect([form.status, errorCode(form.body)]).toEqual([415, 'not_json'])
  })
})

describe('other sites', () => {
  test.each([
    { origin: 'https://evil.example' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin: 'null' },
  ])('a change asked for by another site is refused: %o', async headers => {
    const answer = await server.request('POST', '/api/v1/session', {
      body: { login: 'admin', password: 'x' },
      headers: headers as Record<string, string>,
    })
    expect([answer.status, errorCode(answer.body)]).toEqual([403, 'origin_refused'])
  })

  test('a change asked for by our own page is taken', async () => {
    const answer = await server.request('DELETE', '/api/v1/session', { headers: { origin: server.url } })
    expect(answer.status).toBe(204)
  })
})

describe('operators', () => {
  test('healthz is 200 while all is well, and 503 that says which part is not', async () => {
    let now = Date.now()
    await using own = await startServer({ nowMs: () => now })
    expect(await own.request('GET', '/healthz')).toMatchObject({ status: 200, body: { ok: true } })
    own.store.isWell = false
    now += 2_000 // a look stands for 2 s
    expect(await own.request('GET', '/healthz')).toMatchObject({
      status: 503,
      body: { ok: false, parts: { store: { ok: false }, broker: { ok: true }, registry: { ok: true } } },
    })
    own.store.isWell = true
    own.bus.setConnected(false)
    now += 2_000
    expect(await own.request('GET', '/healthz')).toMatchObject({
      status: 503,
      body: { parts: { broker: { ok: false } } },
    })
  })

  test('a caller from elsewhere, through a proxy on this machine, sees no figures and no details', async () => {
    const headers = { 'x-forwarded-for': '127.0.0.1, 203.0.113.7' }
    expect((await server.request('GET', '/metrics', { headers })).status).toBe(403)
    const health = await server.request('GET', '/healthz', { headers })
    expect(health.body).toMatchObject({ parts: { store: { detail: 'ok' } } })
  })

  test('metrics are in the Prometheus text format', async () => {
    const { body, headers } = await server.request('GET', '/metrics')
    expect(headers.get('content-type')).toContain('text/plain; version=0.0.4')
    expect(body).toMatch(/^harbor_http_answers_total\{status="2xx"\} \d+$/m)
  })
})

test('no address and no query makes the server fail: what is wrong is the asker’s to mend', async () => {
  const text = fc.string({ unit: 'binary', maxLength: 60 })
  await fc.assert(
    fc.asyncProperty(fc.nat(), text, fc.dictionary(text, text, { maxKeys: 3 }), async (n, id, query) => {
      const route = server.app.routes[n % server.app.routes.length]
      const path = route?.path.replace(/\{\w+\}/, encodeURIComponent(id.toWellFormed()))
      const search = new URLSearchParams({ metric: 'power', ...query }).toString()
      const body = route?.body === undefined ? {} : { body: query }
      const answer = await server.request(route?.method ?? 'get', `${path}?${search}`, body)
      expect(answer.status).toBeLessThan(500)
    }),
    { numRuns: 300 },
  )
})

test('the OpenAPI document describes every route, with its answer', async () => {
  const { body } = await server.request('GET', '/api/openapi.json')
  const { paths, openapi, components } = body as {
    openapi: string
    paths: Record<string, Record<string, { responses: Record<string, unknown> }>>
    components: { schemas: Record<string, unknown> }
  }
  expect(openapi).toBe('3.1.0')
  expect(Object.keys(components.schemas)).toEqual(expect.arrayContaining(['Station', 'Alert', 'Person', 'Error']))
  for (const { method, path, response } of server.app.routes)
    expect(Object.keys(paths[path]?.[method]?.responses ?? {}), `${method} ${path}`).toContain(
      response === undefined ? '204' : '200',
    )
  expect(Object.values(paths).flatMap(path => Object.keys(path))).toHaveLength(server.app.routes.length)
})

describe('headers', () => {
  test('no page may run script or take style that is not ours, nor any of it inline', async () => {
    const finder = (await server.request('GET', '/')).headers.get('content-security-policy')
    const console = (await server.request('GET', '/console/')).headers.get('content-security-policy')
    for (const policy of [finder, console]) {
      expect(policy).toMatch(/script-src 'self';/)
      expect(policy).toMatch(/style-src 'self'(;|$)/)
    }
  })

  test('the tile server that is set may send pictures', async () => {
    await using own = await startServer({ env: { TILE_URL: 'https://{s}.tiles.example/{z}/{x}/{y}.png' } })
    const policy = (await own.request('GET', '/')).headers.get('content-security-policy')
    expect(policy).toContain("img-src 'self' data: https://*.tiles.example")
    expect((await own.request('GET', '/api/v1/client-config')).body).toMatchObject({
      demo: true,
      tileUrl: 'https://{s}.tiles.example/{z}/{x}/{y}.png',
      needsFirstAdministrator: false,
    })
  })
})
