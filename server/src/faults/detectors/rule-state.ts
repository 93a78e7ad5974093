import type { FaultTransition, Severity } from '../transition.ts'

/** What a rule remembers of one device between two readings. Plain values, changed in place: this runs for every reading. */
export interface RuleState {
  /** The version that it was judged by. */
  version: number
  /** Its times are counted so many times as fast as the clock; see the engine. 1 for most. */
  scale: number
  /** Of the fault that stands; undefined: none does. */
  severity: Severity | undefined
  /** Since when each of the detector's conditions has held without a break, in the detector's own order. */
  sinceMs: (number | undefined)[]
  /** Points in time with a value, oldest first; what they mean is the detector's. */
  trend: TrendPoint[]
}

export type TrendPoint = [timeMs: number, value: number]

/** One verdict; the engine adds whose fault it is. */
export type Verdict = Pick<FaultTransition, 'type' | 'severity' | 'evidence'>

export const NO_VERDICTS: readonly Verdict[] = []

export function freshRuleState(version: number, scale = 1): RuleState {
  return { version, scale, severity: undefined, sinceMs: [], trend: [] }
}

/** After a silence nobody knows what was in between: every hold starts anew, and a fault that stands goes on standing. */
export function forgetHolds(state: RuleState): void {
  if (state.sinceMs.length > 0) state.sinceMs = []
  if (state.trend.length > 0) state.trend = []
}

/** Whether there is anything in it that a fresh one has not. */
export function isBlank({ severity, sinceMs, trend }: RuleState): boolean {
  return severity === undefined && trend.length === 0 && sinceMs.every(ms => ms === undefined)
}
