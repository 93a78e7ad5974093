import type { Metric } from '@harbor/protocol'
import type { DetectorOf, SustainedDetector } from '../rule-schema.ts'
import { localDay } from '../signals/local-time.ts'
import { EVIDENCE_UNITS, type FaultEvidence } from '../transition.ts'
import { NO_VERDICTS, type RuleState, type TrendPoint, type Verdict } from './rule-state.ts'

const MINUTE_MS = 60_000

type SensorDetector = DetectorOf<'flat_line' | 'jumps' | 'imbalance'>

/** A reading with the one before it, and the local clock's distance from UTC. */
export interface SensorInput {
  metric: Metric
  timeMs: number
  value: number
  previous: TrendPoint | undefined
  offsetMs: number
}

/** Judges the next reading of a sensor for what is wrong with the sensor itself; changes `state`. */
export function judgeSensor(detector: SensorDetector, state: RuleState, input: SensorInput): readonly Verdict[] {
  switch (detector.kind) {
    case 'flat_line':
      return judgeFlatLine(detector, state, input)
    case 'jumps':
      return judgeJumps(detector, state, input)
    case 'imbalance':
      return judgeImbalance(detector, state, input)
  }
}

function raiseOrClear(
  { severity }: SensorDetector,
  state: RuleState,
  { isFault, isClear, evidence }: { isFault: boolean; isClear: boolean; evidence: FaultEvidence },
): readonly Verdict[] {
  if (state.severity === undefined) {
    if (!isFault) return NO_VERDICTS
    state.severity = severity
    return [{ type: 'raised', severity, evidence }]
  }
  if (!isClear) return NO_VERDICTS
  const cleared: Verdict = { type: 'cleared', severity: state.severity, evidence }
  state.severity = undefined
  return [cleared]
}

/** `trend` holds since when it has been saying the same, with what; `sinceMs` how often, as a plain number. */
function judgeFlatLine(
  detector: DetectorOf<'flat_line'>,
  state: RuleState,
  { metric, timeMs, value, previous }: SensorInput,
): readonly Verdict[] {
  const since = state.trend[0]
  const isGap = previous !== undefined && timeMs - previous[0] > detector.maxGapMs
  if (since === undefined || isGap || Math.abs(value - since[1]) > detector.band) {
    state.trend = [
      [timeMs, value],
      [timeMs, 1],
    ]
  } else {
    const times = (state.trend[1]?.[1] ?? 0) + 1
    state.trend[1] = [timeMs, Math.min(1e6, times)]
  }
  const fromMs = state.trend[0]?.[0] ?? timeMs
  const times = state.trend[1]?.[1] ?? 0
  return raiseOrClear(detector, state, {
    isFault: timeMs - fromMs >= detector.holdMs && times >= detector.minReadings,
    isClear: fromMs === timeMs && !isGap,
    evidence: {
      metric,
      quantity: 'unchanged',
      unit: EVIDENCE_UNITS.unchanged,
      threshold: detector.holdMs / MINUTE_MS,
      observed: Math.round((timeMs - fromMs) / MINUTE_MS),
      fromMs,
      toMs: timeMs,
    },
  })
}

/** `trend` holds the leaps of the window, oldest first. */
function judgeJumps(
  detector: DetectorOf<'jumps'>,
  state: RuleState,
  { metric, timeMs, value, previous }: SensorInput,
): readonly Verdict[] {
  const isJump =
    previous !== undefined && timeMs - previous[0] <= detector.withinMs && Math.abs(value - previous[1]) >= detector.by
  if (isJump) state.trend.push([timeMs, value])
  const { trend } = state
  while (trend.length > 0 && (trend.length > detector.count || (trend[0]?.[0] ?? 0) < timeMs - detector.windowMs))
    trend.shift()
  return raiseOrClear(detector, state, {
    isFault: trend.length >= detector.count,
    isClear: trend.length === 0,
    evidence: {
      metric,
      quantity: 'jumps',
      unit: EVIDENCE_UNITS.jumps,
      threshold: detector.count,
      observed: trend.length,
      fromMs: trend[0]?.[0] ?? timeMs,
      toMs: timeMs,
    },
  })
}

