import type { RuleOverride } from '@harbor/protocol'
import { type Context, createContext } from './context.ts'
import { type DeviceState, deviceSnapshotSchema, fromSnapshot, toSnapshot } from './device-state.ts'
import { type JudgeDeps, judgeArrival, judgeReading } from './judge.ts'
import { type Plan, planAll } from './plans.ts'
import type { FaultRule } from './rule-schema.ts'
import { zoneOffset } from './signals/local-time.ts'
import type { FaultInput, FaultTransition } from './transition.ts'

export interface FaultEngineConfig {
  /** As `parseCatalogue` gave it. */
  catalogue: readonly FaultRule[]
  /** Per model or appliance; at most one for a rule and the same appliances. */
  overrides: readonly RuleOverride[]
  /** IANA zone of the stations' clocks, by which days and hours of habits go; default China's. */
  timeZone?: string
}

/**
 * Watches readings for faults. Pure and deterministic: the same readings give the same transitions, whenever they are
 * looked at, in whatever order they arrive within the rules' lateness, however often, and wherever the process was
 * restarted in between. It has no clock: say with each reading when it arrived, and one that came too late raises nothing; what is
 * handed over without is taken as live.
 */
export interface FaultEngine {
  /**
   * Takes one reading in and returns what it showed, oldest first: usually nothing. A reading that is not newer than what
   * was judged already changes nothing.
   */
  step: (input: FaultInput) => readonly FaultTransition[]
  /**
   * Says what time it is: judges what has waited long enough for older readings, of devices too that have nothing new to say.
   */
  advance: (nowMs: number) => readonly FaultTransition[]
  /**
   * Replaces the overrides; holds in progress go on with the new numbers.
   *
   * @throws HarborError `FAULT_OVERRIDE_INVALID` for a rule that is none, or two for one rule and the same appliances.
   */
  setOverrides: (overrides: readonly RuleOverride[]) => void
  /** What is remembered of a device, as JSON under 1 KB; undefined when nothing is. */
  snapshot: (device: string) => unknown
  /** Takes back what `snapshot` gave. False when it cannot be read: then the device starts anew. */
  restore: (device: string, snapshot: unknown) => boolean
  /** Forgets a device that is no more. */
  forget: (device: string) => void
}

/**
 * More readings than this of one device are not held back for older ones: the oldest is judged at once. A plug with five
 * metrics every 10 s waits for 30 s with 20.
 */
const MAX_PENDING = 24

/** A reading that was older than this when it arrived is history: it raises no live alert (chosen). */
const MAX_LIVE_AGE_MS = 2 * 60_000

const DEFAULT_TIME_ZONE = 'Asia/Shanghai'
const NOTHING: readonly FaultTransition[] = []

export function createFaultEngine({ catalogue, overrides, timeZone }: FaultEngineConfig): FaultEngine {
  let plans = planAll(catalogue, overrides)
  const devices = new Map<string, DeviceState>()
  const context = createContext()
  const deps: JudgeDeps = { context, offsetMs: zoneOffset(timeZone ?? DEFAULT_TIME_ZONE) }

  return {
    step: input => {
      const plan = plans.get(input.applianceKind, input.model, input.appliance)
      const { metric, receivedAtMs, timeMs } = input
      const isHistory = receivedAtMs !== undefined && receivedAtMs - timeMs > MAX_LIVE_AGE_MS
      const isWatched = !isHistory && plan.byMetric.has(metric)
      const isDated = receivedAtMs !== undefined && plan.clock.length > 0
      if (!isWatched && !isDated) return NOTHING
      const state = stateOf(devices, context, input)
      const seen = isDated ? judgeArrival(state, plan.clock, { ...input, receivedAtMs }) : NOTHING
      if (!isWatched) return seen
      const judged = takeIn(state, plan, { input, deps })
      return seen.length === 0 ? judged : [...seen, ...judged]
    },
    advance: nowMs => {
      const transitions: FaultTransition[] = []
      for (const [device, state] of devices) {
        if (state.pending.length === 0 || state.kind === undefined) continue
        const plan = plans.get(state.kind, state.model, state.appliance)
        transitions.push(...judgeDue(state, plan, { device, dueMs: nowMs - plan.latenessMs, deps }))
      }
      return transitions
    },
    setOverrides: next => {
      plans = planAll(catalogue, next)
    },
    snapshot: device => {
      const state = devices.get(device)
      return state === undefined ? undefined : toSnapshot(state)
    },
    restore: (device, snapshot) => {
      const parsed = deviceSnapshotSchema.safeParse(snapshot)
      if (!parsed.success) {
        devices.delete(device)
        context.remove(device)
        return false
      }
      const state = fromSnapshot(parsed.data)
      devices.set(device, state)
      context.add(device, state)
      return true
    },
    forget: device => {
      devices.delete(device)
      context.remove(device)
    },
  }
}

