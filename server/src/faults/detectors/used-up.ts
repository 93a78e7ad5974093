import type { DetectorOf } from '../rule-schema.ts'
import { EVIDENCE_UNITS, type FaultEvidence } from '../transition.ts'
import { NO_VERDICTS, type RuleState, type TrendPoint, type Verdict } from './rule-state.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** The next reading of the watts with the one before it. */
export interface UsedUpInput {
  timeMs: number
  value: number
  previous: TrendPoint | undefined
}

/**
 * Counts what was heated since a part was replaced. `trend` holds when the count began with the Wh since then, and the day of the
 * replacement that it counts from.
 */
export function judgeUsedUp(
  detector: DetectorOf<'used_up'>,
  state: RuleState,
  { timeMs, previous }: UsedUpInput,
): readonly Verdict[] {
  const { replacedAtMs, aboveW, maxGapMs, whPerLitre, litres, maxAgeMs } = detector
  const isReplaced = state.trend[1] !== undefined && state.trend[1][1] !== replacedAtMs
  if (state.trend[0] === undefined || isReplaced) {
    // A day that is still to come was mistyped: it has not been replaced yet.
    const beganMs = replacedAtMs > 0 && replacedAtMs <= timeMs ? replacedAtMs : timeMs
    state.trend = [
      [beganMs, 0],
      [timeMs, replacedAtMs],
    ]
  }
  const count = state.trend[0] as TrendPoint
  if (previous !== undefined && previous[1] >= aboveW && timeMs - previous[0] <= maxGapMs)
    count[1] = Math.round((count[1] + (previous[1] * (timeMs - previous[0])) / HOUR_MS) * 100) / 100
  const [fromMs, wh] = count
  const usedLitres = wh / whPerLitre
  const isOld = timeMs - fromMs >= maxAgeMs
  const isUsedUp = usedLitres >= litres
  if (state.severity === undefined ? !isOld && !isUsedUp : isOld || isUsedUp) return NO_VERDICTS
  const evidence: FaultEvidence = {
    metric: 'power',
    ...(isUsedUp || !isOld
      ? {
          quantity: 'heated_water' as const,
          unit: EVIDENCE_UNITS.heated_water,
          threshold: litres,
          observed: Math.round(usedLitres),
        }
      : {
          quantity: 'filter_age' as const,
          unit: EVIDENCE_UNITS.filter_age,
          threshold: Math.round(maxAgeMs / DAY_MS),
          observed: Math.round((timeMs - fromMs) / DAY_MS),
        }),
    fromMs,
    toMs: timeMs,
  }
  if (state.severity === undefined) {
    state.severity = detector.severity
    return [{ type: 'raised', severity: state.severity, evidence }]
  }
  const cleared: Verdict = { type: 'cleared', severity: state.severity, evidence }
  state.severity = undefined
  return [cleared]
}
