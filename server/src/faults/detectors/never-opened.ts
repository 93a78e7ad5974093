import type { Door } from '../context.ts'
import type { DetectorOf } from '../rule-schema.ts'
import { EVIDENCE_UNITS, type FaultEvidence } from '../transition.ts'
import { NO_VERDICTS, type RuleState, type Verdict } from './rule-state.ts'

/** Where the instants stand in `sinceMs`: the posted opening that was seen, and when the fault was raised. */
const OPENED = 0
const RAISED = 1
/** When people were seen inside last. */
const SEEN = 2
/** Where they stand in `trend`: the reading before, with 1 while the station was open. */
const LAST = 0

const MINUTE_MS = 60_000

/** A look at the station's hours, its door and the people in it. */
export interface NeverOpenedInput {
  timeMs: number
  /** Undefined: the hours are not known. */
  isOpen: boolean | undefined
  door: () => Door | undefined
  people: () => number | undefined
}

/**
 * Judges whether the door was opened at all since the posted opening. The opening itself must have been seen: of a station that
 * never closes, and of a day that began in silence, nothing is said.
 */
export function judgeNeverOpened(
  detector: DetectorOf<'never_opened'>,
  state: RuleState,
  { timeMs, isOpen, door, people }: NeverOpenedInput,
): readonly Verdict[] {
  const { sinceMs, trend } = state
  const last = trend[LAST]
  const isGap = last !== undefined && timeMs - last[0] > detector.maxGapMs
  if (isOpen === true && last?.[1] === 0 && !isGap) sinceMs[OPENED] = timeMs
  else if (isOpen !== true || isGap) sinceMs[OPENED] = undefined
  trend[LAST] = [timeMs, isOpen === true ? 1 : 0]

  // With people inside it is open: there is another door, or the contact did not tell.
  if (isOpen !== true) sinceMs[SEEN] = undefined
  else if ((people() ?? 0) > 0) sinceMs[SEEN] = timeMs

  const openedMs = sinceMs[OPENED]
  const seen = openedMs === undefined && state.severity === undefined ? undefined : door()
  const seenInsideMs = sinceMs[SEEN] ?? -Infinity
  // Of a contact that never said "open" nobody knows whether it can.
  const isShut =
    openedMs !== undefined &&
    seen !== undefined &&
    Number.isFinite(seen.lastOpenMs) &&
    seen.lastOpenMs < openedMs - detector.earlyMs &&
    seenInsideMs < openedMs
  const fromMs = openedMs ?? timeMs
  const evidence: FaultEvidence = {
    metric: 'door',
    quantity: 'not_opened',
    unit: EVIDENCE_UNITS.not_opened,
    threshold: detector.holdMs / MINUTE_MS,
    observed: Math.round((timeMs - fromMs) / MINUTE_MS),
    fromMs,
    toMs: timeMs,
  }
  if (state.severity === undefined) {
    if (!isShut || timeMs - fromMs < detector.holdMs) return NO_VERDICTS
    state.severity = detector.severity
    sinceMs[RAISED] = timeMs
    return [{ type: 'raised', severity: state.severity, evidence }]
  }
  const raisedMs = sinceMs[RAISED] ?? timeMs
  const isOver = isOpen === false || Math.max(seen?.lastOpenMs ?? 0, seenInsideMs) >= raisedMs - detector.holdMs
  if (isOver) {
    const cleared: Verdict = { type: 'cleared', severity: state.severity, evidence }
    state.severity = undefined
    sinceMs[RAISED] = undefined
    return [cleared]
  }
  const verdicts: Verdict[] = []
  for (const { afterMs, severity } of detector.escalate) {
    // P0 is the worst, and severities sort by their names.
    if (!isShut || timeMs - raisedMs < afterMs || severity >= state.severity) continue
    state.severity = severity
    verdicts.push({ type: 'escalated', severity, evidence })
  }
  return verdicts
}
