import { NO_BYTE, fromLogByte, median, toLogByte } from './log-byte.ts'
import { learnDay } from './baseline.ts'
import { DUTY_HOURS, NEVER, type PowerState, SESSIONS, UNKNOWN_C } from './power-state.ts'

const HOUR_MS = 3_600_000
const SPELL_MS = 600_000
export const SPELLS = 6
const HOURS_PER_DAY = 24
/** An hour of which less is known has no duty. */
const MIN_KNOWN_MS = 40 * 60_000
/** How fast learnt powers follow: by so much of themselves in ten minutes of running or resting. */
const LEARN_SHARE = 0.05
const LEARN_PER_MS = 600_000
/** A resting power of tenths of a watt moves by at least this. */
const LEARN_MIN_W = 0.1
/** The share of resting time is that of the last hours. */
const STEADY_MS = 6 * HOUR_MS
const LEVEL_SHARE = 0.05
const LEVEL_MIN_W = 3
const MAX_BURSTS = 4
/** Energy of a session and of a day is rounded to this, so that what is kept is what was reckoned with. */
const round = (value: number, digits: number) => Math.round(value * digits) / digits

/** How the watts of one kind of appliance become states: data of the catalogue. */
export interface PowerSpec {
  /** At and above it runs, until something was learnt. */
  onW: number
  /** Learnt: it runs above this share of its own running power, within the limits. 0: `onW` for ever. */
  learntShare: number
  minOnW: number
  maxOnW: number
  /** It rests below this share of what it runs at; in between it goes on with what it was doing. */
  offShare: number
  /** Shorter than this is no run, and no rest. */
  minRunMs: number
  minRestMs: number
  /** The first of each run and rest is not learnt from: compressors start high and settle. */
  settleMs: number
  /** After a longer silence nothing is known of what was between. */
  gapMs: number
  /** A run that is shorter counts as short. */
  shortRunMs: number
  /** A spike of this, and of 2.5 times the running power, that comes to nothing is a failed start. */
  burstW: number
  /** A run that reaches this heats; one that stays between the cold limits, for so long, draws like a lamp. 0: no such thing. */
  heatW: number
  coldMinW: number
  coldMaxW: number
  coldMinMs: number
  coldMaxMs: number
  /** Heating energy in the closed hours of a day above which the night was wasted. */
  nightWh: number
}

/** One reading of the watts and what else is known at that instant. */
export interface PowerSample {
  timeMs: number
  w: number
  /** Hours of the local clock since 1970, whole. */
  localHour: number
  isOpen: boolean | undefined
  /** Of the appliance itself (a fridge's inside) and of the room, °C; asked for when needed alone. */
  ownC: () => number | undefined
  roomC: () => number | undefined
  voltageV: () => number | undefined
}

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
    state.phase = 0
    state.otherAt = NEVER
    state.bursts = []
    state.levelW = NaN_LEVEL
    isNews = true
  } else if (!isFirst) account(state, { dtMs, onW, isOpen: sample.isOpen })
  followLevel(state, sample)
  if (followPhase(spec, state, { sample, onW, dtMs: isGap ? 0 : dtMs })) isNews = true
  if (!isGap && !isFirst) learn(spec, state, { w, onW, dtMs, timeMs })
  state.lastAt = timeMs
  state.lastW = w
  return isNews
}

/** No power is within 5 % of it. */
const NaN_LEVEL = -1e6

function account(state: PowerState, { dtMs, onW, isOpen }: { dtMs: number; onW: number; isOpen: boolean | undefined }) {
  state.hourKnownMs += dtMs
  if (state.lastW >= onW) state.hourRunMs += dtMs
  const wh = (state.lastW * dtMs) / HOUR_MS
  state.dayWh = round(state.dayWh + wh, 10_000)
  if (isOpen === false) {
    state.closedMs += dtMs
    // What it takes to be there at all is not heating.
    if (state.lastW >= onW) state.closedWh = round(state.closedWh + wh, 10_000)
  }
}

function followLevel(state: PowerState, { timeMs, w, ownC }: PowerSample): void {
  if (Math.abs(w - state.levelW) <= Math.max(LEVEL_MIN_W, LEVEL_SHARE * state.levelW)) return
  state.levelW = w
  state.levelAt = timeMs
  state.levelC = ownC() ?? UNKNOWN_C
}

interface PhaseInput {
  sample: PowerSample
  onW: number
  dtMs: number
}

function followPhase(spec: PowerSpec, state: PowerState, { sample, onW, dtMs }: PhaseInput): boolean {
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
    state.lastRunS = wasSeen ? endedS : NEVER
    if (wasSeen) endRun(spec, state, { endedS, voltageV: sample.voltageV() })
  } else {
    state.lastRestS = wasSeen ? endedS : NEVER
    if (wasSeen) {
      state.dayRests += 1
      state.dayRestS += endedS
      state.dayMaxRestS = Math.max(state.dayMaxRestS, endedS)
    }
  }
  state.phase = state.phase === 2 ? 1 : 2
  state.phaseAt = state.otherAt
  state.phaseSeen = 1
  state.otherAt = NEVER
  return true
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

