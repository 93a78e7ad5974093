import type { Door } from '../context.ts'
import type { DetectorOf } from '../rule-schema.ts'
import { EVIDENCE_UNITS, type FaultEvidence } from '../transition.ts'
import { NO_VERDICTS, type RuleState, type Verdict } from './rule-state.ts'

/** Where the instants stand in `sinceMs`: since when nobody was counted, the reading before, and when the door was seen open last. */
const ZERO = 0
const LAST = 1
const DOOR = 2

/** A count, and the door at that moment. */
export interface DeadCounterInput {
  timeMs: number
  people: number
  /** Undefined: the hours are not known. */
  isOpen: boolean | undefined
  door: Door | undefined
}

/**
 * Judges a count of people against the station's door; changes `state`, whose `trend` holds the openings since nobody is counted. A
 * station that is closed, or whose hours are not known, is not judged: keepers come and go.
 */
export function judgeDeadCounter(
  detector: DetectorOf<'dead_counter'>,
  state: RuleState,
  { timeMs, people, isOpen, door }: DeadCounterInput,
): readonly Verdict[] {
  const { sinceMs, trend } = state
  const openMs = door !== undefined && Number.isFinite(door.lastOpenMs) ? door.lastOpenMs : undefined
  const isGap = timeMs - (sinceMs[LAST] ?? timeMs) > detector.maxGapMs
  if (people > 0 || isOpen !== true || isGap) {
    state.trend = []
    state.sinceMs = [isOpen === true && people <= 0 ? timeMs : undefined, timeMs, openMs]
    if (people <= 0 || state.severity === undefined) return NO_VERDICTS
    const cleared: Verdict = {
      type: 'cleared',
      severity: state.severity,
      evidence: evidenceOf(detector, state, timeMs),
    }
    state.severity = undefined
    return [cleared]
  }
  sinceMs[ZERO] ??= timeMs
  sinceMs[LAST] = timeMs
  if (openMs !== undefined) {
    if (openMs > (sinceMs[DOOR] ?? openMs) + detector.apartMs) trend.push([openMs, 1])
    while (trend.length > detector.openings) trend.shift()
    sinceMs[DOOR] = openMs
  }
  const isLong = timeMs - sinceMs[ZERO] >= detector.holdMs
  const isBusy = trend.length >= detector.openings && timeMs - (trend[0]?.[0] ?? 0) <= detector.withinMs
  if (state.severity !== undefined || !isLong || !isBusy) return NO_VERDICTS
  state.severity = detector.severity
  return [{ type: 'raised', severity: state.severity, evidence: evidenceOf(detector, state, timeMs) }]
}

function evidenceOf({ openings }: DetectorOf<'dead_counter'>, { trend }: RuleState, timeMs: number): FaultEvidence {
  return {
    metric: 'people',
    quantity: 'uncounted_openings',
    unit: EVIDENCE_UNITS.uncounted_openings,
    threshold: openings,
    observed: trend.length,
    fromMs: trend[0]?.[0] ?? timeMs,
    toMs: timeMs,
  }
}
