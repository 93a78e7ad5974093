import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadFluxCheck } from '../../test/flux-check.ts'
import { WINDOW_FUNCTIONS, newestQuery, rawQuery, windowQuery } from './influx-flux.ts'

const check = await loadFluxCheck()
const HOUR_MS = Date.UTC(2026, 6, 1, 4)
const query = { devices: ['a', 'b'], metric: 'power', fromMs: HOUR_MS, toMs: HOUR_MS + 3_600_000, limit: 100 } as const

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
    const queries = [
      rawQuery('telemetry', query),
      newestQuery('telemetry', { fromMs: HOUR_MS, toMs: HOUR_MS + 1 }),
      ...WINDOW_FUNCTIONS.map(fn => windowQuery('telemetry', query, { everyMs: 300_000, fn })),
    ]
    expect(queries.filter(flux => !check.isValid(flux))).toEqual([])
  })

  it('filter in the form that InfluxDB hands down to storage', () => {
    expect(rawQuery('telemetry', query)).toBe(`from(bucket: "telemetry")
  |> range(start: time(v: "2026-07-01T04:00:00.000Z"), stop: time(v: "2026-07-01T05:00:00.000Z"))
  |> filter(fn: (r) => r._measurement == "tele" and r._field == "power" and (r.did == "a" or r.did == "b"))
  |> keep(columns: ["_time", "_value", "did"])
  |> limit(n: 101)`)
  })

  it('window directly after the filter, so that storage computes the windows', () => {
    expect(windowQuery('telemetry', query, { everyMs: 300_000, fn: 'mean' })).toMatch(
      /\)\)\n {2}\|> aggregateWindow\(every: duration\(v: "300000ms"\), fn: mean, createEmpty: false, timeSrc: "_start"\)\n/,
    )
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
    const flux = rawQuery(hostile, { ...query, devices: [hostile, 'b'] })
    expect(check.isValid(flux)).toBe(true)
    const harmless = check.stringLiterals(rawQuery('x', { ...query, devices: ['x', 'b'] }))
    expect(check.stringLiterals(flux)).toEqual(harmless.map(text => (text === 'x' ? hostile : text)))
  })

  it('keep any device id one string literal', () => {
    const harmless = check.stringLiterals(rawQuery('b', { ...query, devices: ['harmless'] }))
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), device => {
        // Flux has no escape for NUL and the other control characters; ids never hold any.
        // eslint-disable-next-line no-control-regex -- the control characters are what is left out
        fc.pre(!/[\u0000-\u0008\u000b-\u001f\u007f]/.test(device))
        const found = check.stringLiterals(rawQuery('b', { ...query, devices: [device] }))
        expect(found).toEqual(harmless.map(text => (text === 'harmless' ? device : text)))
      }),
      { numRuns: 200 },
    )
  })
})
