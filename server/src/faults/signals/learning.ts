import type { PowerSpec } from './power-spec.ts'
import { NEVER, type PowerState, round } from './power-state.ts'

/** How fast learnt powers follow: by so much of themselves in ten minutes of running or resting. */
const LEARN_SHARE = 0.05
const LEARN_PER_MS = 600_000
/** A resting power of tenths of a watt moves by at least this. */
const LEARN_MIN_W = 0.1
/** The share of resting time is that of the last hours. */
const STEADY_MS = 6 * 3_600_000

interface LearnInput {
  w: number
  onW: number
  dtMs: number
  timeMs: number
}

/** Learns the powers at which the appliance runs and rests. */
export function learn(spec: PowerSpec, state: PowerState, { w, onW, dtMs, timeMs }: LearnInput): void {
  if (w > state.peakW) state.peakW = round(state.peakW + Math.min(w - state.peakW, (w * dtMs) / 300_000), 100)
  if (state.otherAt !== NEVER || timeMs - state.phaseAt < spec.settleMs) return
  if (state.phase === 2 && w >= onW * spec.offShare) {
    if (state.learntRunS === 0) state.runW = state.runLowW = state.runHighW = w
    const stepW = (Math.max(LEARN_MIN_W, state.runW * LEARN_SHARE) * dtMs) / LEARN_PER_MS
    state.runW = follow(state.runW, w, [stepW, stepW])
    state.runLowW = follow(state.runLowW, w, [0.3 * stepW, 1.7 * stepW])
    state.runHighW = follow(state.runHighW, w, [1.7 * stepW, 0.3 * stepW])
    state.learntRunS = Math.min(1e6, Math.round(state.learntRunS + dtMs / 1000))
  } else if (state.phase === 1 && w < onW * spec.offShare && !isStandbyGone(state, w)) {
    if (state.learntRestS === 0) state.restW = w
    const stepW = (Math.max(LEARN_MIN_W, state.restW * LEARN_SHARE) * dtMs) / LEARN_PER_MS
    state.restW = follow(state.restW, w, [stepW, stepW])
    const isThere = state.restW >= 0.3 && w >= 0.5 * state.restW ? 1 : 0
    state.restSteady = round(
      state.restSteady + ((isThere - state.restSteady) * Math.min(dtMs, STEADY_MS)) / STEADY_MS,
      1e6,
    )
    state.learntRestS = Math.min(1e6, Math.round(state.learntRestS + dtMs / 1000))
  }
}

/** A standby power that was always there is not unlearnt by its being gone, however long that lasts. */
export function isStandbyGone({ restW, restSteady }: PowerState, w: number): boolean {
  return restSteady > STEADY_HABIT && w < GONE_SHARE * restW
}

/** Standby is a habit where it was there for this share of the resting time; it is gone below this share of itself. */
const STEADY_HABIT = 0.9
const GONE_SHARE = 0.3

/** A percentile that follows what is seen: up by the first step when below it, down by the second when above; never past it. */
function follow(at: number, w: number, [up, down]: readonly [number, number]): number {
  if (w === at) return at
  return round(w > at ? Math.min(w, at + up) : Math.max(w, at - down), 1000)
}