function takeIn(
  state: DeviceState,
  plan: Plan,
  { input, deps }: { input: FaultInput; deps: JudgeDeps },
): readonly FaultTransition[] {
  if (plan.immediate.has(input.metric)) return judgeNow(state, plan, { input, deps })
  if (!insertPending(state, input)) return NOTHING
  const dueMs = (state.pending.at(-1)?.timeMs ?? 0) - plan.latenessMs
  return judgeDue(state, plan, { device: input.device, dueMs, deps })
}

function stateOf(devices: Map<string, DeviceState>, context: Context, input: FaultInput): DeviceState {
  const { device, appliance, applianceKind: kind, model, station } = input
  const known = devices.get(device)
  if (known?.appliance === appliance) {
    known.kind = kind
    known.model = model
    if (station !== undefined) known.station = station
    return known
  }
  const fresh: DeviceState = {
    appliance,
    kind,
    model,
    station,
    judgedMs: 0,
    pending: [],
    series: new Map(),
    power: undefined,
    powerScale: 1,
    baseline: undefined,
    rules: new Map(),
  }
  devices.set(device, fresh)
  context.add(device, fresh)
  return fresh
}

/** Thousandths are finer than any sensor here and keep the snapshot small. */
const rounded = (value: number) => Math.round(value * 1000) / 1000

/** False for a reading that comes too late or is there already. */
function insertPending({ pending, judgedMs }: DeviceState, { timeMs, metric, value, isOpen }: FaultInput): boolean {
  if (timeMs <= judgedMs) return false
  let at = pending.length
  for (; at > 0; at--) {
    const before = pending[at - 1]
    if (before === undefined || before.timeMs < timeMs) break
    if (before.timeMs > timeMs) continue
    if (before.metric === metric) return false
    if (before.metric < metric) break // one order for what has one time, whichever came first
  }
  const reading = { timeMs, metric, value: rounded(value), isOpen }
  if (at === pending.length) pending.push(reading)
  else pending.splice(at, 0, reading)
  return true
}

interface DueInput {
  device: string
  dueMs: number
  deps: JudgeDeps
}

function judgeDue(state: DeviceState, plan: Plan, { device, dueMs, deps }: DueInput): readonly FaultTransition[] {
  const { pending } = state
  let transitions: FaultTransition[] | undefined
  for (;;) {
    const next = pending[0]
    if (next === undefined) break
    if (next.timeMs > dueMs && pending.length <= MAX_PENDING) break
    pending.shift()
    state.judgedMs = next.timeMs
    const seen = judgeReading(state, plan, { reading: next, device, deps })
    if (seen.length > 0) transitions = [...(transitions ?? []), ...seen]
  }
  return transitions ?? NOTHING
}

function judgeNow(
  state: DeviceState,
  plan: Plan,
  { input, deps }: { input: FaultInput; deps: JudgeDeps },
): readonly FaultTransition[] {
  const { timeMs, metric, value, isOpen, device } = input
  if (timeMs <= (state.series.get(metric)?.recent.at(-1)?.[0] ?? 0)) return NOTHING
  return judgeReading(state, plan, { reading: { timeMs, metric, value: rounded(value), isOpen }, device, deps })
}
