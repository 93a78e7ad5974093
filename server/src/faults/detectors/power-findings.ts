import { type Baseline, LEARNT_DAYS, dutyFactor } from '../signals/baseline.ts'
import { dutyOf, leastThirdOf } from '../signals/habits.ts'
import { goneBelowW, isStandbyGone } from '../signals/learning.ts'
import { isUsualRun, isVarying } from '../signals/phases.ts'
import type { PowerSpec } from '../signals/power-spec.ts'
import { middleStrength } from '../signals/sessions.ts'
import { NEVER, type PowerState, UNKNOWN_C } from '../signals/power-state.ts'
import type { DetectorOf, PowerDetector } from '../rule-schema.ts'
import { EVIDENCE_UNITS, type EvidenceQuantity, type FaultEvidence } from '../transition.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** Everything that rules on a plug's watts look at, at one instant. */
export interface PowerView {
  timeMs: number
  localHour: number
  spec: PowerSpec
  state: PowerState
  baseline: Baseline
  roomC: () => number | undefined
  ownC: () => number | undefined
}

/** What a detector sees: `fault` and `clear` are both false where it is neither, or cannot be told. */
export interface Finding {
  fault: boolean
  clear: boolean
  evidence: FaultEvidence
}

/** Looks at the appliance now; undefined where nothing can be told. Changes nothing. */
export function findOf(detector: PowerDetector, view: PowerView): Finding | undefined {
  switch (detector.kind) {
    case 'long_phase':
      return longPhase(detector, view)
    case 'high_duty':
      return highDuty(detector, view)
    case 'many_starts':
      return manyStarts(detector, view)
    case 'failed_starts':
      return failedStarts(detector, view)
    case 'cold_sessions':
      return coldSessions(detector, view)
    case 'weak_sessions':
      return weakSessions(detector, view)
    case 'power_gone':
      return powerGone(detector, view)
    case 'flat_heat':
      return flatHeat(detector, view)
    case 'no_cooling':
      return noCooling(detector, view)
    case 'wasted_nights':
      return wastedNights(detector, view)
  }
}

interface Numbers {
  quantity?: EvidenceQuantity
  threshold: number
  observed: number
  norm?: number | undefined
  fromMs: number
}

function evidenceOf({ timeMs }: PowerView, { quantity, norm, fromMs, ...numbers }: Numbers): FaultEvidence {
  const evidence: FaultEvidence = {
    metric: 'power',
    threshold: tenths(numbers.threshold),
    observed: tenths(numbers.observed),
    fromMs,
    toMs: timeMs,
  }
  if (norm !== undefined) evidence.norm = tenths(norm)
  if (quantity !== undefined) Object.assign(evidence, { quantity, unit: EVIDENCE_UNITS[quantity] })
  return evidence
}

const tenths = (value: number) => Math.round(value * 10) / 10

/** A compressor that is on for more than this by habit never quite stops. */
const ALWAYS_ON_PCT = 75

/** True for what runs at one speed and stops by habit, as far as was learnt. */
function isConstantSpeed({ state, baseline }: PowerView): boolean {
  if (state.learntRunS >= 3600 && isVarying(state)) return false
  return (baseline.duty ?? 0) <= ALWAYS_ON_PCT
}

const isLearnt = ({ baseline }: PowerView) => baseline.days >= LEARNT_DAYS

/** A rest so many times the usual longest is one of being switched off: what follows is catching up. */
const LONG_REST_FACTOR = 3
const CATCHING_UP_FACTOR = 3

/** Standby and a display are less (docs/domain.md 3.2: below 5 W). */
const REST_AT_MOST_W = 8

function longPhase(detector: DetectorOf<'long_phase'>, view: PowerView): Finding | undefined {
  const { state, baseline, timeMs } = view
  if (state.phase === 0) return undefined
  const phase = detector.phase === 'run' ? 2 : 1
  const usualS = isLearnt(view) ? (phase === 2 ? baseline.runMaxS : baseline.restMaxS) : undefined
  const limitMs = longPhaseLimit(detector, view, usualS)
  if (usualS !== undefined && usualS * 1000 > (detector.usualAtMostMs ?? Infinity)) return undefined
  if (limitMs === undefined || state.cycles < detector.minCycles || state.runW < detector.minRunW) return undefined
  if (detector.constantSpeedOnly && !isConstantSpeed(view)) return undefined
  const fromMs = phase === 1 ? state.quietAt : state.phaseAt
  const isIn = phase === 1 ? !isRunningAsUsual(view) : state.phase === 2
  const isSlow = state.lastW > Math.max(REST_AT_MOST_W, (detector.restBelowShare ?? 1) * state.runW)
  if (phase === 1 && detector.restBelowShare !== undefined && state.phase === 1 && isSlow) return undefined
  const isAbsent = detector.standbyPresent && isStandbyGone(state, state.lastW)
  return {
    fault: state.phase === phase && state.otherAt === NEVER && timeMs - fromMs >= limitMs && !isAbsent,
    clear: !isIn,
    evidence: evidenceOf(view, {
      quantity: phase === 2 ? 'run_length' : 'rest_length',
      threshold: limitMs / MINUTE_MS,
      observed: (timeMs - (isIn ? fromMs : state.phaseAt)) / MINUTE_MS,
      norm: usualS === undefined ? undefined : usualS / 60,
      fromMs: isIn ? fromMs : state.phaseAt,
    }),
  }
}

