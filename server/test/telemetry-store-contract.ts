import type { Reading } from '@harbor/protocol'
import { expect, it, onTestFinished } from 'vitest'
import { KEEPS_ALL } from '../src/telemetry/levels.ts'
import type { SeriesQuery, TelemetryStore, UsageCell } from '../src/telemetry/telemetry-store.ts'

/** How a suite gets at one implementation. */
export interface StoreUnderTest {
  /** A started store; `again` opens the same data once more after `stop`. */
  open: () => Promise<{ store: TelemetryStore; again: () => Promise<TelemetryStore> }>
  /** A recent whole hour in ms since 1970: stores with retention refuse old data. */
  hourMs: number
  /** Put before every device id, so that suites may share a database. */
  prefix: string
}

const HOUR_MS = 3_600_000

/** What every TelemetryStore must do, whatever it is made of. Registers the tests in the calling `describe`. */
export function describeStoreContract({ open, hourMs, prefix }: StoreUnderTest): void {
  let run = 0

  async function setUp() {
    const { store, again } = await open()
    onTestFinished(() => store.stop())
    run += 1
    const device = (name: string) => `${prefix}-${run}-${name}`
    const reading = (name: string, atMs: number, value: number): Reading => ({
      device: device(name),
      metric: 'power',
      timeMs: hourMs + atMs,
      value,
    })
    const query = (names: string[], more: Partial<SeriesQuery> = {}): SeriesQuery => ({
      devices: names.map(device),
      metric: 'power',
      fromMs: hourMs,
      toMs: hourMs + HOUR_MS,
      limit: 1_000,
      ...more,
    })
    const ours = (readings: Reading[]) =>
      readings
        .filter(found => found.device.startsWith(`${prefix}-${run}-`))
        .toSorted((a, b) => `${a.device} ${a.metric}`.localeCompare(`${b.device} ${b.metric}`))
    return { store, again, device, reading, query, ours }
  }

  it('gives back what was written, device by device, time ascending', async () => {
    const { store, device, reading, query } = await setUp()
    await store.write([reading('b', 2_000, 5), reading('a', 2_000, 2.5), reading('a', 1_001, -1)])
    expect(await store.series(query(['b', 'a', 'never-heard']))).toEqual({
      level: 'raw',
      truncated: false,
      series: [
        { device: device('b'), points: [[hourMs + 2_000, 5]] },
        {
          device: device('a'),
          points: [
            [hourMs + 1_001, -1],
            [hourMs + 2_000, 2.5],
          ],
        },
        { device: device('never-heard'), points: [] },
      ],
    })
  })

  it('holds a reading once, however often and in whatever company it is written', async () => {
    const { store, device, reading, query } = await setUp()
    await store.write([reading('a', 2_000, 2)])
    await store.write([reading('a', 1_000, 1), reading('a', 2_000, 2), reading('a', 3_000, 3), reading('a', 3_000, 3)])
    await store.write([reading('a', 1_000, 1)])
    expect((await store.series(query(['a']))).series).toEqual([
      { device: device('a'), points: [1, 2, 3].map(n => [hourMs + n * 1_000, n]) },
    ])
  })

  it('holds one of two values that claim to be the same reading, and never both', async () => {
    const { store, reading, query } = await setUp()
    await store.write([reading('a', 1_000, 1), reading('a', 3_000, 1)])
    await store.write([reading('a', 1_000, 2), reading('a', 2_000, 5)])
    const points = (await store.series(query(['a']))).series[0]?.points ?? []
    expect(points.map(([timeMs = 0]) => timeMs - hourMs)).toEqual([1_000, 2_000, 3_000])
    expect([1, 2]).toContain(points[0]?.[1])
  })

  it('takes the start of a span into the answer and leaves its end out', async () => {
    const { store, device, reading, query } = await setUp()
    await store.write([0, 1_000, 2_000].map(atMs => reading('a', atMs, atMs)))
    const answer = await store.series(query(['a'], { fromMs: hourMs, toMs: hourMs + 2_000 }))
    expect(answer.series).toEqual([
      {
        device: device('a'),
        points: [
          [hourMs, 0],
          [hourMs + 1_000, 1_000],
        ],
      },
    ])
  })

  it.each([0, -1_000])('has nothing in a span that ends %i ms after it starts', async spanMs => {
    const { store, device, reading, query } = await setUp()
    await store.write([reading('a', 0, 1)])
    expect(await store.series(query(['a'], { toMs: hourMs + spanMs }))).toEqual({
      level: 'raw',
      truncated: false,
      series: [{ device: device('a'), points: [] }],
    })
  })

  it('keeps metrics apart', async () => {
    const { store, device, reading, query } = await setUp()
    await store.write([reading('a', 0, 1), { ...reading('a', 0, 220), metric: 'voltage' }])
    expect((await store.series(query(['a'], { metric: 'voltage' }))).series).toEqual([
      { device: device('a'), points: [[hourMs, 220]] },
    ])
    expect((await store.series(query(['a'], { metric: 'humidity' }))).series).toEqual([
      { device: device('a'), points: [] },
    ])
  })

  it('aligns windows to the epoch and gives mean, least, greatest and count of each', async () => {
    const { store, device, reading, query } = await setUp()
    // 20-minute windows of this hour start at :00, :20, :40; the span starts within the first.
    const minutes = [1, 6, 7, 19, 40, 59]
    await store.write(minutes.map(minute => reading('a', minute * 60_000, minute)))
    const answer = await store.series(query(['a'], { fromMs: hourMs + 5 * 60_000, everyMs: 20 * 60_000 }))
    expect(answer).toEqual({
      level: 'raw',
      everyMs: 20 * 60_000,
      truncated: false,
      series: [
        {
          device: device('a'),
          points: [
            [hourMs, (6 + 7 + 19) / 3, 6, 19, 3],
            [hourMs + 40 * 60_000, (40 + 59) / 2, 40, 59, 2],
          ],
        },
      ],
    })
  })

  it('cuts at the limit by time over all devices, and says so', async () => {
    const { store, device, reading, query } = await setUp()
    await store.write([0, 1_000, 2_000].flatMap(atMs => [reading('a', atMs, 1), reading('b', atMs, 2)]))
    expect(await store.series(query(['b', 'a'], { limit: 3 }))).toEqual({
      level: 'raw',
      truncated: true,
      series: [
        {
          device: device('b'),
          points: [
            [hourMs, 2],
            [hourMs + 1_000, 2],
          ],
        },
        { device: device('a'), points: [[hourMs, 1]] },
      ],
    })
    expect((await store.series(query(['b', 'a'], { limit: 6 }))).truncated).toBe(false)
    expect((await store.series(query(['a', 'b'], { limit: 1, everyMs: HOUR_MS }))).truncated).toBe(true)
  })

  it('counts a device that is asked for twice once', async () => {
    const { store, device, reading, query } = await setUp()
    await store.write([reading('a', 0, 1)])
    expect((await store.series(query(['a', 'a']))).series).toEqual([{ device: device('a'), points: [[hourMs, 1]] }])
  })

  it('knows the newest reading of each device and metric, whatever came later but is older', async () => {
    const { store, reading, ours } = await setUp()
    const voltage: Reading = { ...reading('a', 500, 230), metric: 'voltage' }
    await store.write([reading('a', 2_000, 2), reading('b', 1_000, 9), voltage])
    await store.write([reading('a', 1_000, 1)])
    expect(ours(await store.newest())).toEqual([reading('a', 2_000, 2), voltage, reading('b', 1_000, 9)])
  })

  it('has everything again after a stop and a start', async () => {
    const { store, again, reading, query, ours } = await setUp()
    await store.write([reading('a', 1_000, 1), reading('b', 2_000, 2)])
    const before = await store.series(query(['a', 'b']))
    const newest = ours(await store.newest())
    await store.stop()
    const reopened = await again()
    onTestFinished(() => reopened.stop())
    await reopened.write([reading('a', 1_000, 1)])
    expect(await reopened.series(query(['a', 'b']))).toEqual(before)
    expect(ours(await reopened.newest())).toEqual(newest)
  })

  it('answers many queries and writes at once', async () => {
    const { store, reading, query } = await setUp()
    const writes = Array.from({ length: 20 }, (_, n) => store.write([reading('a', n * 1_000, n), reading('b', n, n)]))
    const reads = Array.from({ length: 10 }, () => store.series(query(['a', 'b'])))
    await Promise.all([...writes, ...reads])
    expect((await store.series(query(['a']))).series[0]?.points).toHaveLength(20)
  })

  it.each([
    [60_000, 'raw'],
    [15 * 60_000, 'quarter'],
    [45 * 60_000, 'quarter'],
    [HOUR_MS, 'hour'],
    [24 * HOUR_MS, 'hour'],
  ] as const)(
    'says of windows of %i ms that they are of level %s, and makes them of late readings too',
    async (everyMs, level) => {
      const { store, device, reading, query } = await setUp()
      const upkeep = { nowMs: hourMs + HOUR_MS, keepFromMs: KEEPS_ALL }
      await store.write([reading('a', 1_000, 4), reading('a', 16 * 60_000, 1)])
      await store.maintain(upkeep)
      await store.write([reading('a', 500, 10), reading('a', 1_000, 4), reading('a', 16 * 60_000 + 1, -5)])
      await store.maintain(upkeep)
      const span = { fromMs: hourMs + 500, toMs: hourMs + 16 * 60_000 + 1, everyMs }
      const answer = await store.series(query(['a'], span))
      const windows = new Map<number, number[]>()
      for (const [atMs, value] of [
        [500, 10],
        [1_000, 4],
        [16 * 60_000, 1],
      ] as const) {
        const startMs = hourMs + atMs - ((hourMs + atMs) % everyMs)
        windows.set(startMs, [...(windows.get(startMs) ?? []), value])
      }
      expect(answer).toMatchObject({ level, everyMs, truncated: false })
      expect(answer.series).toEqual([
        {
          device: device('a'),
          points: [...windows].map(([startMs, values]) => [
            startMs,
            values.reduce((sum, value) => sum + value, 0) / values.length,
            Math.min(...values),
            Math.max(...values),
            values.length,
          ]),
        },
      ])
    },
  )

  it.each(['Asia/Shanghai', 'Asia/Kolkata', 'Asia/Kathmandu', 'America/St_Johns', 'UTC'])(
    'maps what devices do by the hours and weekdays of %s',
    async timeZone => {
      const { store, device, reading } = await setUp()
      // Ten readings over two days, off the quarters by some seconds, some minutes apart in the same hour of the zone.
      const readings = [0, 7, 14, 16, 31, 46, 59, 600, 1_441, 2_000].flatMap((minute, n) => [
        reading('a', minute * 60_000 + 5_000, n),
        reading('b', minute * 60_000 + 6_000, 100 - n),
      ])
      await store.write([...readings, reading('other', 0, 9_999)])
      await store.maintain({ nowMs: hourMs + 48 * HOUR_MS, keepFromMs: KEEPS_ALL })
      const span = { fromMs: hourMs + 5_500, toMs: hourMs + 48 * HOUR_MS }
      const { level, cells } = await store.usageMap({
        devices: [device('b'), device('a'), device('b'), device('never-heard')],
        metric: 'power',
        timeZone,
        ...span,
      })
      const isWhole = timeZone === 'Asia/Shanghai' || timeZone === 'UTC'
      expect(level).toBe(isWhole ? 'hour' : 'quarter')
      const inSpan = readings.filter(({ timeMs }) => timeMs >= span.fromMs && timeMs < span.toMs)
      const byCell = Map.groupBy(inSpan, ({ timeMs }) => cellOf(timeMs, timeZone))
      const expected = [...byCell].map(([key, inside]) => {
        const values = inside.map(({ value }) => value)
        const sum = values.reduce((all, value) => all + value, 0)
        const width = isWhole ? HOUR_MS : HOUR_MS / 4
        const buckets = Map.groupBy(inside, of => `${of.device} ${Math.floor(of.timeMs / width)}`)
        const means = [...buckets.values()].map(of => of.reduce((all, { value }) => all + value, 0) / of.length)
        return {
          weekday: Math.floor(key / 24),
          hour: key % 24,
          mean: sum / values.length,
          min: Math.min(...values),
          max: Math.max(...values),
          count: values.length,
          sum,
          timeMean: means.reduce((all, mean) => all + mean, 0) / means.length,
        }
      })
      expect(rounded(cells)).toEqual(rounded(expected.toSorted((x, y) => x.weekday - y.weekday || x.hour - y.hour)))
    },
  )

  it('has no cell for what was never measured', async () => {
    const { store, device, reading } = await setUp()
    await store.write([reading('a', 0, 1)])
    const span = { fromMs: hourMs, toMs: hourMs + HOUR_MS, timeZone: 'Asia/Shanghai' }
    expect(await store.usageMap({ devices: [device('a')], metric: 'humidity', ...span })).toEqual({
      level: 'hour',
      cells: [],
    })
    expect(await store.usageMap({ devices: [], metric: 'power', ...span })).toEqual({ level: 'hour', cells: [] })
    const backwards = { ...span, toMs: hourMs - 1 }
    expect((await store.usageMap({ devices: [device('a')], metric: 'power', ...backwards })).cells).toEqual([])
  })

  it('takes an empty batch', async () => {
    const { store, query } = await setUp()
    await store.write([])
    expect((await store.series(query(['a']))).series[0]?.points).toEqual([])
  })

  it('is healthy while it runs, refuses writes after stop, and may be stopped twice', async () => {
    const { store, reading } = await setUp()
    expect(await store.health()).toMatchObject({ ok: true })
    await store.stop()
    await store.stop()
    await expect(store.write([reading('a', 0, 1)])).rejects.toMatchObject({ code: 'TELEMETRY_STORE_CLOSED' })
    expect(await store.health()).toMatchObject({ ok: false })
  })
}

/** Hours since Monday 0 o'clock, by the zone's own calendar. */
function cellOf(timeMs: number, timeZone: string): number {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, weekday: 'short', hour: '2-digit', hourCycle: 'h23' })
  const parts = new Map(format.formatToParts(timeMs).map(({ type, value }) => [type, value]))
  const weekday = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'].indexOf(parts.get('weekday') ?? '')
  return weekday * 24 + Number(parts.get('hour'))
}

/** Sums may be added up in any order. */
function rounded(cells: readonly UsageCell[]): UsageCell[] {
  return cells.map(cell => ({
    ...cell,
    mean: Number(cell.mean.toPrecision(12)),
    timeMean: Number(cell.timeMean.toPrecision(12)),
  }))
}
