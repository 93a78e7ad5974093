import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Reading } from '@harbor/protocol'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { createMetrics } from '../src/metrics/metrics.ts'
import { ROLL_UP_FUNCTIONS, bucketsOf } from '../src/telemetry/influx-buckets.ts'
import { exportQuery } from '../src/telemetry/influx-flux.ts'
import { INFLUX_TIMEOUTS, createInfluxLink } from '../src/telemetry/influx-link.ts'
import { createReadRows } from '../src/telemetry/influx-read.ts'
import { INFLUX_DEFAULTS, createInfluxStore } from '../src/telemetry/influx-store.ts'
import { DAY_MS, LEVEL_MS } from '../src/telemetry/levels.ts'
import type { TelemetryStore } from '../src/telemetry/telemetry-store.ts'
import { LONG_DAYS, type OwnBuckets, makeOwnBuckets, realInflux } from './influx-real.ts'
import { describeRetentionContract } from './telemetry-retention-contract.ts'
import { describeStoreContract } from './telemetry-store-contract.ts'

const influx = realInflux(process.env)

/** Where a store is, when it is not where the others are. */
interface Place {
  token?: string
  bucket?: string
}

/**
 * Everything that a store promises, and the setup, against a real InfluxDB 2: `INFLUX_URL=… INFLUX_TOKEN=… INFLUX_ORG=… npm run test:influx`.
 * It makes buckets, tasks and a token of its own and removes them.
 */