function isRunningAsUsual({ state, timeMs }: PowerView): boolean {
  return state.phase === 2 && isUsualRun(state, { w: state.lastW, lengthS: (timeMs - state.phaseAt) / 1000 })
}

function longPhaseLimit(
  detector: DetectorOf<'long_phase'>,
  view: PowerView,
  usualS: number | undefined,
): number | undefined {
  const roomC = detector.byRoom === undefined ? undefined : view.roomC()
  if (roomC !== undefined) {
    const row = detector.byRoom?.find(({ belowC }) => roomC < belowC)
    if (row?.minMs === null) return undefined
    if (row !== undefined) return usualS === undefined ? row.minMs : Math.max(row.minMs, usualS * 1000 * 1.5)
  }
  if (usualS === undefined) return detector.unlearntMs
  let limitMs = Math.min(detector.maxMs, Math.max(detector.minMs, usualS * 1000 * detector.factor))
  const restMaxS = view.baseline.restMaxS
  if (detector.phase === 'run' && restMaxS !== undefined && view.state.lastRestS > LONG_REST_FACTOR * restMaxS)
    limitMs *= CATCHING_UP_FACTOR
  return limitMs
}

function highDuty(detector: DetectorOf<'high_duty'>, view: PowerView): Finding | undefined {
  const { state, baseline } = view
  if (!isLearnt(view) || (detector.constantSpeedOnly && !isConstantSpeed(view))) return undefined
  if (detector.between !== undefined && !isBetween(view.localHour, detector.between)) return undefined
  const duty = dutyOf(state, detector.hours)
  if (duty === undefined) return undefined
  const roomC = detector.withRoom === undefined || baseline.dutyAt25 === undefined ? undefined : view.roomC()
  const band = Math.floor(((((view.localHour - 1) % 24) + 24) % 24) / 6)
  const usual =
    roomC !== undefined && baseline.dutyAt25 !== undefined
      ? baseline.dutyAt25 * dutyFactor(roomC)
      : detector.byBand
        ? (baseline.dutyByBand[band] ?? baseline.duty)
        : baseline.duty
  if (usual === undefined) return undefined
  const { floorPct, factor } = (roomC === undefined ? undefined : detector.withRoom) ?? detector
  const limit = Math.max(floorPct, factor * usual)
  // A third of which nothing is known does not speak against it.
  const isSteady = (leastThirdOf(state, detector.hours) ?? duty) >= detector.thirdsShare * limit
  return {
    fault: duty > limit && isSteady,
    clear: duty < Math.max(floorPct * 0.8, detector.clearFactor * usual),
    evidence: evidenceOf(view, {
      quantity: 'duty',
      threshold: limit,
      observed: duty,
      norm: usual,
      fromMs: view.timeMs - detector.hours * HOUR_MS,
    }),
  }
}

function isBetween(localHour: number, { fromHour, toHour }: { fromHour: number; toHour: number }): boolean {
  const hour = ((localHour % 24) + 24) % 24
  return fromHour <= toHour ? hour >= fromHour && hour < toHour : hour >= fromHour || hour < toHour
}

function manyStarts(detector: DetectorOf<'many_starts'>, view: PowerView): Finding | undefined {
  const { state, baseline } = view
  if (state.phase === 0) return undefined
  if (detector.minUsualRunMs > 0 && (!isLearnt(view) || (baseline.runMeanS ?? 0) * 1000 < detector.minUsualRunMs))
    return undefined
  const starts = state.runs.reduce((sum, runs) => sum + runs, 0)
  const short = state.shortRuns.reduce((sum, runs) => sum + runs, 0)
  return {
    fault: starts >= detector.perHour && (!detector.mostlyShort || short * 2 > starts),
    clear: starts < detector.clearPerHour,
    evidence: evidenceOf(view, {
      quantity: 'starts_per_hour',
      threshold: detector.perHour,
      observed: starts,
      fromMs: view.timeMs - HOUR_MS,
    }),
  }
}

