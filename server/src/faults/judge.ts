import type { Metric } from '@harbor/protocol'
import { type Context, isShared, noteShared } from './context.ts'
import { type PowerView, ROOM_LOOKS, findOf } from './detectors/power-findings.ts'
import { judgeFinding } from './detectors/power-latch.ts'
import { type RuleState, type Verdict, forgetHolds, freshRuleState } from './detectors/rule-state.ts'
import { derivedValue, judgeSensor } from './detectors/sensors.ts'
import { judgeSustained } from './detectors/sustained.ts'
import type { DeviceState, PendingReading, Series } from './device-state.ts'
import type { Plan } from './plans.ts'
import { type FaultRule, type Gate, isPowerDetector } from './rule-schema.ts'
import { baselineOf } from './signals/baseline.ts'
import { localHour } from './signals/local-time.ts'
import { followPower } from './signals/power-signal.ts'
import type { PowerSample } from './signals/power-spec.ts'
import { NEVER, freshPowerState } from './signals/power-state.ts'
import type { FaultTransition } from './transition.ts'

/** What judging a reading needs beside the device's own state. */
export interface JudgeDeps {
  context: Context
  /** How far the stations' clocks are ahead of UTC. */
  offsetMs: number
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
  if (isShared(metric)) noteShared(series, [timeMs, value])
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
        isOpen: gatesHold(detector.gates, state, { timeMs, isOpen: reading.isOpen, context: deps.context }),
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
        offsetMs: deps.offsetMs,
      })
    default:
      return []
  }
}

/** Own values older than this are not known now. */
const MAX_OWN_AGE_MS = 15 * 60_000

function ownValue({ series }: DeviceState, metric: Metric, timeMs: number): number | undefined {
  const last = series.get(metric)?.recent.at(-1)
  return last === undefined || timeMs - last[0] > MAX_OWN_AGE_MS ? undefined : last[1]
}

interface GateInput {
  timeMs: number
  isOpen: boolean | undefined
  context: Context
}

function gatesHold(gates: readonly Gate[] | undefined, state: DeviceState, input: GateInput): boolean {
  return (
    gates === undefined ||
    gates.every(({ signal, beyond, threshold, unknown }) => {
      const value = gateValue(signal, state, input)
      if (value === undefined) return unknown === 'holds'
      return beyond === 'above' ? value > threshold : value < threshold
    })
  )
}

function gateValue(
  signal: Gate['signal'],
  state: DeviceState,
  { timeMs, isOpen, context }: GateInput,
): number | undefined {
  const { station, appliance } = state
  switch (signal) {
    case 'open':
      return isOpen === undefined ? undefined : Number(isOpen)
    case 'people':
      return station === undefined ? undefined : context.valueAt(station, 'people', timeMs)
    case 'room_temperature':
      return station === undefined ? undefined : context.valueAt(station, 'temperature', timeMs)
    case 'own_temperature':
      return context.valueAt(appliance, 'temperature', timeMs)
    case 'power':
      return ownValue(state, 'power', timeMs)
    case 'relay':
      // A relay says what it does when it changes: its last word counts, however long ago.
      return state.series.get('relay')?.recent.at(-1)?.[1]
  }
}

const MINUTE_MS = 60_000
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
    localHour: localHour(timeMs, deps.offsetMs),
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
      isOpen: gatesHold(detector.gates, state, { timeMs: reading.timeMs, isOpen: reading.isOpen, context }),
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

/** Keeps the room's temperature of the last hour, for those who ask whether it cools. */
function lookAtRoom(power: NonNullable<DeviceState['power']>, timeMs: number, roomC: () => number | undefined): void {
  if (power.roomAt !== NEVER && timeMs - power.roomAt < ROOM_LOOK_MS) return
  const now = roomC()
  if (now === undefined || (power.roomAt !== NEVER && timeMs - power.roomAt > 2 * ROOM_LOOK_MS)) power.room = []
  if (now === undefined) return
  power.room = [...power.room.slice(1 - ROOM_LOOKS), Math.round(now * 10)]
  power.roomAt = timeMs
}
