import type { Metric } from '@harbor/protocol'
import { type Context, isShared, noteShared } from './context.ts'
import { type PowerView, ROOM_LOOKS, findOf } from './detectors/power-findings.ts'
import { judgeFinding } from './detectors/power-latch.ts'
import { type RuleState, type Verdict, forgetHolds, freshRuleState } from './detectors/rule-state.ts'
import { judgeNeverOpened } from './detectors/never-opened.ts'
import { judgeDeadCounter } from './detectors/dead-counter.ts'
import { derivedValue, judgeSensor } from './detectors/sensors.ts'
import { judgeSustained } from './detectors/sustained.ts'
import { judgeUsedUp } from './detectors/used-up.ts'
import { judgeWrongClock } from './detectors/wrong-clock.ts'
import type { DeviceState, PendingReading, Series } from './device-state.ts'
import type { Plan } from './plans.ts'
import { gatesHold, ownValue } from './gates.ts'
import { type FaultRule, isPowerDetector } from './rule-schema.ts'
import { baselineOf } from './signals/baseline.ts'
import { localHour } from './signals/local-time.ts'
import { followPower } from './signals/power-signal.ts'
import type { PowerSample } from './signals/power-spec.ts'
import { NEVER, type PowerState, UNKNOWN_C, freshPowerState } from './signals/power-state.ts'
import { noteStrength } from './signals/sessions.ts'
import type { FaultInput, FaultTransition } from './transition.ts'

/** What judging a reading needs beside the device's own state. */
export interface JudgeDeps {
  context: Context
  /** How far the stations' clocks are ahead of UTC at an instant. */
  offsetMs: (timeMs: number) => number
}

interface JudgeInput {
  reading: PendingReading
  device: string
  deps: JudgeDeps
}

const NOTHING: readonly FaultTransition[] = []

/** Judges a device's next reading by all rules of its plan; changes the state. */
export function judgeReading(state: DeviceState, plan: Plan, input: JudgeInput): readonly FaultTransition[] {
  const { reading, device } = input
  const { timeMs, metric, value } = reading
  const series = seriesOf(state, metric)
  let transitions: FaultTransition[] | undefined
  const add = (rule: FaultRule, verdicts: readonly Verdict[]) => {
    for (const verdict of verdicts) (transitions ??= []).push(toTransition(verdict, { rule, timeMs, device, state }))
  }
  for (const rule of plan.byMetric.get(metric) ?? NO_RULES) {
    const verdicts = judgeRule(state, rule, { ...input, series })
    if (verdicts.length > 0) add(rule, verdicts)
  }
  if (metric === 'power' && plan.power !== undefined) {
    const seen = judgePower(state, plan.power, input)
    if (seen.length > 0) transitions = [...(transitions ?? []), ...seen]
  }
  series.recent.push([timeMs, value])
  if (series.recent.length > 2) series.recent.shift()
  if (isShared(metric)) noteShared(metric, series, [timeMs, value])
  return transitions ?? NOTHING
}

/** Judges a reading by when it arrived, whatever becomes of it then; changes the state. */
export function judgeArrival(
  state: DeviceState,
  rules: readonly FaultRule[],
  { device, metric, timeMs, receivedAtMs }: FaultInput & { receivedAtMs: number },
): readonly FaultTransition[] {
  let transitions: FaultTransition[] | undefined
  for (const rule of rules) {
    if (rule.detector.kind !== 'wrong_clock') continue
    const verdicts = judgeWrongClock(rule.detector, ruleStateOf(state, rule), { metric, timeMs, receivedAtMs })
    for (const verdict of verdicts)
      (transitions ??= []).push(toTransition(verdict, { rule, timeMs: receivedAtMs, device, state }))
  }
  return transitions ?? NOTHING
}

const NO_RULES: readonly FaultRule[] = []

function seriesOf({ series }: DeviceState, metric: Metric): Series {
  let known = series.get(metric)
  if (known === undefined) {
    known = { recent: [], slots: [] }
    series.set(metric, known)
  }
  return known
}