/**
 * `trend` holds what was counted in and out in the running day, in this order, with the instant of the last count of each;
 * `sinceMs` the last counter values and the day.
 */
function judgeImbalance(
  detector: DetectorOf<'imbalance'>,
  state: RuleState,
  { metric, timeMs, value, offsetMs }: SensorInput,
): readonly Verdict[] {
  const side = metric === 'people_in' ? 0 : metric === 'people_out' ? 1 : undefined
  if (side === undefined) return NO_VERDICTS
  const first = state.trend[0]
  if (first === undefined) {
    state.trend = [
      [timeMs, 0],
      [timeMs, 0],
      [timeMs, -1],
      [timeMs, -1],
    ]
  }
  let verdicts = NO_VERDICTS
  const [cameIn, wentOut] = [state.trend[0] as TrendPoint, state.trend[1] as TrendPoint]
  const dayBeganMs = cameIn[0]
  if (localDay(timeMs, offsetMs) !== localDay(dayBeganMs, offsetMs)) {
    const apart = Math.abs(cameIn[1] - wentOut[1])
    const most = Math.max(cameIn[1], wentOut[1])
    const isOff = apart > detector.by && apart > detector.share * most
    verdicts = raiseOrClear(detector, state, {
      isFault: isOff,
      isClear: !isOff && most > detector.by,
      evidence: {
        metric: 'people_in',
        quantity: 'imbalance',
        unit: EVIDENCE_UNITS.imbalance,
        threshold: Math.max(detector.by, Math.round(detector.share * most)),
        observed: apart,
        fromMs: dayBeganMs,
        toMs: timeMs,
      },
    })
    state.trend[0] = [timeMs, 0]
    state.trend[1] = [timeMs, 0]
  }
  const last = state.trend[2 + side] as TrendPoint
  // A counter that fell was reset: what it counted in between is not known.
  const counted = last[1] >= 0 && value >= last[1] ? value - last[1] : 0
  const today = state.trend[side] as TrendPoint
  state.trend[side] = [today[0], today[1] + counted]
  state.trend[2 + side] = [timeMs, value]
  return verdicts
}

/** The gates' and the derived value's own reading of a sustained rule; undefined where it cannot be reckoned. */
export function derivedValue(
  { derived }: SustainedDetector,
  { value, humidityPct }: { value: number; humidityPct: number | undefined },
): number | undefined {
  if (derived === undefined) return value
  return humidityPct === undefined ? undefined : heatIndexC(value, humidityPct)
}

/**
 * What the air feels like, °C: Rothfusz' regression of the heat index with its two corrections (US National Weather Service,
 * Technical Attachment SR 90-23), and the simple formula below 80 °F, where the regression does not hold.
 */
export function heatIndexC(temperatureC: number, humidityPct: number): number {
  const t = temperatureC * 1.8 + 32
  const h = humidityPct
  const simple = (t + 61 + (t - 68) * 1.2 + h * 0.094) / 2
  let f = (simple + t) / 2
  if (f >= 80) {
    f =
      -42.379 +
      2.04901523 * t +
      10.14333127 * h -
      0.22475541 * t * h -
      6.83783e-3 * t * t -
      5.481717e-2 * h * h +
      1.22874e-3 * t * t * h +
      8.5282e-4 * t * h * h -
      1.99e-6 * t * t * h * h
    if (h < 13 && t <= 112) f -= ((13 - h) / 4) * Math.sqrt((17 - Math.abs(t - 95)) / 17)
    else if (h > 85 && t <= 87) f += ((h - 85) / 10) * ((87 - t) / 5)
  }
  return Math.round(((f - 32) / 1.8) * 10) / 10
}
