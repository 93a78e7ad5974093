import type { ApplianceKind, Metric, SEVERITIES } from '@harbor/protocol'

export type Severity = (typeof SEVERITIES)[number]

/** One reading with what it was taken of. Event time alone counts: the engine has no clock. */
export interface FaultInput {
  device: string
  appliance: string
  applianceKind: ApplianceKind
  model: string | undefined
  metric: Metric
  timeMs: number
  value: number
}

/** A fault that came, grew worse or went. `atMs` is the time of the reading that showed it. */
export interface FaultTransition {
  type: 'raised' | 'escalated' | 'cleared'
  atMs: number
  device: string
  appliance: string
  rule: string
  ruleVersion: number
  /** After the transition; of a cleared fault, the last it had. */
  severity: Severity
  evidence: FaultEvidence
}

/** What the rule saw: `metric` was beyond `threshold` from `fromMs` to `toMs`, and `observed` at the end. */
export interface FaultEvidence {
  metric: Metric
  threshold: number
  observed: number
  fromMs: number
  toMs: number
}
