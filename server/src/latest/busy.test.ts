import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Reading, StationRecord } from '@harbor/protocol'
import pino from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { EMPTY_CALENDAR } from '../calendar/calendar.ts'
import { createPostedHours } from '../stations/opening.ts'
import { createDuckdbStore } from '../telemetry/duckdb-store.ts'
import type { SeriesAnswer, TelemetryStore } from '../telemetry/telemetry-store.ts'
import { createBusy } from './busy.ts'

const posted = createPostedHours(EMPTY_CALENDAR)
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Sunday, 26 July 2026, 23:50 in Chongqing. */
const NOW_MS = Date.parse('2026-07-26T15:50:00Z')
const RECORD: StationRecord = {
  id: 'harbor',
  district: '500103',
  nameZh: '港湾',
  nameEn: 'Harbor',
  latDeg: 29.5,
  lngDeg: 106.5,
  facilities: [],
  capacity: 8,
}

const device = (id: string, appliance?: string) => ({
  id,
  gateway: 'gw',
  vendor: 'esphome' as const,
  address: id,
  ...(appliance !== undefined && { appliance }),
})

function busyOf(
  store: Pick<TelemetryStore, 'series'>,
  {
    hours,
    nowMs = () => NOW_MS,
    timeZone = 'Asia/Shanghai',
  }: { hours?: string; nowMs?: () => number; timeZone?: string } = {},
) {
  const entry = {
    record: { ...RECORD, ...(hours !== undefined && { hours }) },
    districtNameZh: '区',
    districtNameEn: 'district',
    state: 'open' as const,
    appliances: [],
    devices: [device('counter'), device('fridge', 'fridge')],
  }
  const stations = new Map([
    ['harbor', entry],
    ['bare', { ...entry, devices: [] }],
  ])
  return createBusy({ directory: { stations }, store, posted, timeZone, nowMs })
}

/** A year's hash of a number, so that the same readings come each time. */
const noise = (seed: number) => ((Math.imul(seed ^ (seed >>> 15), 0x2c1b3c6d) >>> 8) % 1_000) / 1_000

/** Nine weeks of counts every 4 minutes with gaps of hours and of days, and a counter that has lost somebody. */
function nineWeeks(): Reading[] {
  const readings: Reading[] = []
  for (let timeMs = NOW_MS - 63 * DAY_MS, n = 0; timeMs < NOW_MS; timeMs += 4 * 60_000, n++) {
    const day = Math.floor(timeMs / DAY_MS)
    if (noise(day) < 0.15 || noise(Math.floor(timeMs / HOUR_MS) + 7) < 0.1 || noise(n) < 0.2) continue
    const wallHour = new Date(timeMs + 8 * HOUR_MS).getUTCHours()
    const value =
      Math.round((wallHour >= 11 && wallHour < 14 ? 6 : 2) * noise(n * 3 + 1)) - (noise(n + 5) < 0.05 ? 3 : 0)
    readings.push({ device: 'counter', metric: 'people', value, timeMs })
  }
  return readings
}

/** The same from the raw readings, in another way: through dates as people write them. */
function again(readings: readonly Reading[], timeZone: string): { days: number; week: (number | null)[][] } {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    hourCycle: 'h23',
    weekday: 'short',
  })
  const slots = Map.groupBy(
    readings.filter(({ timeMs }) => timeMs >= NOW_MS - 56 * DAY_MS),
    ({ timeMs }) => Math.floor(timeMs / 600_000),
  )
  const hours = new Map<string, number[]>()
  for (const [slot, counts] of slots) {
    const parts = Object.fromEntries(format.formatToParts(slot * 600_000).map(({ type, value }) => [type, value]))
    const key = `${parts.weekday} ${Number(parts.hour)} ${parts.year}-${parts.month}-${parts.day}`
    const mean = counts.reduce((sum, { value }) => sum + value, 0) / counts.length
    hours.set(key, [...(hours.get(key) ?? []), Math.max(0, mean)])
  }
  const counted = [...hours].filter(([, means]) => means.length >= 3)
  const average = (list: number[]) => list.reduce((sum, value) => sum + value, 0) / list.length
  const week = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'].map(weekday =>
    Array.from({ length: 24 }, (_, hour) => {
      const all = counted.filter(([key]) => key.startsWith(`${weekday} ${hour} `)).map(([, means]) => average(means))
      return all.length === 0 ? null : Math.round(average(all) * 10) / 10
    }),
  )
  return { days: new Set(counted.map(([key]) => key.split(' ')[2])).size, week }
}