function failedStarts(detector: DetectorOf<'failed_starts'>, view: PowerView): Finding {
  const { state, timeMs } = view
  const fromMs = timeMs - detector.withinMs
  // A run that came after them was a start that did not fail.
  const failed = state.bursts.filter(at => at >= fromMs && (state.phase !== 2 || at > state.phaseAt))
  const runsMs = state.phase === 2 ? timeMs - state.phaseAt : 0
  return {
    fault: failed.length >= detector.count && runsMs === 0,
    clear: runsMs >= detector.runMs,
    evidence: evidenceOf(view, {
      quantity: 'failed_starts',
      threshold: detector.count,
      observed: failed.length,
      fromMs: failed[0] ?? fromMs,
    }),
  }
}

function coldSessions(detector: DetectorOf<'cold_sessions'>, view: PowerView): Finding {
  const { state } = view
  return {
    fault: state.coldSessions >= detector.count && state.heatedSessions >= detector.minHeated,
    clear: state.coldSessions === 0,
    evidence: evidenceOf(view, {
      quantity: 'sessions_without_heat',
      threshold: detector.count,
      observed: state.coldSessions,
      norm: 0,
      fromMs: state.phaseAt,
    }),
  }
}

function weakSessions(detector: DetectorOf<'weak_sessions'>, view: PowerView): Finding | undefined {
  const { state } = view
  const now = middleStrength(state)
  if (now === undefined || state.firstSessions === 0) return undefined
  const perUnit = detector.of === 'cooling' ? 100 : 1
  return {
    fault: now < detector.belowShare * state.firstSessions,
    clear: now > detector.clearShare * state.firstSessions,
    evidence: evidenceOf(view, {
      quantity: detector.of === 'cooling' ? 'cooling_rate' : 'session_power',
      threshold: (detector.belowShare * state.firstSessions) / perUnit,
      observed: now / perUnit,
      norm: state.firstSessions / perUnit,
      fromMs: state.phaseAt,
    }),
  }
}

/** So much resting time makes a standby power a habit. */
const MIN_REST_S = 12 * 3600

function powerGone(detector: DetectorOf<'power_gone'>, view: PowerView): Finding | undefined {
  const { state } = view
  const isHabit = state.learntRestS >= MIN_REST_S && state.restW >= detector.minStandbyW
  const isGone = isHabit && isStandbyGone(state, state.lastW)
  return {
    fault: isGone,
    clear: !isGone,
    evidence: evidenceOf(view, {
      threshold: goneBelowW(state.restW),
      observed: state.lastW,
      norm: state.restW,
      fromMs: state.levelAt,
    }),
  }
}

function flatHeat(detector: DetectorOf<'flat_heat'>, view: PowerView): Finding | undefined {
  const { state, timeMs } = view
  const ownC = view.ownC()
  const isHot = state.levelW >= detector.minW && state.levelW <= detector.maxW
  const isLong = timeMs - state.levelAt >= detector.minMs
  const isWarmer = ownC !== undefined && state.levelC !== UNKNOWN_C && ownC - state.levelC > detector.riseC
  return {
    fault: isHot && isLong && isWarmer,
    clear: !isHot,
    evidence: evidenceOf(view, { threshold: detector.minW, observed: state.levelW, fromMs: state.levelAt }),
  }
}

/** Of the highest power too little is learnt before so much running. */
const MIN_PEAK_RUN_S = 3600

function noCooling(detector: DetectorOf<'no_cooling'>, view: PowerView): Finding | undefined {
  const { state } = view
  const roomC = view.roomC()
  if (roomC === undefined) return undefined
  const limit = detector.peakShare * state.peakW
  const hourAgoC = state.room.length >= ROOM_LOOKS ? (state.room[0] as number) / 10 : undefined
  const isWorking = state.phase === 2 && state.lastW >= limit && state.learntRunS >= MIN_PEAK_RUN_S
  return {
    fault: isWorking && roomC > detector.roomAboveC && hourAgoC !== undefined && hourAgoC - roomC < detector.fallC,
    // Only while it works can it show that it cools.
    clear:
      state.phase === 2 &&
      (roomC <= detector.clearRoomC || (hourAgoC !== undefined && hourAgoC - roomC >= 2 * detector.fallC)),
    evidence: evidenceOf(view, { threshold: limit, observed: state.lastW, norm: state.peakW, fromMs: state.phaseAt }),
  }
}

/** Looks at the room, ten minutes apart, that make an hour. */
export const ROOM_LOOKS = 7

function wastedNights(detector: DetectorOf<'wasted_nights'>, view: PowerView): Finding {
  const { state, spec } = view
  return {
    fault: state.wastedNights >= detector.nights,
    clear: state.wastedNights === 0,
    evidence: evidenceOf(view, {
      quantity: 'night_energy',
      threshold: spec.nightWh,
      observed: state.nightWh,
      fromMs: view.timeMs - Math.max(1, state.wastedNights) * 24 * HOUR_MS,
    }),
  }
}
