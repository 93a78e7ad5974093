import type { Metric } from '@harbor/protocol'
import type { DetectorOf } from '../rule-schema.ts'
import { EVIDENCE_UNITS } from '../transition.ts'
import { NO_VERDICTS, type RuleState, type Verdict } from './rule-state.ts'

export interface WrongClockInput {
  metric: Metric
  timeMs: number
  receivedAtMs: number
}

/** So many readings in a row that say otherwise begin anew: one alone was held up on its way. */
const STRAYS = 3

/**
 * Judges when a reading arrives by the date it bears, in the order of arrival. `trend` holds since when they are off by the same,
 * with how much, the newest with how many, and the newest that said otherwise with how many in a row; by the server's clock.
 */
export function judgeWrongClock(
  detector: DetectorOf<'wrong_clock'>,
  state: RuleState,
  { metric, timeMs, receivedAtMs }: WrongClockInput,
): readonly Verdict[] {
  const { aheadMs, behindMs, bandMs, holdMs, minReadings } = detector
  const offsetMs = timeMs - receivedAtMs
  const isOff = offsetMs > aheadMs || offsetMs < -behindMs
  // Almost every reading of a fleet ends here.
  if (!isOff && state.trend.length === 0) return NO_VERDICTS
  const [base, newest, stray] = state.trend
  if (base === undefined || newest === undefined) beginAnew(state, receivedAtMs, offsetMs)
  else {
    const wasOff = base[1] > aheadMs || base[1] < -behindMs
    const isSame = wasOff === isOff && (!isOff || Math.abs(offsetMs - base[1]) <= bandMs)
    const strays = isSame ? 0 : (stray?.[1] ?? 0) + 1
    if (strays >= STRAYS) beginAnew(state, receivedAtMs, offsetMs)
    else {
      state.trend[1] = [receivedAtMs, Math.min(999, newest[1] + (isSame ? 1 : 0))]
      if (isSame) state.trend.length = 2
      else state.trend[2] = [receivedAtMs, strays]
    }
    if (!isSame) return NO_VERDICTS
  }
  const [[fromMs], [toMs, count]] = state.trend as [[number, number], [number, number]]
  if (toMs - fromMs < holdMs || count < minReadings) return NO_VERDICTS
  const evidence = {
    metric,
    quantity: 'clock_offset' as const,
    unit: EVIDENCE_UNITS.clock_offset,
    threshold: (offsetMs >= 0 ? aheadMs : -behindMs) / 1000,
    observed: Math.round(offsetMs / 1000),
    fromMs,
    toMs,
  }
  if (isOff && state.severity === undefined) {
    state.severity = detector.severity
    return [{ type: 'raised', severity: state.severity, evidence }]
  }
  if (isOff) return NO_VERDICTS
  state.trend = []
  if (state.severity === undefined) return NO_VERDICTS
  const cleared: Verdict = { type: 'cleared', severity: state.severity, evidence }
  state.severity = undefined
  return [cleared]
}

function beginAnew(state: RuleState, receivedAtMs: number, offsetMs: number): void {
  state.trend = [
    [receivedAtMs, offsetMs],
    [receivedAtMs, 1],
  ]
}