/** Mains of 220 V (GB/T 12325): a magnetron's or heater's power goes with the square of the voltage. */
const NOMINAL_V = 220

function endSession(
  spec: PowerSpec,
  state: PowerState,
  { endedS, voltageV }: { endedS: number; voltageV: number | undefined },
): void {
  if (state.runMaxW >= spec.heatW) {
    state.heatedSessions = Math.min(999, state.heatedSessions + 1)
    state.coldSessions = 0
    if (endedS < 30) return
    const atNominalW = voltageV === undefined ? state.runMaxW : state.runMaxW * (NOMINAL_V / voltageV) ** 2
    const bytes = new Uint8Array([
      ...state.sessionBytes.subarray(state.sessionBytes.length - SESSIONS + 1),
      toLogByte(atNominalW, 1),
    ])
    state.sessionBytes = bytes
    if (state.firstSessionsW === 0 && bytes.length === SESSIONS) state.firstSessionsW = sessionsW(state) ?? 0
    return
  }
  const meanW = state.runS === 0 ? state.runMaxW : state.runWs / state.runS
  if (endedS * 1000 < spec.coldMinMs || endedS * 1000 > spec.coldMaxMs) return
  if (meanW >= spec.coldMinW && meanW <= spec.coldMaxW) state.coldSessions = Math.min(99, state.coldSessions + 1)
}

/** The middle of the remembered heating sessions' highest power, W; undefined before there are 20. */
export function sessionsW({ sessionBytes }: PowerState): number | undefined {
  if (sessionBytes.length < SESSIONS) return undefined
  const middle = fromLogByte(Math.round(median([...sessionBytes]) ?? 0), 1)
  return middle === undefined ? undefined : Math.round(middle)
}

interface LearnInput {
  w: number
  onW: number
  dtMs: number
  timeMs: number
}

function learn(spec: PowerSpec, state: PowerState, { w, onW, dtMs, timeMs }: LearnInput): void {
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

function rollSpells(state: PowerState, timeMs: number): void {
  const spell = Math.floor(timeMs / SPELL_MS)
  if (state.spell === spell) return
  const passed = state.spell === NEVER ? SPELLS : Math.min(SPELLS, spell - state.spell)
  for (let n = 0; n < passed; n++) {
    state.runs.push(0)
    state.shortRuns.push(0)
  }
  state.runs = state.runs.slice(-SPELLS)
  state.shortRuns = state.shortRuns.slice(-SPELLS)
  state.spell = spell
}

function rollHours(spec: PowerSpec, state: PowerState, { localHour, roomC }: PowerSample): boolean {
  if (state.hour === localHour) return false
  if (state.hour === NEVER) {
    state.hour = localHour
    state.day = Math.floor(localHour / HOURS_PER_DAY)
    return false
  }
  const passed = localHour - state.hour
  for (let n = 0; n < Math.min(passed, DUTY_HOURS); n++) {
    const share = n === 0 && state.hourKnownMs >= MIN_KNOWN_MS ? (100 * state.hourRunMs) / state.hourKnownMs : NO_BYTE
    const kept = state.duty.subarray(Math.max(0, state.duty.length - DUTY_HOURS + 1))
    const duty = new Uint8Array(DUTY_HOURS).fill(NO_BYTE)
    duty.set(kept, DUTY_HOURS - 1 - kept.length)
    duty[DUTY_HOURS - 1] = Math.round(share)
    state.duty = duty
    const room = n === 0 ? roomC() : undefined
    if (room !== undefined) {
      state.dayRoomSum = round(state.dayRoomSum + room, 10)
      state.dayRooms += 1
    }
    const day = Math.floor((state.hour + n + 1) / HOURS_PER_DAY)
    if (day !== state.day) endDay(spec, state, day)
  }
  state.hourKnownMs = 0
  state.hourRunMs = 0
  state.hour = localHour
  state.day = Math.floor(localHour / HOURS_PER_DAY)
  return true
}

/** Closed for less than this in a day, the night says nothing. */
const MIN_NIGHT_MS = 4 * HOUR_MS

function endDay(spec: PowerSpec, state: PowerState, day: number): void {
  learnDay(state)
  if (state.closedMs >= MIN_NIGHT_MS)
    state.wastedNights = state.closedWh > spec.nightWh ? Math.min(99, state.wastedNights + 1) : 0
  state.peakW = round(state.peakW * 0.995, 100)
  state.day = day
  state.dayWh = 0
  state.closedWh = 0
  state.closedMs = 0
  state.dayFaulty = 0
  state.dayRuns = 0
  state.dayRunS = 0
  state.dayMaxRunS = 0
  state.dayRests = 0
  state.dayRestS = 0
  state.dayMaxRestS = 0
  state.dayRoomSum = 0
  state.dayRooms = 0
}

/** Mean duty of the last `hours` hours, %; undefined when less than four fifths of them are known. */
export function dutyOf({ duty }: PowerState, hours: number): number | undefined {
  let [sum, known] = [0, 0]
  for (let at = Math.max(0, duty.length - hours); at < duty.length; at++) {
    const byte = duty[at] as number
    if (byte === NO_BYTE) continue
    sum += byte
    known += 1
  }
  return known * 5 < hours * 4 || known === 0 ? undefined : sum / known
}
