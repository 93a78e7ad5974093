import { SEVERITIES } from '@harbor/protocol'
import type { SustainedDetector } from '../rule-schema.ts'
import { EVIDENCE_UNITS, type FaultEvidence, type Severity } from '../transition.ts'
import { NO_VERDICTS, type RuleState, type TrendPoint, type Verdict, forgetHolds } from './rule-state.ts'

type Limit = SustainedDetector['clear']

/** Points that span a trend's window: enough for a slope under noise, few enough to keep for every device. */
const TREND_POINTS = 8

/** A reading with the ones before it, and with what else must be so. */
export interface SustainedInput {
  timeMs: number
  value: number
  /** Up to two readings before it, oldest first. */
  recent: readonly TrendPoint[]
  /** Whether every gate of the detector is open. */
  isOpen: boolean
}

/**
 * Judges the next reading, which must be newer than the one before, and changes `state`.
 *
 * Where readings are close together, judged is the median of the last three, so that a single wrong one, in either
 * direction, neither starts nor ends a hold; `observed` in the evidence is that median. It costs one report interval. Where
 * they are far apart each is judged as it is: there a single low value is a real one between two door openings more often
 * than a wrong one.
 */
export function judgeSustained(
  detector: SustainedDetector,
  state: RuleState,
  { timeMs, value, recent, isOpen }: SustainedInput,
): readonly Verdict[] {
  const lastMs = recent.at(-1)?.[0]
  if (lastMs !== undefined && timeMs - lastMs > detector.maxGapMs) forgetHolds(state)
  const level = smoothed(recent, [timeMs, value], detector.smoothMs)

  const { raise, escalate, clear } = detector
  const { sinceMs } = state
  let index = 0
  for (const limit of raise) follow(sinceMs, index++, isOpen && isBeyond(limit, level) ? timeMs : undefined)
  for (const limit of escalate) follow(sinceMs, index++, isOpen && isBeyond(limit, level) ? timeMs : undefined)
  // Asked for only while a fault stands.
  const isClear = state.severity !== undefined && (!isOpen || isBeyond(clear, level))
  follow(sinceMs, index, isClear ? timeMs : undefined)
  followTrend(detector, state, [timeMs, level])

  const isHeld = (limit: Limit, at: number): boolean => {
    const since = sinceMs[at]
    return since !== undefined && timeMs - since >= limit.holdMs
  }
  const evidence = (limit: Limit, at: number): FaultEvidence => ({
    metric: detector.metric,
    ...(detector.derived !== undefined && { quantity: detector.derived, unit: EVIDENCE_UNITS[detector.derived] }),
    threshold: limit.threshold,
    observed: level,
    fromMs: sinceMs[at] ?? timeMs,
    toMs: timeMs,
  })

  if (state.severity !== undefined && isHeld(clear, index)) {
    const cleared: Verdict = { type: 'cleared', severity: state.severity, evidence: evidence(clear, index) }
    state.severity = undefined
    return [cleared]
  }
  const verdicts: Verdict[] = []
  if (state.severity === undefined) {
    const at = raise.findIndex((limit, at) => isHeld(limit, at) && !isRecovering(limit, state.trend, [timeMs, level]))
    const limit = raise[at]
    if (limit === undefined) return NO_VERDICTS
    state.severity = detector.severity
    verdicts.push({ type: 'raised', severity: state.severity, evidence: evidence(limit, at) })
  }
  for (const [offset, limit] of escalate.entries()) {
    const at = raise.length + offset
    if (!isHeld(limit, at) || !isWorse(limit.severity, state.severity)) continue
    state.severity = limit.severity
    verdicts.push({ type: 'escalated', severity: limit.severity, evidence: evidence(limit, at) })
  }
  return verdicts
}

function follow(sinceMs: (number | undefined)[], at: number, beyondAtMs: number | undefined): void {
  sinceMs[at] = beyondAtMs === undefined ? undefined : (sinceMs[at] ?? beyondAtMs)
}

/** Keeps a trend only while it may be asked for, so that a healthy device costs nothing. */
function followTrend({ raise }: SustainedDetector, state: RuleState, [timeMs, level]: TrendPoint): void {
  let windowMs = 0
  for (const [at, { unlessRecovering }] of raise.entries())
    if (unlessRecovering !== undefined && state.sinceMs[at] !== undefined)
      windowMs = Math.max(windowMs, unlessRecovering.withinMs)
  if (windowMs === 0) {
    if (state.trend.length > 0) state.trend = []
    return
  }
  const newestMs = state.trend.at(-1)?.[0]
  if (newestMs === undefined || timeMs - newestMs >= windowMs / TREND_POINTS) state.trend.push([timeMs, level])
  while ((state.trend[0]?.[0] ?? timeMs) < timeMs - windowMs) state.trend.shift()
}

function isRecovering(
  { beyond, unlessRecovering }: SustainedDetector['raise'][number],
  trend: readonly TrendPoint[],
  now: TrendPoint,
): boolean {
  if (unlessRecovering === undefined) return false
  const { by, withinMs } = unlessRecovering
  const fromMs = now[0] - withinMs
  const change = slopePerMs([...trend.filter(([timeMs]) => timeMs >= fromMs && timeMs < now[0]), now]) * withinMs
  return beyond === 'above' ? change <= -by : change >= by
}

/** Least squares; 0 for fewer than two points. */
function slopePerMs(points: readonly TrendPoint[]): number {
  const n = points.length
  const originMs = points[0]?.[0] ?? 0
  let [sumT, sumV, sumTT, sumTV] = [0, 0, 0, 0]
  for (const [timeMs, value] of points) {
    const t = timeMs - originMs
    sumT += t
    sumV += value
    sumTT += t * t
    sumTV += t * value
  }
  const spread = n * sumTT - sumT * sumT
  return spread === 0 ? 0 : (n * sumTV - sumT * sumV) / spread
}

/** The median of three readings that lie within `withinMs`, else the newest. */
function smoothed([first, second]: readonly TrendPoint[], [timeMs, value]: TrendPoint, withinMs: number): number {
  if (first === undefined || second === undefined || timeMs - first[0] > withinMs) return value
  const [a, b] = [first[1], second[1]]
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), value))
}

function isBeyond({ beyond, threshold }: Limit, value: number): boolean {
  return beyond === 'above' ? value > threshold : value < threshold
}

/** P0 is the worst. */
function isWorse(severity: Severity, than: Severity): boolean {
  return SEVERITIES.indexOf(severity) < SEVERITIES.indexOf(than)
}
