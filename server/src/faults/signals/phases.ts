import type { PowerSample, PowerSpec } from './power-spec.ts'
import { NEVER, type PowerState, round } from './power-state.ts'
import { endSession } from './sessions.ts'

const MAX_BURSTS = 4

interface PhaseInput {
  sample: PowerSample
  onW: number
  dtMs: number
}

/** Takes the next reading into what the appliance is doing. True when a run or a rest ended. */
export function followPhase(spec: PowerSpec, state: PowerState, { sample, onW, dtMs }: PhaseInput): boolean {
  const { timeMs, w } = sample
  const seems = w >= onW ? 2 : w < onW * spec.offShare ? 1 : state.otherAt === NEVER ? state.phase : 3 - state.phase
  if (state.phase === 0) {
    state.phase = seems === 2 ? 2 : 1
    state.phaseAt = timeMs
    state.phaseSeen = 0
    beginRun(state, w)
    return false
  }
  if (seems === 2) {
    if (state.phase === 1 && state.otherAt === NEVER) beginRun(state, w)
    else {
      state.runWs = round(state.runWs + (state.lastW * dtMs) / 1000, 10)
      state.runS = round(state.runS + dtMs / 1000, 1000)
      if (w > state.runMaxW) state.runMaxW = w
    }
  }
  if (seems !== state.phase) {
    if (state.otherAt === NEVER) {
      state.otherAt = timeMs
      state.otherMaxW = w
    } else if (w > state.otherMaxW) state.otherMaxW = w
    return timeMs - state.otherAt >= minLength(spec, seems) && switchPhase(spec, state, sample)
  }
  if (state.otherAt === NEVER) return false
  if (timeMs - state.otherAt >= minLength(spec, 3 - state.phase)) {
    // It was long enough after all, and is over: two switches at once.
    const at = timeMs
    switchPhase(spec, state, sample)
    state.otherAt = at
    switchPhase(spec, state, sample)
    if (seems === 2) beginRun(state, w)
    return true
  }
  if (state.phase === 1) noteBurst(spec, state)
  state.otherAt = NEVER
  return false
}

function minLength(spec: PowerSpec, phase: number): number {
  return phase === 2 ? spec.minRunMs : spec.minRestMs
}

function beginRun(state: PowerState, w: number): void {
  state.runWs = 0
  state.runS = 0
  state.runMaxW = w
}

function noteBurst(spec: PowerSpec, state: PowerState): void {
  if (state.otherMaxW < Math.max(spec.burstW, 2.5 * state.runW)) return
  state.bursts.push(state.otherAt)
  if (state.bursts.length > MAX_BURSTS) state.bursts.shift()
}

/** Ends what it was doing at `otherAt`. */
function switchPhase(spec: PowerSpec, state: PowerState, sample: PowerSample): true {
  const endedS = Math.round((state.otherAt - state.phaseAt) / 1000)
  const wasSeen = state.phaseSeen === 1
  if (state.phase === 2) {
    // One that lasted from one reading to the next was never seen running.
    const w = state.runS === 0 ? state.runMaxW : state.runWs / state.runS
    if (isUsualRun(state, { w, lengthS: endedS })) state.quietAt = Math.max(state.quietAt, state.otherAt)
    if (wasSeen) endRun(spec, state, { endedS, voltageV: sample.voltageV() })
    else noteLength(spec, state, state.otherAt)
  } else {
    state.lastRestS = wasSeen ? endedS : NEVER
    noteLength(spec, state, state.otherAt)
  }
  state.phase = state.phase === 2 ? 1 : 2
  state.phaseAt = state.otherAt
  state.phaseSeen = 1
  state.otherAt = NEVER
  return true
}

/**
 * A run whose beginning or end was not seen lasted for at least what was seen of it, and so did a rest. Without this a plug that often
 * falls silent would show short ones alone, and the first long one would be a fault.
 */
export function noteLength({ restsAtNight }: PowerSpec, state: PowerState, untilMs: number): void {
  const { phase, phaseAt, quietAt } = state
  if (phase === 2) state.dayMaxRunS = Math.max(state.dayMaxRunS, Math.round((untilMs - phaseAt) / 1000))
  if (phase !== 1) return
  const fromMs = restsAtNight ? Math.max(phaseAt, quietAt) : phaseAt
  state.dayRests += 1
  state.dayMaxRestS = Math.max(state.dayMaxRestS, Math.round((untilMs - fromMs) / 1000))
}

/** Notes that it runs as it usually does. */
export function followQuiet(state: PowerState, timeMs: number): void {
  if (state.phase !== 2 || state.otherAt !== NEVER) return
  if (isUsualRun(state, { w: state.lastW, lengthS: (timeMs - state.phaseAt) / 1000 })) state.quietAt = timeMs
}

/**
 * Whether a run of `lengthS` at `w` is one of the compressor. Of a fridge with one speed a short run with half as much again is that
 * of the heater that thaws it; an inverter's runs are all usual.
 */
export function isUsualRun(state: PowerState, { w, lengthS }: { w: number; lengthS: number }): boolean {
  if (state.learntRunS < MIN_LEARNT_S || lengthS > LONGEST_THAW_S || isVarying(state)) return true
  return w > 0.5 * state.runW && w < 1.5 * state.runW
}

/**
 * Running power that varies by more than this between its 15th and 72nd percentile is an inverter's, or that of two compressors: one
 * at one speed stays within a tenth of its middle once it has settled.
 */
const VARYING_RATIO = 1.3
/** A thaw takes 35 min at most (docs/domain.md 3.2, F7). */
const LONGEST_THAW_S = 45 * 60
/** Before so much running was seen no power is usual. */
const MIN_LEARNT_S = 6 * 3_600

/** True for an appliance whose running power varies, as that of an inverter does; a heater that thaws is too little of the time to count. */
export function isVarying({ runLowW, runHighW }: PowerState): boolean {
  return runHighW > VARYING_RATIO * runLowW
}

function endRun(
  spec: PowerSpec,
  state: PowerState,
  { endedS, voltageV }: { endedS: number; voltageV: number | undefined },
): void {
  state.cycles = Math.min(999, state.cycles + 1)
  state.dayRuns += 1
  state.dayRunS += endedS
  state.dayMaxRunS = Math.max(state.dayMaxRunS, endedS)
  const last = state.runs.length - 1
  if (last >= 0) {
    state.runs[last] = (state.runs[last] ?? 0) + 1
    if (endedS * 1000 < spec.shortRunMs) state.shortRuns[last] = (state.shortRuns[last] ?? 0) + 1
  }
  if (spec.heatW > 0) endSession(spec, state, { endedS, voltageV })
}
