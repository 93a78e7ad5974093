import { HttpError, RequestTimedOutError } from '@influxdata/influxdb-client'
import { describe, expect, it } from 'vitest'
import { outcomeOf } from './influx-outcome.ts'

const NOW_MS = Date.UTC(2026, 6, 1, 4)

function httpError(status: number, retryAfter?: string): HttpError {
  const headers = retryAfter === undefined ? {} : { 'retry-after': retryAfter }
  return new HttpError(status, 'text', 'body', retryAfter, undefined, undefined, headers)
}

describe('the outcome of a write', () => {
  it.each([
    [200, 'operator'],
    [301, 'operator'],
    [400, 'malformed'],
    [401, 'operator'],
    [403, 'operator'],
    [404, 'operator'],
    [405, 'operator'],
    [408, 'later'],
    [413, 'smaller'],
    [422, 'partial'],
    [429, 'later'],
    [500, 'later'],
    [504, 'later'],
  ])('HTTP %i means %s', (status, kind) => {
    expect(outcomeOf(httpError(status), NOW_MS).kind).toBe(kind)
  })

  it.each([new RequestTimedOutError(), new Error('ECONNREFUSED'), 'text'])('no answer (%s) means later', error => {
    expect(outcomeOf(error, NOW_MS)).toMatchObject({ kind: 'later', retryAfterMs: 0 })
  })

  it.each([
    ['2', 2_000],
    ['Wed, 01 Jul 2026 04:00:30 GMT', 30_000],
    ['Wed, 01 Jul 2026 03:00:00 GMT', 0],
    ['99999', 600_000],
    ['soon', 0],
  ])('Retry-After %s means a wait of %i ms', (text, retryAfterMs) => {
    expect(outcomeOf(httpError(503, text), NOW_MS)).toMatchObject({ retryAfterMs })
  })
})