interface TransitionOf {
  rule: FaultRule
  timeMs: number
  device: string
  state: DeviceState
}

function toTransition(verdict: Verdict, { rule, timeMs, device, state }: TransitionOf): FaultTransition {
  return {
    ...verdict,
    atMs: timeMs,
    device,
    appliance: state.appliance,
    rule: rule.id,
    ruleVersion: rule.version,
  }
}

/** With a new version or scale the numbers that a hold was counted by are gone: it starts anew, and a fault that stands stays. */
function ruleStateOf({ rules }: DeviceState, { id, version }: FaultRule, scale = 1): RuleState {
  const known = rules.get(id)
  if (known === undefined) {
    const fresh = freshRuleState(version, scale)
    rules.set(id, fresh)
    return fresh
  }
  if (known.version !== version || known.scale !== scale) {
    known.version = version
    known.scale = scale
    forgetHolds(known)
  }
  return known
}

function judgeRule(
  state: DeviceState,
  rule: FaultRule,
  { reading, series, deps }: JudgeInput & { series: Series },
): readonly Verdict[] {
  const { detector } = rule
  const { timeMs, metric, value } = reading
  const ruleState = ruleStateOf(state, rule)
  switch (detector.kind) {
    case 'sustained': {
      const judged = derivedValue(detector, { value, humidityPct: ownValue(state, 'humidity', timeMs) })
      if (judged === undefined) return []
      return judgeSustained(detector, ruleState, {
        timeMs,
        value: judged,
        // What is reckoned of two metrics has no history of its own; each value of it is judged as it is.
        recent: detector.derived === undefined ? series.recent : series.recent.slice(-1),
        isOpen:
          !isExplained(state, rule) &&
          gatesHold(detector.gates, state, { timeMs, isOpen: reading.isOpen, context: deps.context }),
      })
    }
    case 'flat_line':
    case 'jumps':
    case 'imbalance':
      return judgeSensor(detector, ruleState, {
        metric,
        timeMs,
        value,
        previous: series.recent.at(-1),
        offsetMs: deps.offsetMs(timeMs),
      })
    case 'never_opened': {
      const { station } = state
      return judgeNeverOpened(detector, ruleState, {
        timeMs,
        isOpen: reading.isOpen,
        door: () => (station === undefined ? undefined : deps.context.doorAt(station, timeMs)),
        people: () => (station === undefined ? undefined : deps.context.valueAt(station, 'people', timeMs)),
      })
    }
    case 'dead_counter': {
      const { station } = state
      const door = station === undefined ? undefined : deps.context.doorAt(station, timeMs)
      return judgeDeadCounter(detector, ruleState, { timeMs, people: value, isOpen: reading.isOpen, door })
    }
    case 'used_up':
      return judgeUsedUp(detector, ruleState, { timeMs, value, previous: series.recent.at(-1) })
    default:
      return []
  }
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const ROOM_LOOK_MS = 10 * MINUTE_MS

function judgePower(
  state: DeviceState,
  { spec, scale, rules }: NonNullable<Plan['power']>,
  { reading, device, deps }: JudgeInput,
): readonly FaultTransition[] {
  // The time of the physics: of a model whose rules are quickened by 60, a minute of the clock is an hour of it.
  const timeMs = Math.round(reading.timeMs * scale)
  if (state.power === undefined || state.powerScale !== scale) {
    state.power = freshPowerState(timeMs)
    state.powerScale = scale
    state.baseline = undefined
  }
  const { power, station, appliance } = state
  const { context } = deps
  const roomC = () => (station === undefined ? undefined : context.valueAt(station, 'temperature', reading.timeMs))
  const ownC = () => context.valueAt(appliance, 'temperature', reading.timeMs)
  const sample: PowerSample = {
    timeMs,
    w: reading.value,
    localHour: localHour(timeMs, deps.offsetMs(reading.timeMs)),
    isOpen: reading.isOpen,
    ownC,
    roomC,
    voltageV: () => ownValue(state, 'voltage', reading.timeMs),
  }
  const daysBefore = power.days
  const isNews = followPower(spec, power, sample)
  if (state.baseline === undefined || power.days !== daysBefore) state.baseline = baselineOf(power)
  const isMinute =
    Math.floor(timeMs / MINUTE_MS) !==
    Math.floor(((state.series.get('power')?.recent.at(-1)?.[0] ?? 0) * scale) / MINUTE_MS)
  if (!isNews && !isMinute) return NOTHING
  // What was not known when the level began is known a little later, or never.
  if (power.levelC === UNKNOWN_C) power.levelC = ownC() ?? UNKNOWN_C
  if (rules.some(({ detector }) => detector.kind === 'no_cooling')) lookAtRoom(power, timeMs, roomC)

  const view: PowerView = {
    timeMs,
    localHour: sample.localHour,
    spec,
    state: power,
    baseline: state.baseline,
    roomC,
    ownC,
  }
  let transitions: FaultTransition[] | undefined
  for (const rule of rules) {
    const { detector } = rule
    if (!isPowerDetector(detector)) continue
    const ruleState = ruleStateOf(state, rule, scale)
    const verdicts = judgeFinding(detector, ruleState, {
      timeMs,
      finding: findOf(detector, view),
      isOpen:
        !isExplained(state, rule) &&
        gatesHold(detector.gates, state, { timeMs: reading.timeMs, isOpen: reading.isOpen, context }),
    })
    if (ruleState.severity !== undefined) power.dayFaulty = 1
    for (const verdict of verdicts) {
      const { fromMs } = verdict.evidence
      const evidence = { ...verdict.evidence, fromMs: Math.round(fromMs / scale), toMs: reading.timeMs }
      transitions ??= []
      transitions.push(toTransition({ ...verdict, evidence }, { rule, timeMs: reading.timeMs, device, state }))
    }
  }
  return transitions ?? NOTHING
}

/** A start from so warm a room, tenths of a degree, says how fast it cools; looked at when it has run for half an hour at full power. */
const WARM_START = 275
const COOLING_LOOKS = 3
const FULL_POWER_SHARE = 0.6

function noteCooling(power: PowerState, timeMs: number): void {
  const { phase, phaseAt, room, lastW, peakW } = power
  const ranFor = timeMs - phaseAt
  // Looks are ten minutes apart: one of each run falls into these.
  if (phase !== 2 || ranFor < COOLING_LOOKS * ROOM_LOOK_MS || ranFor >= (COOLING_LOOKS + 1) * ROOM_LOOK_MS) return
  const [before, now] = [room.at(-1 - COOLING_LOOKS), room.at(-1)]
  if (before === undefined || now === undefined || before < WARM_START || lastW < FULL_POWER_SHARE * peakW) return
  const hundredthsAnHour = ((before - now) * 10 * HOUR_MS) / (COOLING_LOOKS * ROOM_LOOK_MS)
  noteStrength(power, hundredthsAnHour)
}

/** A fault that stands stays its own, even when one that would have explained it comes later. */
function isExplained({ rules }: DeviceState, { id, unless }: FaultRule): boolean {
  return (
    unless !== undefined &&
    rules.get(id)?.severity === undefined &&
    unless.some(other => rules.get(other)?.severity !== undefined)
  )
}

/** Keeps the room's temperature of the last hour, for those who ask whether it cools. */
function lookAtRoom(power: PowerState, timeMs: number, roomC: () => number | undefined): void {
  if (power.roomAt !== NEVER && timeMs - power.roomAt < ROOM_LOOK_MS) return
  const now = roomC()
  if (now === undefined || (power.roomAt !== NEVER && timeMs - power.roomAt > 2 * ROOM_LOOK_MS)) power.room = []
  if (now === undefined) return
  power.room = [...power.room.slice(1 - ROOM_LOOKS), Math.round(now * 10)]
  power.roomAt = timeMs
  noteCooling(power, timeMs)
}
