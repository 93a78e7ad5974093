import { type ApplianceKind, HarborError, type Metric, type RuleOverride } from '@harbor/protocol'
import type { FaultRule } from './catalogue.ts'
import {
  type DeviceSnapshot,
  type DeviceState,
  deviceSnapshotSchema,
  fromSnapshot,
  toSnapshot,
} from './device-state.ts'
import { scaleRule } from './scaled-rule.ts'
import { freshSustainedState, forgetHolds, judgeSustained, type SustainedState } from './sustained-detector.ts'
import type { FaultInput, FaultTransition } from './transition.ts'

export interface FaultEngineConfig {
  /** As `parseCatalogue` gave it. */
  catalogue: readonly FaultRule[]
  /** Per model of an appliance; at most one for a rule and model. */
  overrides: readonly RuleOverride[]
}

/**
 * Watches readings for faults. Pure and deterministic: the same readings give the same transitions, whenever they are
 * looked at, in whatever order they arrive within the rules' lateness, however often, and wherever the process was
 * restarted in between. It has no clock: hand it live readings only, since an old one would raise an old fault now.
 */
export interface FaultEngine {
  /**
   * Takes one reading in and returns what it showed, oldest first: usually nothing. A reading that is not newer than what
   * was judged already changes nothing.
   */
  step: (input: FaultInput) => readonly FaultTransition[]
  /**
   * Replaces the overrides; holds in progress go on with the new numbers.
   *
   * @throws HarborError `FAULT_OVERRIDE_INVALID` for a rule that is none, or two for one rule and model.
   */
  setOverrides: (overrides: readonly RuleOverride[]) => void
  /** What is remembered of a device, as JSON under 1 KB; undefined when nothing is. */
  snapshot: (device: string) => DeviceSnapshot | undefined
  /** Takes back what `snapshot` gave. False when it cannot be read: then the device starts anew. */
  restore: (device: string, snapshot: unknown) => boolean
  /** Forgets a device that is no more. */
  forget: (device: string) => void
}

/**
 * More readings than this of one device are not held back for older ones: the oldest is judged at once. At one reading
 * every 2 s it covers 30 s.
 */
const MAX_PENDING = 16

const NOTHING: readonly FaultTransition[] = []

/** What is watched of the appliances of one kind and model. */
interface Plan {
  rules: readonly FaultRule[]
  metrics: ReadonlySet<Metric>
  latenessMs: number
}

export function createFaultEngine({ catalogue, overrides }: FaultEngineConfig): FaultEngine {
  let plans = planAll(catalogue, overrides)
  const devices = new Map<string, DeviceState>()

  const stateOf = ({ device, appliance }: FaultInput): DeviceState => {
    const known = devices.get(device)
    if (known?.appliance === appliance) return known
    const fresh: DeviceState = { appliance, judgedMs: 0, pending: [], rules: new Map() }
    devices.set(device, fresh)
    return fresh
  }

  return {
    step: input => {
      const plan = plans.get(input.applianceKind, input.model)
      if (plan === undefined || !plan.metrics.has(input.metric)) return NOTHING
      const state = stateOf(input)
      if (!insertPending(state, input)) return NOTHING
      return judgeDue(state, plan, input.device)
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
      if (parsed.success) devices.set(device, fromSnapshot(parsed.data))
      else devices.delete(device)
      return parsed.success
    },
    forget: device => {
      devices.delete(device)
    },
  }
}

/** False for a reading that comes too late or is there already. */
function insertPending({ pending, judgedMs }: DeviceState, { timeMs, metric, value }: FaultInput): boolean {
  if (timeMs <= judgedMs) return false
  let at = pending.length
  for (; at > 0; at--) {
    const before = pending[at - 1]
    if (before === undefined || before.timeMs < timeMs) break
    if (before.timeMs > timeMs) continue
    if (before.metric === metric) return false
    if (before.metric < metric) break // one order for what has one time, whichever came first
  }
  // Thousandths are finer than any sensor here and keep the snapshot small.
  pending.splice(at, 0, { timeMs, metric, value: Math.round(value * 1000) / 1000 })
  return true
}

function judgeDue(state: DeviceState, plan: Plan, device: string): readonly FaultTransition[] {
  const newestMs = state.pending.at(-1)?.timeMs ?? 0
  let transitions: FaultTransition[] | undefined
  for (;;) {
    const next = state.pending[0]
    if (next === undefined) break
    if (next.timeMs > newestMs - plan.latenessMs && state.pending.length <= MAX_PENDING) break
    state.pending.shift()
    state.judgedMs = next.timeMs
    for (const rule of plan.rules) {
      if (rule.detector.metric !== next.metric) continue
      const detectorState = ruleStateOf(state, rule)
      for (const verdict of judgeSustained(rule.detector, detectorState, [next.timeMs, next.value])) {
        transitions ??= []
        transitions.push({
          ...verdict,
          atMs: next.timeMs,
          device,
          appliance: state.appliance,
          rule: rule.id,
          ruleVersion: rule.version,
        })
      }
    }
  }
  return transitions ?? NOTHING
}

/** With a new version the numbers that a hold was counted by are gone: it starts anew, and a fault that stands stays. */
function ruleStateOf({ rules }: DeviceState, { id, version }: FaultRule): SustainedState {
  const known = rules.get(id)
  if (known?.version === version) return known.detector
  const detector = known?.detector ?? freshSustainedState()
  forgetHolds(detector)
  rules.set(id, { version, detector })
  return detector
}

interface Plans {
  get: (kind: ApplianceKind, model: string | undefined) => Plan | undefined
}

function planAll(catalogue: readonly FaultRule[], overrides: readonly RuleOverride[]): Plans {
  const scales = new Map<string, Map<string, number>>()
  for (const { rule, model, timeScale } of overrides) {
    const problem = `rule override for ${rule} and model ${model}`
    if (!catalogue.some(({ id }) => id === rule))
      throw new HarborError('FAULT_OVERRIDE_INVALID', `${problem}: the catalogue has no such rule`)
    const ofModel = scales.get(model) ?? new Map<string, number>()
    if (ofModel.has(rule)) throw new HarborError('FAULT_OVERRIDE_INVALID', `${problem}: there are two`)
    scales.set(model, ofModel.set(rule, timeScale))
  }
  const common = new Map<ApplianceKind, Plan>()
  const apart = new Map<string, Map<ApplianceKind, Plan>>([...scales.keys()].map(model => [model, new Map()]))
  for (const kind of new Set(catalogue.map(({ applianceKind }) => applianceKind))) {
    const rules = catalogue.filter(({ applianceKind }) => applianceKind === kind)
    common.set(kind, toPlan(rules))
    for (const [model, ofModel] of scales)
      apart.get(model)?.set(kind, toPlan(rules.map(rule => scaleRule(rule, ofModel.get(rule.id) ?? 1))))
  }
  return {
    get: (kind, model) => ((model === undefined ? undefined : apart.get(model)) ?? common).get(kind),
  }
}

function toPlan(rules: readonly FaultRule[]): Plan {
  return {
    rules,
    metrics: new Set(rules.map(({ detector }) => detector.metric)),
    latenessMs: Math.max(...rules.map(({ detector }) => detector.latenessMs)),
  }
}
