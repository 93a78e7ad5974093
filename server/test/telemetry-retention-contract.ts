import type { Reading } from '@harbor/protocol'
import { expect, it, onTestFinished } from 'vitest'
import type { SeriesQuery } from '../src/telemetry/telemetry-store.ts'
import type { StoreUnderTest } from './telemetry-store-contract.ts'

const HOUR_MS = 3_600_000

/** What every store must do that makes its sums itself when it is told to (`maintain`): what is no longer kept is gone, exactly. */
export function describeRetentionContract({ open, prefix }: Omit<StoreUnderTest, 'hourMs'>): void {
  const DAY_MS = 24 * HOUR_MS
  const midnightMs = Date.UTC(2026, 6, 10)

  async function setUp() {
    const { store, again } = await open()
    onTestFinished(() => store.stop())
    const device = `${prefix}-kept`
    const at = (atMs: number, value: number): Reading => ({ device, metric: 'power', timeMs: midnightMs + atMs, value })
    const points = async (more: Partial<SeriesQuery> = {}, from = store) => {
      const span = { fromMs: midnightMs - 2 * DAY_MS, toMs: midnightMs + DAY_MS, limit: 1_000 }
      const answer = await from.series({ devices: [device], metric: 'power', ...span, ...more })
      return { ...answer, points: answer.series[0]?.points ?? [] }
    }
    const keep = (raw: number, quarter = 0, hour = 0) =>
      store.maintain({ nowMs: midnightMs + 5 * HOUR_MS, keepFromMs: { raw, quarter, hour } })
    // The last moment of the day before, and the first of the day.
    await store.write([at(-DAY_MS - 1, 8), at(-900_000, 1), at(-1, 2), at(0, 3), at(1, 5)])
    return { store, again, at, points, keep }
  }

  it('drops readings to the last one before the edge, and keeps their sums', async () => {
    const { points, keep } = await setUp()
    await keep(midnightMs)
    expect((await points()).points).toEqual([
      [midnightMs, 3],
      [midnightMs + 1, 5],
    ])
    const quarters = await points({ everyMs: 900_000 })
    expect(quarters).toMatchObject({ level: 'quarter', everyMs: 900_000 })
    expect(quarters.points).toEqual([
      [midnightMs - DAY_MS - 900_000, 8, 8, 8, 1],
      [midnightMs - 900_000, 1.5, 1, 2, 2],
      [midnightMs, 4, 3, 5, 2],
    ])
  })

  it('widens windows to what is kept, only where finer ones are gone', async () => {
    const { points, keep } = await setUp()
    await keep(midnightMs, midnightMs - DAY_MS)
    expect(await points({ everyMs: 60_000, fromMs: midnightMs - DAY_MS })).toMatchObject({
      level: 'quarter',
      everyMs: 900_000,
    })
    expect(await points({ everyMs: 1_000_000, fromMs: midnightMs - DAY_MS })).toMatchObject({ everyMs: 1_800_000 })
    expect(await points({ everyMs: 60_000, fromMs: midnightMs })).toMatchObject({ level: 'raw', everyMs: 60_000 })
    const hours = await points({ everyMs: 60_000 })
    expect(hours).toMatchObject({ level: 'hour', everyMs: HOUR_MS })
    expect(hours.points).toEqual([
      [midnightMs - DAY_MS - HOUR_MS, 8, 8, 8, 1],
      [midnightMs - HOUR_MS, 1.5, 1, 2, 2],
      [midnightMs, 4, 3, 5, 2],
    ])
  })

  it('drops sums too, in their time, and the newest reading with the last of what is raw', async () => {
    const { store, points, keep } = await setUp()
    await keep(midnightMs + DAY_MS, midnightMs + DAY_MS, midnightMs)
    expect((await points({ everyMs: HOUR_MS })).points).toEqual([[midnightMs, 4, 3, 5, 2]])
    expect((await points()).points).toEqual([])
    expect(await store.newest()).toEqual([])
  })

  it('takes what is older than what is kept raw and changes nothing', async () => {
    const { store, at, points, keep } = await setUp()
    await keep(midnightMs)
    const before = await points({ everyMs: HOUR_MS })
    await store.write([at(-1, 2), at(-500, 77), at(2, 7)])
    await keep(midnightMs)
    expect((await points()).points.map(([, value]) => value)).toEqual([3, 5, 7])
    const hours = await points({ everyMs: HOUR_MS })
    expect(hours.points.slice(0, -1)).toEqual(before.points.slice(0, -1))
    expect(hours.points.at(-1)).toEqual([midnightMs, 5, 3, 7, 3])
  })

  it('does not bring back what was dropped, also not after a stop and a start', async () => {
    const { store, again, points, keep } = await setUp()
    await keep(midnightMs)
    await keep(midnightMs - 2 * DAY_MS)
    await store.stop()
    const reopened = await again()
    onTestFinished(() => reopened.stop())
    expect((await points({}, reopened)).points).toHaveLength(2)
    expect(await points({ everyMs: 60_000 }, reopened)).toMatchObject({ level: 'quarter' })
  })

  it('takes late readings of a day that has its sums into them', async () => {
    const { store, at, points, keep } = await setUp()
    await keep(midnightMs - 3 * DAY_MS)
    await store.write([at(-2, 6), at(-1, 2)])
    expect((await points({ everyMs: HOUR_MS })).points.at(-2)).toEqual([midnightMs - HOUR_MS, 3, 1, 6, 3])
    await keep(midnightMs)
    expect((await points({ everyMs: HOUR_MS })).points.at(-2)).toEqual([midnightMs - HOUR_MS, 3, 1, 6, 3])
  })
}
