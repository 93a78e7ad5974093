import { SEVERITIES } from '@harbor/protocol'
import type { PowerDetector } from '../rule-schema.ts'
import type { Severity } from '../transition.ts'
import type { Finding } from './power-findings.ts'
import { NO_VERDICTS, type RuleState, type Verdict } from './rule-state.ts'

/** Where the instants stand in `sinceMs`: since when it is a fault, since when it is clear, when it was raised. */
const FAULT = 0
const CLEAR = 1
const RAISED = 2

/** A look at the appliance. `isOpen` false: a gate is shut, so that nothing is raised and what stands may clear. */
export interface LatchInput {
  timeMs: number
  /** Undefined: nothing can be told, so that holds start anew and what stands goes on standing. */
  finding: Finding | undefined
  isOpen: boolean
}

/** Turns findings into verdicts: a fault is raised once it was one for long enough, and cleared once it was none for long enough. */
export function judgeFinding(
  detector: PowerDetector,
  state: RuleState,
  { timeMs, finding, isOpen }: LatchInput,
): readonly Verdict[] {
  const { sinceMs } = state
  if (finding === undefined) {
    sinceMs[FAULT] = undefined
    sinceMs[CLEAR] = undefined
    return NO_VERDICTS
  }
  const isFault = isOpen && finding.fault
  const isClear = !isFault && (finding.clear || !isOpen)
  if (!isFault && state.severity === undefined) {
    if (sinceMs.length > 0) sinceMs.length = 0
    return NO_VERDICTS
  }
  sinceMs[FAULT] = isFault ? (sinceMs[FAULT] ?? timeMs) : undefined
  sinceMs[CLEAR] = isClear ? (sinceMs[CLEAR] ?? timeMs) : undefined
  const { evidence } = finding
  if (state.severity !== undefined && isClear && timeMs - (sinceMs[CLEAR] ?? timeMs) >= detector.clearMs) {
    const cleared: Verdict = { type: 'cleared', severity: state.severity, evidence }
    state.severity = undefined
    sinceMs.length = 0
    return [cleared]
  }
  const verdicts: Verdict[] = []
  if (state.severity === undefined) {
    const fromMs = sinceMs[FAULT] ?? timeMs
    if (timeMs - fromMs < detector.holdMs) return NO_VERDICTS
    state.severity = detector.severity
    sinceMs[RAISED] = timeMs
    const lasted = detector.holdMs > 0 && fromMs < evidence.fromMs ? { ...evidence, fromMs } : evidence
    verdicts.push({ type: 'raised', severity: state.severity, evidence: lasted })
  }
  const raisedMs = sinceMs[RAISED] ?? timeMs
  for (const { afterMs, severity } of detector.escalate) {
    if (!isFault || timeMs - raisedMs < afterMs || !isWorse(severity, state.severity)) continue
    state.severity = severity
    verdicts.push({ type: 'escalated', severity, evidence })
  }
  return verdicts
}

/** P0 is the worst. */
function isWorse(severity: Severity, than: Severity): boolean {
  return SEVERITIES.indexOf(severity) < SEVERITIES.indexOf(than)
}
