import type { Telemetry } from '@harbor/protocol'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { appendReadings } from './telemetry-append.ts'

const FROM = Date.parse('2026-07-30T03:00:00.000Z')
const TO = FROM + 3_600_000
const series = (points: number[][], everyMs?: number): Telemetry => ({
  station: 's',
  metric: 'temperature',
  unit: 'Cel',
  from: new Date(FROM).toISOString(),
  to: new Date(TO).toISOString(),
  ...(everyMs === undefined ? {} : { everyMs }),
  truncated: false,
  series: [{ device: 'd', points }],
})
const reading = (value: number, atMs: number, change: object = {}) => ({
  device: 'd',
  metric: 'temperature',
  value,
  at: new Date(atMs).toISOString(),
  ...change,
})
const pointsOf = (telemetry: Telemetry, device = 'd') => telemetry.series.find(one => one.device === device)?.points

describe('a series of single readings', () => {
  it('grows by a reading, and cuts what has left the span', () => {
    const grown = appendReadings(
      series([
        [FROM, 1],
        [TO - 5, 2],
      ]),
      [reading(3, TO + 10)],
      TO + 10,
    )
    expect(pointsOf(grown)).toEqual([
      [TO - 5, 2],
      [TO + 10, 3],
    ])
  })

  it('takes the same reading twice as once', () => {
    const once = appendReadings(series([]), [reading(3, TO)], TO)
    expect(appendReadings(once, [reading(3, TO)], TO)).toEqual(once)
  })

  it('begins a line for a device that is new', () => {
    const grown = appendReadings(series([[TO, 1]]), [reading(3, TO, { device: 'e', appliance: 'a' })], TO)
    expect(grown.series[1]).toEqual({ device: 'e', appliance: 'a', points: [[TO, 3]] })
  })

  it('is the same object when the readings are of another metric', () => {
    const before = series([[TO, 1]])
    expect(appendReadings(before, [reading(3, TO, { metric: 'power' })], TO)).toBe(before)
  })

  it('is in order of time with each time once, however readings arrive', () => {
    const time = fc.integer({ min: FROM, max: TO })
    fc.assert(
      fc.property(fc.array(time, { maxLength: 40 }), times => {
        const grown = appendReadings(
          series([]),
          times.map((atMs, index) => reading(index, atMs)),
          TO,
        )
        const seen = (pointsOf(grown) ?? []).map(point => point[0])
        expect(seen).toEqual([...new Set(times)].sort((a, b) => a - b))
      }),
    )
  })
})

describe('a series of windows', () => {
  const EVERY = 60_000

  it('joins a reading to the mean, minimum, maximum and count of the newest window', () => {
    const grown = appendReadings(series([[TO - EVERY, 10, 9, 11, 3]], EVERY), [reading(14, TO + 1)], TO + 1)
    // Beyond that window: it gets its own.
    expect(pointsOf(grown)).toEqual([
      [TO - EVERY, 10, 9, 11, 3],
      [TO, 14, 14, 14, 1],
    ])
    const more = appendReadings(grown, [reading(10, TO + 2)], TO + 2)
    expect(pointsOf(more)?.at(-1)).toEqual([TO, 12, 10, 14, 2]) // (14 + 10) / 2
  })

  it('leaves readings that the fetch may have counted to the next fetch', () => {
    const before = series([[TO - EVERY, 10, 9, 11, 3]], EVERY)
    expect(appendReadings(before, [reading(14, TO)], TO)).toBe(before)
  })
})