async function duckdbWith(readings: Reading[]): Promise<TelemetryStore> {
  const folder = await mkdtemp(join(tmpdir(), 'busy-'))
  const store = createDuckdbStore(
    { file: join(folder, 't.duckdb'), memoryLimitMb: 256, threads: 1 },
    { log: pino({ level: 'silent' }) },
  )
  onTestFinished(async () => {
    await store.stop()
    await rm(folder, { recursive: true })
  })
  await store.start()
  await store.write(readings)
  return store
}

test.each(['Asia/Shanghai', 'Asia/Kolkata'])(
  'what is usual is what a second way of counting finds in the raw readings, gaps and all (%s)',
  async timeZone => {
    const readings = nineWeeks()
    const store = await duckdbWith(readings)
    const busy = await busyOf(store, { timeZone }).of('harbor')
    const expected = again(readings, timeZone)
    expect(expected.days).toBeGreaterThan(40)
    expect(busy).toEqual({ station: 'harbor', capacity: 8, ...expected })
  },
)

test('an hour in which the station is never open by its hours is left out', async () => {
  const store = await duckdbWith(nineWeeks())
  const { week } = await busyOf(store, { hours: 'Mo-Fr 09:00-12:00; Sa 22:00-02:00' }).of('harbor')
  const hoursOf = (weekday: number) => week?.[weekday]?.flatMap((mean, hour) => (mean === null ? [] : [hour]))
  expect(hoursOf(0)).toEqual([9, 10, 11])
  expect(hoursOf(5)).toEqual([22, 23])
  expect(hoursOf(6)).toEqual([0, 1])
})

const fakeStore = (days: number) => {
  let asked = 0
  const series = async (): Promise<SeriesAnswer> => {
    asked += 1
    const points = Array.from({ length: days * 6 }, (_, n) => [
      NOW_MS - Math.floor(n / 6) * DAY_MS - 3 * HOUR_MS + (n % 6) * 600_000 - 50 * 60_000,
      3,
      3,
      3,
      10,
    ])
    return { level: 'raw', truncated: false, series: [{ device: 'counter', points }] }
  }
  return { series, asked: () => asked }
}

test('fewer than seven days say nothing, seven do', async () => {
  expect(await busyOf(fakeStore(6)).of('harbor')).toEqual({ station: 'harbor', capacity: 8, days: 6 })
  expect((await busyOf(fakeStore(7)).of('harbor')).week?.[6]?.filter(mean => mean !== null)).toEqual([3])
})

test('a station without counters is not asked for, and one that is not known is not found', async () => {
  const store = fakeStore(7)
  expect(await busyOf(store).of('bare')).toMatchObject({ days: 0 })
  expect(store.asked()).toBe(0)
  await expect(busyOf(store).of('nowhere')).rejects.toMatchObject({ code: 'not_found' })
})

test('it is read once for all who ask within six hours, and a failure is not kept', async () => {
  let nowMs = NOW_MS
  const store = fakeStore(7)
  const busy = busyOf(store, { nowMs: () => nowMs })
  await Promise.all([busy.of('harbor'), busy.of('harbor')])
  nowMs += 6 * HOUR_MS - 1
  await busy.of('harbor')
  expect(store.asked()).toBe(1)
  nowMs += 1
  await busy.of('harbor')
  expect(store.asked()).toBe(2)
  let isDown = true
  const flaky = busyOf({ series: () => (isDown ? Promise.reject(new Error('down')) : store.series()) })
  await expect(flaky.of('harbor')).rejects.toMatchObject({ code: 'unavailable' })
  isDown = false
  expect((await flaky.of('harbor')).days).toBe(7)
})
