import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Reading } from '@harbor/protocol'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { directoryOf } from '../../test/directory-fixture.ts'
import { EMPTY_CALENDAR } from '../calendar/calendar.ts'
import { createPostedHours } from '../stations/opening.ts'
import { createDuckdbStore } from '../telemetry/duckdb-store.ts'
import type { TelemetryStore } from '../telemetry/telemetry-store.ts'
import { type Latest, createLatest } from './latest.ts'
import { pastSigns } from './past-signs.ts'

const NOON = Date.UTC(2026, 6, 30, 4) // noon in Chongqing
const MINUTE_MS = 60_000
const posted = createPostedHours(EMPTY_CALENDAR)

let latest: Latest
let sent: string[]
const promised = new Map<string, number>()

/** What its opening was said to be, without repeats. */
function note(text: string): void {
  if (sent.at(-1) !== text) sent.push(text)
}

function open(hours: string, newest: Reading[] = []): void {
  latest = createLatest({
    directory: directoryOf(hours),
    posted,
    timeZone: 'Asia/Shanghai',
    closedStations: new Set(),
    faultyAppliances: new Set(['yuzhong-1-fridge']),
    promises: { promisedAt: appliance => promised.get(appliance) },
    nowMs: Date.now,
    onChanged: ({ stations }) => {
      for (const { id, opening } of stations)
        if (id === 'yuzhong-1') note([opening.state, opening.reason, opening.sign?.source].filter(Boolean).join(' '))
    },
    onReadings: () => {},
  })
  latest.start(newest)
}

beforeEach(() => {
  vi.useFakeTimers({ now: NOON })
  sent = []
  promised.clear()
})

afterEach(() => {
  latest.stop()
  vi.useRealTimers()
})

const people = (value: number, timeMs = Date.now()): Reading => ({
  device: 'yuzhong-people',
  metric: 'people',
  value,
  timeMs,
})
const opening = () => {
  const { state, reason, sign } = latest.view('yuzhong-1')?.opening ?? { state: 'none' }
  return [state, reason, sign?.source].filter(Boolean).join(' ')
}

test('a station goes from posted to doubted to seen as the day goes, by itself, and pages are told each time', () => {
  open('12:01-20:00', [people(0)])
  vi.advanceTimersByTime(2 * MINUTE_MS)
  expect(sent).toEqual(['open'])
  vi.advanceTimersByTime(14 * MINUTE_MS + 6_000)
  expect(sent).toEqual(['open', 'unknown not_confirmed'])
  latest.take([people(1)])
  vi.advanceTimersByTime(300)
  expect(sent.at(-1)).toBe('open people')
  // Four hours after the last of it
  vi.advanceTimersByTime(240 * MINUTE_MS + 6_000)
  expect(sent.at(-1)).toBe('unknown not_confirmed')
  vi.advanceTimersByTime(240 * MINUTE_MS)
  expect(sent.at(-1)).toBe('closed')
})

test('a station whose sensors say nothing of people is open by its hours', () => {
  open('24/7', [{ device: 'yuzhong-room', metric: 'temperature', value: 20, timeMs: NOON - 60 * MINUTE_MS }])
  expect(opening()).toBe('open')
})

test('when a faulty appliance is promised back is seen as soon as it is told of', () => {
  open('24/7')
  promised.set('yuzhong-1-fridge', NOON + 60 * MINUTE_MS)
  latest.touch('yuzhong-1')
  const backAt = latest.view('yuzhong-1')?.appliances.map(appliance => appliance.backAt)
  expect(backAt).toEqual(['2026-07-30T05:00:00.000Z', undefined])
})

describe('after a restart', () => {
  async function storeWith(readings: Reading[]): Promise<TelemetryStore> {
    const folder = await mkdtemp(join(tmpdir(), 'signs-'))
    const settings = { file: join(folder, 't.duckdb'), memoryLimitMb: 256, threads: 1 }
    const store = createDuckdbStore(settings, { log: pino({ level: 'silent' }) })
    onTestFinished(async () => {
      await store.stop()
      await rm(folder, { recursive: true })
    })
    await store.start()
    await store.write(readings)
    return store
  }
  const history = [
    people(0, NOON - 300 * MINUTE_MS),
    people(2, NOON - 90 * MINUTE_MS),
    people(0, NOON - 70 * MINUTE_MS),
    people(0, NOON - MINUTE_MS),
  ]

  test('what was seen within a day is still known', async () => {
    const store = await storeWith(history)
    open('08:00-20:00', [history.at(-1) as Reading])
    expect(opening()).toBe('open')
    await latest.lookBack(store)
    expect(opening()).toBe('open people')
    expect(latest.view('yuzhong-1')?.opening.sign?.at).toBe('2026-07-30T02:45:00.000Z')
  })

  test('that nobody was seen is known too, and not only a quarter of an hour later', async () => {
    const store = await storeWith([people(0, NOON - 300 * MINUTE_MS), people(0, NOON - MINUTE_MS)])
    open('08:00-20:00', [people(0, NOON - MINUTE_MS)])
    expect(opening()).toBe('open')
    await latest.lookBack(store)
    expect(opening()).toBe('unknown not_confirmed')
  })
})

test.each([
  [
    'door',
    [
      [0, 0, 0, 0, 1],
      [900, 0.5, 0, 1, 2],
      [1_800, 0, 0, 0, 1],
    ],
    { watchedSinceMs: 0, door: 900 },
  ],
  ['occupancy', [[0, 0, 0, 0, 1]], { watchedSinceMs: 0 }],
  [
    'people',
    [
      [0, 1, 1, 1, 9],
      [900, 1, 1, 1, 9],
    ],
    { watchedSinceMs: 0, people: 0, countMovedMs: 0 },
  ],
  [
    'people_in',
    [
      [0, 7, 7, 7, 2],
      [900, 8, 8, 8, 1],
      [1_800, 8, 8, 8, 1],
    ],
    { watchedSinceMs: 0, people: 900 },
  ],
  [
    'power',
    [
      [0, 400, 1, 1_200, 9],
      [900, 1, 1, 80, 9],
    ],
    { appliance: 0 },
  ],
  ['power', [[0, 1, 1, 1, 9]], undefined],
  ['door', [], undefined],
] as const)('windows of %s show what the readings in them did (%#)', (metric, windows, signs) => {
  expect(pastSigns(metric, windows)).toEqual(signs)
})
