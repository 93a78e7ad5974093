import { describe, expect, it } from 'vitest'
import { STATION, alert, station } from '../test/fixture-data.ts'
import { isOfTrace, traceOf } from './trace-span.ts'

const NOW = Date.parse('2026-07-30T04:00:00.000Z')
const MINUTE_MS = 60_000
const iso = (ms: number) => new Date(ms).toISOString()
const detail = station(STATION, NOW)

describe('what is drawn of an alert', () => {
  it('goes from half an hour before the rule’s span up to now, while it stands', () => {
    const trace = traceOf(alert('a', NOW - 60 * MINUTE_MS), detail, NOW)
    expect(trace).toMatchObject({ metric: 'temperature', everyMs: undefined })
    expect([NOW - trace.fromMs, NOW - trace.toMs]).toEqual([(60 + 31 + 30) * MINUTE_MS, 0])
  })

  it('ends some time after it was resolved', () => {
    const old = NOW - 10 * 24 * 60 * MINUTE_MS
    const over = alert('a', old, { state: 'resolved', resolvedAt: iso(old + 20 * MINUTE_MS) })
    expect(traceOf(over, detail, NOW).toMs).toBe(old + 50 * MINUTE_MS)
  })

  it('asks for windows when there is more than a screen can show, and never for more than two weeks', () => {
    const { evidence } = alert('a', NOW)
    const long = alert('a', NOW, { evidence: { ...evidence, from: iso(NOW - 48 * 60 * MINUTE_MS) } })
    // 48 h and 24 h before: 4,320 min in at most 400 windows.
    expect(traceOf(long, detail, NOW).everyMs).toBe(11 * MINUTE_MS)
    const standing = alert('a', NOW - 60 * 24 * 60 * MINUTE_MS)
    const { fromMs, toMs } = traceOf(standing, detail, NOW)
    expect(toMs - fromMs).toBe(14 * 24 * 60 * MINUTE_MS)
  })

  it('shows a silent device by what it measured, and a silent station by its power', () => {
    const { evidence } = alert('a', NOW)
    const silent = (device?: string) =>
      alert('a', NOW, { evidence: { ...evidence, metric: 'online', quantity: 'silence', device } })
    expect(traceOf(silent('500103-01-room'), detail, NOW).metric).toBe('humidity')
    expect(traceOf(silent(), detail, NOW).metric).toBe('power')
  })

  it('has a line for a limit on the readings themselves, not on what was reckoned from them', () => {
    const plain = alert('a', NOW)
    const duty = alert('a', NOW, { evidence: { ...plain.evidence, metric: 'power', quantity: 'duty', unit: '%' } })
    expect(isOfTrace(plain, traceOf(plain, detail, NOW))).toBe(true)
    expect(isOfTrace(duty, traceOf(duty, detail, NOW))).toBe(false)
  })
})
