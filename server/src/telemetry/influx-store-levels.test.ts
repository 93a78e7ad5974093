import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { pino } from 'pino'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type InfluxAnswer, csvAnswer, startInfluxServer } from '../../test/influx-server.ts'
import { createMetrics } from '../metrics/metrics.ts'
import { INFLUX_DEFAULTS, createInfluxStore } from './influx-store.ts'
import { DAY_MS } from './levels.ts'

const TODAY_MS = Date.UTC(2026, 6, 1)
const NOW_MS = TODAY_MS + 4 * 3_600_000
const KEPT_MS = TODAY_MS - 30 * DAY_MS
const iso = (ms: number) => new Date(ms).toISOString()

/** @param answer by the query's text; what answers is no Flux engine, only what each question expects. */
async function setUp(answer: (flux: string, number: number) => InfluxAnswer, kept: [string, number][] = []) {
  const server = await startInfluxServer(({ path, body }, number) => {
    if (path === '/api/v2/write') return { status: 204 }
    const { query } = JSON.parse(body) as { query: string }
    return isOfKept(query)
      ? csvAnswer([kept.map(([field, ms]) => [iso(0), ms, '', field] as const)])
      : answer(query, number)
  })
  const folder = await mkdtemp(join(tmpdir(), 'harbor-influx-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const store = createInfluxStore(
    { ...INFLUX_DEFAULTS, url: server.url, token: 't', org: 'o', bucket: 'b', refusedFile: join(folder, 'refused.lp') },
    { clock: () => NOW_MS, random: () => 0.5, log: pino({ level: 'silent' }), metrics: createMetrics() },
  )
  await store.start()
  onTestFinished(() => store.stop())
  const asked = () =>
    server.requests
      .filter(({ path }) => path === '/api/v2/query')
      .map(({ body }) => (JSON.parse(body) as { query: string }).query)
      .filter(query => !isOfKept(query))
  const written = () => server.requests.filter(({ path }) => path === '/api/v2/write')
  return { store, folder, asked, written }
}

/** What was noted of what is no longer kept is asked for once, by whatever is asked first. */
const isOfKept = (flux: string) => flux.includes('_measurement == "kept"')

/** Which bucket, measurement and span a query reads. */
function readOf(flux: string): string {
  const [, bucket, start, stop, measurement] =
    /from\(bucket: "(\w+)"\)[^]*start: time\(v: "([^"]+)"\), stop: time\(v: "([^"]+)"\)[^]*?_measurement == "(\w+)"/.exec(
      flux,
    ) ?? []
  return `${bucket} ${measurement} ${start?.slice(0, 16)} ${stop?.slice(0, 16)}`
}

describe('a series over what is no longer kept raw', () => {
  it('is put together of the roll-up and, from the day on that is kept raw, of readings', async () => {
    const { store, asked } = await setUp(flux => {
      const at = flux.includes('b_1h') ? KEPT_MS - 3_600_000 : KEPT_MS
      const value =
        { count: 2, sum: 10, min: 1, max: 9 }[/tele_(\w+)"/.exec(flux)?.[1] ?? /fn: (\w+)/.exec(flux)?.[1] ?? ''] ?? 0
      return csvAnswer([[[iso(at), value, 'a', 'power']]])
    })
    const answer = await store.series({
      devices: ['a'],
      metric: 'power',
      fromMs: KEPT_MS - DAY_MS,
      toMs: KEPT_MS + DAY_MS,
      // A window of seven hours stands on both sides of the edge.
      everyMs: 7 * 3_600_000,
      limit: 10,
    })
    expect(asked().map(readOf)).toEqual([
      ...['count', 'sum', 'min', 'max'].map(fn => `b_1h tele_${fn} 2026-05-31T00:00 2026-06-01T00:00`),
      ...Array.from({ length: 4 }, () => 'b tele 2026-06-01T00:00 2026-06-02T00:00'),
    ])
    const startMs = KEPT_MS - (KEPT_MS % (7 * 3_600_000))
    expect(answer).toEqual({
      level: 'hour',
      everyMs: 7 * 3_600_000,
      truncated: false,
      // 10 + 10 over 2 + 2.
      series: [{ device: 'a', points: [[startMs, 5, 1, 9, 4]] }],
    })
  })

  it('has quarters of an hour at least, and no raw readings', async () => {
    const { store, asked } = await setUp(() => csvAnswer([]))
    const query = { devices: ['a'], metric: 'power', fromMs: KEPT_MS - DAY_MS, toMs: KEPT_MS, limit: 10 } as const
    expect(await store.series({ ...query, everyMs: 60_000 })).toMatchObject({ level: 'quarter', everyMs: 900_000 })
    expect(asked().every(flux => flux.includes('b_15m'))).toBe(true)
    const before = asked().length
    expect(await store.series(query)).toEqual({ level: 'raw', truncated: false, series: [{ device: 'a', points: [] }] })
    expect(asked()).toHaveLength(before)
  })
})

describe('a map of use', () => {
  it('asks storage for each function of all devices together, a hundred devices at a time', async () => {
    const { store, asked } = await setUp(() => csvAnswer([[[iso(TODAY_MS), 2, '', '']]]))
    const devices = Array.from({ length: 150 }, (_, n) => `d${n}`)
    const query = {
      devices,
      metric: 'power',
      fromMs: TODAY_MS,
      toMs: TODAY_MS + DAY_MS,
      timeZone: 'Asia/Kolkata',
    } as const
    const answer = await store.usageMap(query)
    expect(asked()).toHaveLength(2 * 6)
    expect(asked().every(flux => flux.includes('every: duration(v: "900000ms")'))).toBe(true)
    // 1 July 2026 is a Wednesday; midnight of UTC is half past five in Kolkata. Each part answers 2 to every question.
    expect(answer).toEqual({
      level: 'quarter',
      cells: [{ weekday: 2, hour: 5, mean: 1, min: 2, max: 2, count: 4, sum: 4, timeMean: 1 }],
    })
  })

  it('is made of hours where the zone stands whole hours off', async () => {
    const { store, asked } = await setUp(() => csvAnswer([]))
    const span = { fromMs: KEPT_MS - DAY_MS, toMs: KEPT_MS + DAY_MS }
    const answer = await store.usageMap({ devices: ['a'], metric: 'power', ...span, timeZone: 'Asia/Shanghai' })
    expect(answer).toEqual({ level: 'hour', cells: [] })
    expect(asked().map(readOf).toSorted()).toEqual([
      ...Array.from({ length: 6 }, () => 'b tele 2026-06-01T00:00 2026-06-02T00:00'),
      ...['count', 'max', 'mean', 'mean', 'min', 'sum'].map(fn => `b_1h tele_${fn} 2026-05-31T00:00 2026-06-01T00:00`),
    ])
  })
})

describe('upkeep', () => {
  /** Who writes which roll-ups of which day. */
  const writes = (asked: string[]) =>
    asked
      .filter(flux => flux.includes('to('))
      .map(flux => `${/to\(bucket: "(\w+)"\)/.exec(flux)?.[1]} ${/start: time\(v: "([^"]+)T/.exec(flux)?.[1]}`)
  const keepFromMs = { raw: KEPT_MS, quarter: 0, hour: 0 }

  it('makes the roll-ups of every day that is no longer kept raw, from the oldest reading on, once', async () => {
    const { store, asked } = await setUp(flux => {
      if (flux.includes('first()')) return csvAnswer([[[iso(KEPT_MS - 2 * DAY_MS + 5), 0, '', '']]])
      // Some readings, and no roll-up of them.
      return csvAnswer(flux.includes('count()') ? [[[iso(0), 12, '', '']]] : [])
    })
    await store.maintain({ nowMs: NOW_MS, keepFromMs })
    expect(writes(asked())).toEqual(['b_15m 2026-05-30', 'b_1h 2026-05-30', 'b_15m 2026-05-31', 'b_1h 2026-05-31'])
    const before = asked().length
    await store.maintain({ nowMs: NOW_MS, keepFromMs })
    expect(asked()).toHaveLength(before)
  })

  it('leaves the days whose roll-ups know of as many readings as there are', async () => {
    const { store, asked } = await setUp(flux => {
      if (flux.includes('first()')) return csvAnswer([[[iso(KEPT_MS - DAY_MS), 0, '', '']]])
      const count = flux.includes('b_1h') ? 11 : 12
      return csvAnswer([[[iso(0), count, '', '']]])
    })
    await store.maintain({ nowMs: NOW_MS, keepFromMs })
    expect(writes(asked())).toEqual(['b_1h 2026-05-31'])
  })

  it('notes what is no longer kept, once, where all servers find it', async () => {
    const { store, written } = await setUp(() => csvAnswer([]))
    await store.maintain({ nowMs: NOW_MS, keepFromMs })
    await store.maintain({ nowMs: NOW_MS + 1, keepFromMs: { ...keepFromMs, raw: KEPT_MS - DAY_MS } })
    expect(written().map(({ query, body }) => [query.get('bucket'), body])).toEqual([
      ['b_1h', `kept raw=${KEPT_MS},quarter=0,hour=0 ${NOW_MS}`],
    ])
  })

  it('knows after a start what was no longer kept before, however many days it is told to keep now', async () => {
    const { store } = await setUp(
      () => csvAnswer([]),
      [
        ['raw', TODAY_MS],
        ['quarter', TODAY_MS - DAY_MS],
        ['hour', 0],
      ],
    )
    const query = { devices: ['a'], metric: 'power', toMs: NOW_MS, everyMs: 60_000, limit: 10 } as const
    expect(await store.series({ ...query, fromMs: TODAY_MS })).toMatchObject({ level: 'raw' })
    expect(await store.series({ ...query, fromMs: TODAY_MS - 1 })).toMatchObject({ level: 'quarter' })
    expect(await store.series({ ...query, fromMs: TODAY_MS - DAY_MS - 1 })).toMatchObject({ level: 'hour' })
  })

  it('goes on with the day that failed, and keeps the readings in the answers until it is done', async () => {
    let isWell = false
    const { store, asked } = await setUp(flux => {
      if (flux.includes('first()')) return csvAnswer([[[iso(KEPT_MS), 0, '', '']]])
      if (flux.includes('count()')) return csvAnswer([[[iso(0), 12, '', '']]])
      return isWell || !flux.includes('to(') || flux.includes('2026-06-01') ? csvAnswer([]) : { status: 500 }
    })
    const later = { ...keepFromMs, raw: KEPT_MS + 2 * DAY_MS }
    const failing = store.maintain({ nowMs: NOW_MS, keepFromMs: later })
    await expect(failing).rejects.toMatchObject({ code: 'TELEMETRY_STORE_UNAVAILABLE' })
    const span = { fromMs: KEPT_MS, toMs: KEPT_MS + DAY_MS }
    await store.series({ devices: ['a'], metric: 'power', ...span, limit: 1 })
    expect(readOf(asked().at(-1) ?? '')).toBe('b tele 2026-06-01T00:00 2026-06-02T00:00')
    isWell = true
    const before = asked().length
    await store.maintain({ nowMs: NOW_MS, keepFromMs: later })
    // It looks for the oldest reading of what is not done yet.
    expect(asked()[before]).toContain('start: time(v: "2026-06-02T00:00:00.000Z")')
  })
})

describe('an export', () => {
  async function read(file: string): Promise<unknown[][]> {
    const instance = await DuckDBInstance.create(':memory:')
    onTestFinished(() => instance.closeSync())
    const connection = await instance.connect()
    const reader = await connection.runAndReadAll(`SELECT * FROM read_parquet('${file}') ORDER BY device, metric, time`)
    return [reader.columnNames(), reader.columnTypes().map(String), ...reader.getRowsJson()]
  }

  it('of readings is a Parquet file of what InfluxDB answers day by day', async () => {
    const { store, folder, asked } = await setUp(flux => {
      const start = /start: time\(v: "([^"]+)"/.exec(flux)?.[1] ?? ''
      return csvAnswer([[[start, 1.5, 'a', 'power']], [[start, 20, "b'b", 'temperature']]])
    })
    const file = join(folder, "it's.parquet")
    await writeFile(file, 'what was there')
    const span = { fromMs: TODAY_MS - DAY_MS - 1_000, toMs: TODAY_MS }
    const result = await store.exportTo({ ...span, level: 'raw', file })
    expect(asked()).toHaveLength(2)
    expect(result.rows).toBe(4)
    expect(await readdir(folder)).toEqual(["it's.parquet"])
    await rm(join(folder, 'plain.parquet'), { force: true })
    const plain = join(folder, 'plain.parquet')
    await store.exportTo({ ...span, level: 'raw', file: plain })
    expect(await read(plain)).toEqual([
      ['time', 'device', 'metric', 'value'],
      ['TIMESTAMP', 'VARCHAR', 'VARCHAR', 'DOUBLE'],
      ['2026-06-29 23:59:59', 'a', 'power', 1.5],
      ['2026-06-30 00:00:00', 'a', 'power', 1.5],
      ['2026-06-29 23:59:59', "b'b", 'temperature', 20],
      ['2026-06-30 00:00:00', "b'b", 'temperature', 20],
    ])
  })

  it('of sums has a column for each function, and whole hours', async () => {
    const value = { sum: 6, count: 4, min: 1, max: 2, last: 1.5 }
    const { store, folder, asked } = await setUp(flux =>
      csvAnswer([[[iso(TODAY_MS), value[/fn: (\w+)/.exec(flux)?.[1] as keyof typeof value], 'a', 'power']]]),
    )
    const file = join(folder, 'hours.parquet')
    const span = { fromMs: TODAY_MS - 1, toMs: TODAY_MS + 1 }
    await store.exportTo({ ...span, level: 'hour', devices: ['a', 'a'], file })
    expect(asked().map(readOf)).toEqual(Array.from({ length: 5 }, () => 'b tele 2026-07-01T00:00 2026-07-01T01:00'))
    expect(await read(file)).toEqual([
      ['time', 'device', 'metric', 'sum', 'count', 'min', 'max', 'last'],
      ['TIMESTAMP', 'VARCHAR', 'VARCHAR', 'DOUBLE', 'BIGINT', 'DOUBLE', 'DOUBLE', 'DOUBLE'],
      ['2026-07-01 00:00:00', 'a', 'power', 6, '4', 1, 2, 1.5],
    ])
  })

  it('that fails leaves nothing, and what was there before', async () => {
    const { store, folder } = await setUp(() => ({ status: 500 }))
    const file = join(folder, 'a.parquet')
    await writeFile(file, 'before')
    const query = { fromMs: TODAY_MS - 1, toMs: TODAY_MS, level: 'raw', file } as const
    await expect(store.exportTo(query)).rejects.toMatchObject({ code: 'TELEMETRY_STORE_UNAVAILABLE' })
    expect(await readdir(folder)).toEqual(['a.parquet'])
    const nowhere = store.exportTo({ ...query, file: join(folder, 'none', 'a.parquet') })
    await expect(nowhere).rejects.toMatchObject({ code: 'TELEMETRY_STORE_UNAVAILABLE' })
  })
})
