import { rollHours, rollSpells } from './habits.ts'
import { learn } from './learning.ts'
import { followPhase, followQuiet, noteLength } from './phases.ts'
import type { PowerSample, PowerSpec } from './power-spec.ts'
import { NEVER, type PowerState, UNKNOWN_C, round } from './power-state.ts'

const HOUR_MS = 3_600_000
const LEVEL_SHARE = 0.05
const LEVEL_MIN_W = 3

/** The limit above which the appliance counts as running. */
export function runningAboveW(spec: PowerSpec, { runW, learntRunS }: PowerState): number {
  if (spec.learntShare === 0 || learntRunS < 600) return spec.onW
  return Math.min(spec.maxOnW, Math.max(spec.minOnW, runW * spec.learntShare))
}

/** Takes the next reading in. Returns true when a run or a rest ended, an hour passed or a silence was found. */
export function followPower(spec: PowerSpec, state: PowerState, sample: PowerSample): boolean {
  const { timeMs, w } = sample
  const isFirst = state.lastAt === NEVER
  const dtMs = isFirst ? 0 : timeMs - state.lastAt
  const isGap = dtMs > spec.gapMs
  const onW = runningAboveW(spec, state)
  let isNews = rollHours(spec, state, sample)
  rollSpells(state, timeMs)
  if (isGap) {
    noteLength(spec, state, state.lastAt)
    state.phase = 0
    state.quietAt = timeMs
    state.otherAt = NEVER
    state.bursts = []
    state.levelW = NO_LEVEL_W
    isNews = true
  } else if (!isFirst) account(state, { dtMs, onW, isOpen: sample.isOpen })
  if (spec.restsAtNight && sample.isOpen === false) state.quietAt = timeMs
  followLevel(state, sample)
  if (followPhase(spec, state, { sample, onW, dtMs: isGap ? 0 : dtMs })) isNews = true
  if (!isGap && !isFirst) learn(spec, state, { w, onW, dtMs, timeMs })
  state.lastAt = timeMs
  state.lastW = w
  followQuiet(state, timeMs)
  return isNews
}

/** No power is within 5 % of it. */
const NO_LEVEL_W = -1e6

function account(state: PowerState, { dtMs, onW, isOpen }: { dtMs: number; onW: number; isOpen: boolean | undefined }) {
  state.hourKnownMs += dtMs
  if (state.lastW >= onW) state.hourRunMs += dtMs
  if (isOpen !== false) return
  state.closedMs += dtMs
  // What it takes to be there at all is not heating.
  if (state.lastW >= onW) state.closedWh = round(state.closedWh + (state.lastW * dtMs) / HOUR_MS, 10_000)
}

function followLevel(state: PowerState, { timeMs, w, ownC }: PowerSample): void {
  if (Math.abs(w - state.levelW) <= Math.max(LEVEL_MIN_W, LEVEL_SHARE * state.levelW)) return
  state.levelW = w
  state.levelAt = timeMs
  state.levelC = ownC() ?? UNKNOWN_C
}
