import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Reading } from '@harbor/protocol'
import { pino } from 'pino'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { type InfluxAnswer, type InfluxRequest, startInfluxServer } from '../../test/influx-server.ts'
import { createMetrics } from '../metrics/metrics.ts'
import { INFLUX_DEFAULTS, type InfluxSettings, createInfluxStore } from './influx-store.ts'

const HOUR_MS = Date.UTC(2026, 6, 1, 4)
const silent = pino({ level: 'silent' })

/** Real waits, a thousandth as long. */
const FAST = { maxLines: 5_000, retry: { firstMs: 1, maxMs: 8 }, operatorPauseMs: 2 }

async function setUp(
  answer: (request: InfluxRequest, number: number) => InfluxAnswer,
  more: Partial<InfluxSettings> = {},
) {
  const server = await startInfluxServer(answer)
  const metrics = createMetrics()
  const folder = await mkdtemp(join(tmpdir(), 'harbor-influx-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const refusedFile = join(folder, 'refused.lp')
  const own = { url: server.url, token: 'secret-token', org: 'o&o', bucket: 'b b', writer: FAST, refusedFile }
  const store = createInfluxStore(
    { ...INFLUX_DEFAULTS, ...own, ...more },
    { clock: () => HOUR_MS, random: () => 0.5, log: silent, metrics },
  )
  await store.start()
  onTestFinished(() => store.stop())
  return { ...server, store, metrics, folder, refusedFile }
}

const readings = (count: number): Reading[] =>
  Array.from({ length: count }, (_, n) => ({ device: `d${n}`, metric: 'power', timeMs: HOUR_MS, value: n }))

const linesOf = ({ body }: InfluxRequest) => body.split('\n')

describe('writing to InfluxDB', () => {
  it('is one request for a batch, with org, bucket, precision and token', async () => {
    const { store, requests } = await setUp(() => ({ status: 204 }))
    await store.write(readings(3_000))
    expect(requests).toHaveLength(1)
    const [request] = requests
    expect(request?.path).toBe('/api/v2/write')
    expect(Object.fromEntries(request?.query ?? [])).toEqual({ org: 'o&o', bucket: 'b b', precision: 'ms' })
    expect(request?.authorization).toBe('Token secret-token')
    expect(request === undefined ? [] : linesOf(request)).toHaveLength(3_000)
  })

  it('splits a batch into requests of at most 5,000 lines', async () => {
    const { store, requests } = await setUp(() => ({ status: 204 }))
    await store.write(readings(12_000))
    expect(requests.map(request => linesOf(request).length)).toEqual([5_000, 5_000, 2_000])
  })

  it('sends no request for a batch without readings', async () => {
    const { store, requests } = await setUp(() => ({ status: 204 }))
    await store.write([])
    expect(requests).toEqual([])
  })

  it.each([
    ['a cut connection', 0],
    ['408', 408],
    ['429', 429],
    ['500', 500],
    ['503', 503],
    ['401, until the token is right', 401],
    ['403', 403],
    ['404, until the bucket exists', 404],
    ['200, which only something before InfluxDB answers', 200],
  ])('keeps the lines and sends the same again after %s', async (_, status) => {
    const { store, requests } = await setUp((_request, number) => ({ status: number <= 2 ? status : 204 }))
    await store.write(readings(10))
    expect(requests).toHaveLength(3)
    expect(new Set(requests.map(request => request.body)).size).toBe(1)
  })

  it('is not healthy while readings wait, and says why', async () => {
    let status = 401
    const { store, requests } = await setUp(request => ({ status: request.path === '/health' ? 200 : status }))
    const written = store.write(readings(1))
    await vi.waitFor(() => expect(requests.length).toBeGreaterThan(1))
    expect(await store.health()).toEqual({ ok: false, detail: expect.stringContaining('HTTP 401') })
    status = 204
    await written
    expect(await store.health()).toEqual({ ok: true, detail: 'influxdb: HTTP 200' })
  })

  it('halves what is too large until it fits', async () => {
    const { store, requests } = await setUp(request => ({ status: linesOf(request).length > 30 ? 413 : 204 }))
    await store.write(readings(100))
    const stored = requests.filter(request => linesOf(request).length <= 30).flatMap(linesOf)
    expect(new Set(stored).size).toBe(100)
  })

  it('finds the one line that is refused with 400, drops and counts it, and stores all others', async () => {
    const isBad = (line: string) => line.includes('did=d77 ')
    const { store, requests, metrics, refusedFile } = await setUp(request => ({
      status: linesOf(request).some(isBad) ? 400 : 204,
      headers: { 'content-type': 'application/json' },
      body: '{"code":"invalid","message":"unable to parse"}',
    }))
    await store.write(readings(1_000))
    const stored = requests.map(linesOf).filter(lines => !lines.some(isBad))
    expect(new Set(stored.flat()).size).toBe(999)
    // 1,000 is halved 10 times at most; each step is two requests, and one is the first.
    expect(requests.length).toBeLessThanOrEqual(21)
    expect(await metrics.render()).toContain('harbor_influx_dropped_lines_total{reason="malformed"} 1\n')
    // It is kept for a person to look at, with what InfluxDB said.
    const [why, line] = (await readFile(refusedFile, 'utf8')).split('\n')
    expect(why).toContain('malformed: HTTP 400: unable to parse')
    expect(line).toContain('did=d77 ')
  })

  it('drops and counts a single line that is too large', async () => {
    const { store, metrics } = await setUp(() => ({ status: 413 }))
    await store.write(readings(1))
    expect(await metrics.render()).toContain('harbor_influx_dropped_lines_total{reason="too_large"} 1\n')
  })

  it('does not send again what was stored in part (422), but counts it', async () => {
    const { store, requests, metrics } = await setUp(() => ({ status: 422 }))
    await store.write(readings(10))
    expect(requests).toHaveLength(1)
    expect(await metrics.render()).toContain('harbor_influx_dropped_lines_total{reason="partial"} 1\n')
  })

  it('refuses what it cannot hold while InfluxDB does not answer, and takes it afterwards', async () => {
    let isSlow = true
    const { store } = await setUp(() => (isSlow ? { status: 503 } : { status: 204 }))
    const held = store.write(readings(150_000))
    await expect(store.write(readings(60_000))).rejects.toMatchObject({ code: 'TELEMETRY_BUSY' })
    isSlow = false
    await held
    await store.write(readings(60_000))
  })

  it('leaves out what is older than what is kept, and counts it', async () => {
    const { store, requests, metrics } = await setUp(() => ({ status: 204 }))
    // Thirty days before the midnight of today is kept, and nothing before.
    const edgeMs = Date.UTC(2026, 5, 1)
    const at = (timeMs: number): Reading => ({ device: 'a', metric: 'power', timeMs, value: 1 })
    await store.write([at(edgeMs - 1), at(edgeMs)])
    expect(requests.map(({ body }) => body)).toEqual([`tele,did=a power=1 ${edgeMs}`])
    expect(await metrics.render()).toContain('harbor_influx_too_old_readings_total 1\n')
  })

  it('gives up waiting when it is stopped, and says that the batch is not written', async () => {
    const { store, requests } = await setUp(() => ({ status: 503, headers: { 'retry-after': '60' } }))
    const written = store.write(readings(1))
    written.catch(() => undefined)
    await vi.waitFor(() => expect(requests).toHaveLength(1))
    await store.stop()
    await expect(written).rejects.toMatchObject({ code: 'TELEMETRY_STORE_CLOSED' })
  })
})

describe('reading from InfluxDB', () => {
  const csv = (rows: string[]) => ['#datatype,string,long,dateTime:RFC3339,double,string', ...rows, ''].join('\r\n')

  it('makes windows of four queries, each start at a multiple of the width', async () => {
    const value = { sum: '5', min: '1', max: '4', count: '2' }
    const { store, requests } = await setUp(request => {
      const fn = /fn: (sum|min|max|count)/.exec(request.body)?.[1] as keyof typeof value
      const rows = [
        '#group,false,false,false,false,true',
        '#default,_result,,,,',
        ',result,table,_time,_value,did',
        // The span starts at 04:10, within the window of 04:00.
        `,,0,2026-07-01T04:10:00Z,${value[fn]},a`,
        `,,0,2026-07-01T04:30:00Z,${value[fn]},a`,
      ]
      return { status: 200, headers: { 'content-type': 'text/csv' }, body: csv(rows) }
    })
    const answer = await store.series({
      devices: ['a', 'b'],
      metric: 'power',
      fromMs: HOUR_MS + 600_000,
      toMs: HOUR_MS + 3_600_000,
      everyMs: 1_800_000,
      limit: 10,
    })
    // One before them asks what is no longer kept.
    expect(requests).toHaveLength(5)
    expect(answer).toEqual({
      level: 'quarter',
      everyMs: 1_800_000,
      truncated: false,
      series: [
        {
          device: 'a',
          points: [
            [HOUR_MS, 2.5, 1, 4, 2],
            [HOUR_MS + 1_800_000, 2.5, 1, 4, 2],
          ],
        },
        { device: 'b', points: [] },
      ],
    })
  })

  it('takes the newest readings of metrics that the contract knows', async () => {
    const rows = [
      '#group,false,false,false,false,true,true',
      '#default,_result,,,,,',
      ',result,table,_time,_value,did,_field',
      ',,0,2026-07-01T04:00:00.123Z,21.5,a,temperature',
      ',,1,2026-07-01T04:00:00Z,1,a,of_old',
    ]
    const body = ['#datatype,string,long,dateTime:RFC3339,double,string,string', ...rows, ''].join('\r\n')
    const { store } = await setUp(() => ({ status: 200, headers: { 'content-type': 'text/csv' }, body }))
    expect(await store.newest()).toEqual([{ device: 'a', metric: 'temperature', timeMs: HOUR_MS + 123, value: 21.5 }])
  })

  it('rejects with its own error when the server refuses a query', async () => {
    const { store } = await setUp(() => ({ status: 500, body: 'no' }))
    await expect(store.newest()).rejects.toMatchObject({ code: 'TELEMETRY_STORE_UNAVAILABLE' })
  })
})
