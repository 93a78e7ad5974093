import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadFluxCheck } from '../../test/flux-check.ts'
import { ROLL_UP_FUNCTIONS } from './influx-buckets.ts'
import {
  type FluxSource,
  USAGE_FUNCTIONS,
  type UsageFunction,
  WINDOW_FUNCTIONS,
  countQuery,
  exportQuery,
  keptQuery,
  newestQuery,
  oldestQuery,
  rawQuery,
  usageQuery,
  windowQuery,
} from './influx-flux.ts'

const check = await loadFluxCheck()
const HOUR_MS = Date.UTC(2026, 6, 1, 4)
const QUARTER_MS = 900_000
const source: FluxSource = {
  bucket: 'telemetry',
  level: 'raw',
  devices: ['a', 'b'],
  metric: 'power',
  fromMs: HOUR_MS,
  toMs: HOUR_MS + 3_600_000,
}
const rolled: FluxSource = { ...source, level: 'quarter' }
const all: FluxSource = { bucket: 'telemetry', level: 'raw', fromMs: 0, toMs: HOUR_MS }

describe('the Flux checker', () => {
  it.each([
    ['an unknown function', 'from(bucket: "b") |> rangee(start: -1h)'],
    ['a missing parenthesis', 'from(bucket: "b" |> range(start: -1h)'],
    ['text for a duration', 'from(bucket: "b") |> range(start: -1h) |> aggregateWindow(every: "5m", fn: mean)'],
  ])('refuses %s', (_, flux) => {
    expect(check.isValid(flux)).toBe(false)
  })
})

describe('Flux queries', () => {
  it('are right by syntax, names and types', () => {
    const queries = [source, rolled, { ...rolled, level: 'hour' } as const].flatMap(from => [
      rawQuery(from, 10),
      ...WINDOW_FUNCTIONS.map(fn => windowQuery(from, { everyMs: QUARTER_MS, fn, rows: 10 })),
      ...(Object.keys(USAGE_FUNCTIONS) as UsageFunction[]).map(fn => usageQuery(from, { everyMs: QUARTER_MS, fn })),
      ...ROLL_UP_FUNCTIONS.map(fn => exportQuery(from, { everyMs: QUARTER_MS, fn })),
    ])
    queries.push(exportQuery(all, undefined), newestQuery(all), oldestQuery(all))
    queries.push(keptQuery('telemetry', 'kept'), countQuery(all), countQuery({ ...all, level: 'hour' }))
    expect(queries.filter(flux => !check.isValid(flux))).toEqual([])
  })

  it('filter in the form that InfluxDB hands down to storage', () => {
    expect(rawQuery(source, 101)).toBe(`from(bucket: "telemetry")
  |> range(start: time(v: "2026-07-01T04:00:00.000Z"), stop: time(v: "2026-07-01T05:00:00.000Z"))
  |> filter(fn: (r) => r._measurement == "tele" and r._field == "power" and (r.did == "a" or r.did == "b"))
  |> keep(columns: ["_time", "_value", "did"])
  |> limit(n: 101)`)
    expect(newestQuery(all)).toContain('|> filter(fn: (r) => r._measurement == "tele")\n  |> last()\n')
  })

  it('window directly after the filter, so that storage computes the windows', () => {
    const aggregate =
      /\)\)\n {2}\|> aggregateWindow\(every: duration\(v: "900000ms"\), fn: sum, createEmpty: false, timeSrc: "_start"\)\n/
    expect(windowQuery(source, { everyMs: QUARTER_MS, fn: 'sum', rows: 10 })).toMatch(aggregate)
    expect(usageQuery(source, { everyMs: QUARTER_MS, fn: 'sum' })).toMatch(aggregate)
  })

  it('read roll-ups from their own bucket: counts are added up, and what is as wide already is taken as it is', () => {
    const counts = windowQuery(rolled, { everyMs: 3_600_000, fn: 'count', rows: 10 })
    expect(counts).toContain('from(bucket: "telemetry_15m")')
    expect(counts).toContain('r._measurement == "tele_count"')
    expect(counts).toContain('fn: sum,')
    const means = usageQuery({ ...rolled, level: 'hour' }, { everyMs: 3_600_000, fn: 'sumOfMeans' })
    expect(means).toContain('from(bucket: "telemetry_1h")')
    expect(means).toContain('r._measurement == "tele_mean"')
    expect(means).not.toContain('aggregateWindow')
  })

  it.each([
    'a" or true or r.did == "b',
    'a\\',
    '${r.did}',
    '") |> drop(columns: ["x"]) //',
    "a'b",
    'a\nb\tc',
    '劳动者',
  ])('keep %j one string literal', hostile => {
    const flux = rawQuery({ ...source, bucket: hostile, devices: [hostile, 'b'] }, 10)
    expect(check.isValid(flux)).toBe(true)
    const harmless = check.stringLiterals(rawQuery({ ...source, bucket: 'x', devices: ['x', 'b'] }, 10))
    expect(check.stringLiterals(flux)).toEqual(harmless.map(text => (text === 'x' ? hostile : text)))
  })

  it('keep any device id one string literal', () => {
    const literals = (device: string) => check.stringLiterals(rawQuery({ ...source, devices: [device] }, 10))
    const harmless = literals('harmless')
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), device => {
        // Flux has no escape for NUL and the other control characters; ids never hold any.
        // eslint-disable-next-line no-control-regex -- the control characters are what is left out
        fc.pre(!/[\u0000-\u0008\u000b-\u001f\u007f]/.test(device))
        expect(literals(device)).toEqual(harmless.map(text => (text === 'harmless' ? device : text)))
      }),
      { numRuns: 200 },
    )
  })
})
