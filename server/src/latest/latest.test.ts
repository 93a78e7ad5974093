import type { Reading, StationList } from '@harbor/protocol'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { directoryOf } from '../../test/directory-fixture.ts'
import { EMPTY_CALENDAR } from '../calendar/calendar.ts'
import { createPostedHours } from '../stations/opening.ts'
import { type Latest, createLatest } from './latest.ts'

const START = Date.UTC(2026, 6, 30, 4) // noon in Chongqing
const MINUTE_MS = 60_000

const posted = createPostedHours(EMPTY_CALENDAR)

let sent: StationList[]
let readings: string[]
let faulty: Set<string>
let latest: Latest

function open(hours = '24/7', newest: Reading[] = []): void {
  latest = createLatest({
    directory: directoryOf(hours),
    posted,
    timeZone: 'Asia/Shanghai',
    closedStations: new Set(),
    faultyAppliances: faulty,
    nowMs: Date.now,
    onChanged: list => sent.push(list),
    onReadings: (station, list) =>
      readings.push(...list.map(reading => `${station} ${reading.metric} ${reading.value}`)),
  })
  latest.start(newest)
}

beforeEach(() => {
  vi.useFakeTimers({ now: START })
  sent = []
  readings = []
  faulty = new Set()
})

afterEach(() => {
  latest.stop()
  vi.useRealTimers()
})

const reading = (device: string, metric: Reading['metric'], value: number): Reading => ({
  device,
  metric,
  value,
  timeMs: Date.now(),
})
const people = (value: number) => reading('yuzhong-people', 'people', value)
const view = (station = 'yuzhong-1') => latest.view(station)

describe('what is newest', () => {
  test('is loaded at the start', () => {
    open('24/7', [people(4), reading('a-stranger', 'people', 9)])
    expect(view()?.space).toMatchObject({ state: 'free', people: 4 })
  })

  test('is not replaced by an older reading that arrives later', () => {
    open()
    latest.take([people(4)])
    latest.take([{ ...people(9), timeMs: Date.now() - 1 }])
    expect(view()?.space.people).toBe(4)
    expect(readings).toEqual(['yuzhong-1 people 4'])
  })

  test('counts as read at once, before anything is sent', () => {
    open()
    latest.take([people(10)])
    expect(view()?.space.state).toBe('full')
    expect(latest.detail('yuzhong-1')?.readings).toMatchObject([{ metric: 'people', value: 10, unit: 'count' }])
  })
})

describe('what is sent', () => {
  test('the first change at once, with what comes together with it; then what changed, once, every 250 ms at most', () => {
    open()
    const told = () => sent.map(list => list.stations.map(station => [station.id, station.space.people]))
    latest.take([people(1)])
    expect(sent).toEqual([])
    vi.advanceTimersByTime(10)
    latest.take([people(2)])
    vi.advanceTimersByTime(10)
    expect(told()).toEqual([[['yuzhong-1', 2]]])
    for (let value = 3; value < 8; value++) {
      vi.advanceTimersByTime(30)
      latest.take([people(value)])
    }
    vi.advanceTimersByTime(99)
    expect(told()).toHaveLength(1)
    vi.advanceTimersByTime(1)
    expect(told()).toEqual([[['yuzhong-1', 2]], [['yuzhong-1', 7]]])
  })

  test('not at all when only the time moved on that something was heard, until 30 s have passed', () => {
    open('24/7', [people(1)])
    for (let second = 1; second < 30; second += 1) {
      vi.advanceTimersByTime(1_000)
      latest.take([people(1)])
    }
    vi.advanceTimersByTime(250)
    expect(sent).toEqual([])
    vi.advanceTimersByTime(1_000)
    latest.take([people(1)])
    vi.advanceTimersByTime(250)
    expect(sent).toHaveLength(1)
  })

  test('a count that nobody renewed becomes unknown 10 minutes later, by itself', () => {
    open('24/7', [people(1)])
    vi.advanceTimersByTime(10 * MINUTE_MS)
    expect(view()?.space.state).toBe('free')
    vi.advanceTimersByTime(5_250) // the next look at the clock, and the time until it is sent
    expect(sent.at(-1)?.stations[0]?.space).toMatchObject({ state: 'unknown' })
  })

  test('an alert on an appliance, though no reading came', () => {
    open()
    faulty.add('yubei-1-fridge')
    latest.touch('yubei-1')
    vi.advanceTimersByTime(250)
    expect(sent[0]?.stations).toMatchObject([{ id: 'yubei-1', appliances: [{ state: 'faulty' }] }])
  })

  test('nothing after it was stopped', () => {
    open()
    latest.take([people(1)])
    latest.stop()
    latest.take([people(2)])
    latest.stop()
    expect(vi.getTimerCount()).toBe(0)
    vi.advanceTimersByTime(MINUTE_MS)
    expect(sent).toEqual([])
  })
})

describe('hours', () => {
  test('a station is sent when it is about to close, when it closes, and when it opens', () => {
    open('08:00-13:00') // it is noon; closing soon from 12:30
    const states = () => sent.flatMap(list => list.stations.filter(s => s.id === 'yuzhong-1').map(s => s.opening.state))
    vi.advanceTimersByTime(29 * MINUTE_MS)
    expect(states()).toEqual([])
    vi.advanceTimersByTime(2 * MINUTE_MS)
    expect(states()).toEqual(['closing_soon'])
    vi.advanceTimersByTime(30 * MINUTE_MS)
    expect(states()).toEqual(['closing_soon', 'closed'])
    vi.advanceTimersByTime(19 * 60 * MINUTE_MS)
    expect(states()).toEqual(['closing_soon', 'closed', 'open'])
  })
})