describe.skipIf(influx === undefined)('a real InfluxDB 2', { timeout: 120_000 }, () => {
  let own: OwnBuckets
  let folder: string

  beforeAll(async () => {
    if (influx === undefined) return
    folder = await mkdtemp(join(tmpdir(), 'harbor-influx-'))
    own = await makeOwnBuckets(influx)
  }, 120_000)

  afterAll(async () => {
    await own?.remove()
    if (folder !== undefined) await rm(folder, { recursive: true, force: true })
  }, 120_000)

  async function openStore(more: Place = {}): Promise<TelemetryStore> {
    const { url = '', org = '' } = influx ?? {}
    const place = { url, org, bucket: own.bucket, token: own.token, refusedFile: join(folder, 'refused.lp'), ...more }
    const store = createInfluxStore(
      { ...INFLUX_DEFAULTS, ...place, keptDays: LONG_DAYS },
      { clock: Date.now, random: Math.random, log: pino({ level: 'silent' }), metrics: createMetrics() },
    )
    await store.start()
    return store
  }

  async function setUp(more?: Place): Promise<TelemetryStore> {
    const store = await openStore(more)
    onTestFinished(() => store.stop())
    return store
  }

  describeStoreContract({
    // A whole hour some days ago: nothing that is written is in the future, and no task that runs by the clock meddles.
    hourMs: Math.floor(Date.now() / 3_600_000 - 100) * 3_600_000,
    prefix: `contract-${Date.now().toString(36)}`,
    open: async () => ({ store: await openStore(), again: () => openStore() }),
  })

  describe('that makes its roll-ups when it is told to', () => {
    describeRetentionContract({
      prefix: 'retention',
      open: async () => {
        if (influx === undefined) throw new Error('skipped without an InfluxDB')
        // What is no longer kept is noted for all of a bucket, so each test has one.
        const apart = await makeOwnBuckets(influx)
        onTestFinished(() => apart.remove())
        const place = { bucket: apart.bucket, token: apart.token }
        return { store: await openStore(place), again: () => openStore(place) }
      },
    })
  })

  it('is set up once: the second time everything is there', async () => {
    expect(own.told.filter(line => line.includes(': made'))).toHaveLength(8)
    const token = own.token
    expect((await own.again()).every(line => line.includes('is there'))).toBe(true)
    expect(own.token).toBe(token)
  })

  it('takes any device id back as it was given', async () => {
    const store = await setUp()
    const atMs = Date.now() - 60_000
    const devices = ['with space', 'a,b=c', 'quote"d', "it's", 'in\\side', '${r.did}', '劳动者', 'x'.repeat(200)]
    await store.write(devices.map((device, n) => ({ device, metric: 'power', timeMs: atMs, value: n })))
    const { series } = await store.series({ devices, metric: 'power', fromMs: atMs, toMs: atMs + 1, limit: 100 })
    expect(series.map(({ device, points }) => [device, points[0]?.[1]])).toEqual(
      devices.map((device, n) => [device, n]),
    )
  })

  it('keeps numbers exact, whole ones beside others, and those that need an exponent', async () => {
    const store = await setUp()
    const atMs = Date.now() - 120_000
    const values = [0, 0.5, -1e-7, 1e21, 123_456_789.125, Number.MIN_VALUE, -0.1, 1 / 3]
    await store.write(values.map((value, n) => ({ device: 'exact', metric: 'power', timeMs: atMs + n, value })))
    const span = { fromMs: atMs, toMs: atMs + values.length, limit: 100 }
    const { series } = await store.series({ devices: ['exact'], metric: 'power', ...span })
    expect(series[0]?.points.map(([, value]) => value)).toEqual(values)
  })

  it('cuts what is more than the limit over more devices than one query names', async () => {
    const store = await setUp()
    const atMs = Date.now() - 180_000
    const devices = Array.from({ length: 250 }, (_, n) => `many-${n}`)
    await store.write(
      devices.flatMap(device => [0, 1, 2].map(n => ({ device, metric: 'power', timeMs: atMs + n, value: n }) as const)),
    )
    const answer = await store.series({ devices, metric: 'power', fromMs: atMs, toMs: atMs + 10, limit: 500 })
    expect(answer.truncated).toBe(true)
    expect(answer.series.map(({ points }) => points.length)).toEqual(devices.map(() => 2))
  })

  it('says what is wrong when the token or the bucket is', async () => {
    const stranger = await setUp({ token: 'wrong' })
    await expect(stranger.newest()).rejects.toMatchObject({ code: 'TELEMETRY_STORE_UNAVAILABLE' })
    const elsewhere = await setUp({ bucket: `${own.bucket}_none`, token: influx?.adminToken ?? '' })
    await expect(elsewhere.newest()).rejects.toMatchObject({ message: expect.stringMatching(/npm run influx:setup/) })
  })

  describe('its roll-ups', () => {
    // A midnight of UTC some weeks ago, so that no task that runs by the clock meddles.
    const dayMs = Math.floor(Date.now() / DAY_MS) * DAY_MS - 40 * DAY_MS

    function readingsOf(device: string, fromMs: number): Reading[] {
      // Every ten minutes of a day and a half, with an hour of silence.
      return Array.from({ length: 216 }, (_, n) => n)
        .filter(n => n < 60 || n >= 66)
        .map(n => ({ device, metric: 'power', timeMs: fromMs + n * 600_000 + 7, value: (n * 37) % 101 }))
    }

    /** What the roll-up has to hold: reckoned here, from the readings. */
    function expected(readings: readonly Reading[], widthMs: number) {
      const windows = Map.groupBy(readings, ({ timeMs }) => timeMs - (timeMs % widthMs))
      return [...windows].map(([startMs, inside]) => {
        const values = inside.map(({ value }) => value)
        const sum = values.reduce((total, value) => total + value, 0)
        const [min, max] = [Math.min(...values), Math.max(...values)]
        return [startMs, { sum, count: values.length, min, max, last: values.at(-1), mean: sum / values.length }]
      })
    }

    async function rolledUp(level: 'quarter' | 'hour', device: string): Promise<unknown[]> {
      const link = createInfluxLink({
        ...(influx ?? { url: '', org: '' }),
        token: own.token,
        timeoutMs: INFLUX_TIMEOUTS,
      })
      onTestFinished(() => link.close())
      const found = new Map<number, Record<string, number>>()
      for (const fn of ROLL_UP_FUNCTIONS) {
        const source = {
          bucket: own.bucket,
          level,
          fromMs: dayMs - DAY_MS,
          toMs: dayMs + 3 * DAY_MS,
          devices: [device],
        }
        for await (const { timeMs, value } of createReadRows(link)(
          exportQuery(source, { everyMs: LEVEL_MS[level], fn }),
        ))
          found.set(timeMs, { ...found.get(timeMs), [fn]: value })
      }
      return [...found].toSorted(([a], [b]) => a - b)
    }

    it('are made by the task, whole windows whenever it runs, with what came late when it runs again', async () => {
      const store = await setUp()
      const readings = readingsOf('by-task', dayMs).slice(0, 12)
      await store.write(readings.filter((_, n) => n !== 3))
      // 02:03:04: whole quarters up to 02:00 are made, two hours back.
      const nowMs = dayMs + 2 * 3_600_000 + 184_000
      await own.runTask(bucketsOf(own.bucket).quarter, nowMs)
      expect(await rolledUp('quarter', 'by-task')).toEqual(
        expected(
          readings.filter((_, n) => n !== 3),
          LEVEL_MS.quarter,
        ),
      )
      await store.write(readings)
      await own.runTask(bucketsOf(own.bucket).quarter, nowMs + 1_000)
      await own.runTask(bucketsOf(own.bucket).hour, nowMs)
      expect(await rolledUp('quarter', 'by-task')).toEqual(expected(readings, LEVEL_MS.quarter))
      expect(await rolledUp('hour', 'by-task')).toEqual(expected(readings, LEVEL_MS.hour))
    })

    it('are made by upkeep before readings are no longer asked for, and give the same answers then', async () => {
      const store = await setUp()
      const readings = readingsOf('by-upkeep', dayMs)
      await store.write(readings)
      const span = { fromMs: dayMs, toMs: dayMs + 2 * DAY_MS }
      const series = {
        devices: ['by-upkeep'],
        metric: 'power',
        ...span,
        everyMs: 2 * LEVEL_MS.hour,
        limit: 1_000,
      } as const
      const before = await store.series(series)
      expect(before.series[0]?.points.length).toBeGreaterThan(10)
      const maps = ['Asia/Shanghai', 'Asia/Kolkata', 'America/St_Johns'].map(
        timeZone => ({ devices: ['by-upkeep'], metric: 'power', ...span, timeZone }) as const,
      )
      const mapsBefore = await Promise.all(maps.map(query => store.usageMap(query)))
      await store.maintain({ nowMs: Date.now(), keepFromMs: { raw: dayMs + 2 * DAY_MS, quarter: 0, hour: 0 } })
      expect(await rolledUp('quarter', 'by-upkeep')).toEqual(expected(readings, LEVEL_MS.quarter))
      expect(await store.series(series)).toEqual(before)
      expect(await Promise.all(maps.map(query => store.usageMap(query)))).toEqual(mapsBefore)
    })
  })
})
