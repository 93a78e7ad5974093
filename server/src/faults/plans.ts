import { HarborError, type Metric, type RuleOverride } from '@harbor/protocol'
import { MINUTELY_GAP_MS, overrideRule, powerScale } from './overridden-rule.ts'
import { type Detector, type FaultRule, isPowerDetector } from './rule-schema.ts'
import { POWER_SPECS } from './rules/power-specs.ts'
import type { PowerSpec } from './signals/power-spec.ts'
import type { SubjectKind } from './transition.ts'

/** What is watched of the devices of one appliance. */
export interface Plan {
  byMetric: ReadonlyMap<Metric, readonly FaultRule[]>
  /** Rules on the states and cycles behind the watts; `scale` is how much faster than the clock their physics runs. */
  power: { spec: PowerSpec; scale: number; rules: readonly FaultRule[] } | undefined
  /** Rules on when readings arrive. */
  clock: readonly FaultRule[]
  /** Readings may arrive out of order by this. */
  latenessMs: number
  /** Of these each reading is judged at once, and one that is older than the last is passed over: an alarm does not wait. */
  immediate: ReadonlySet<Metric>
}

export interface Plans {
  get: (kind: SubjectKind, model: string | undefined, appliance: string) => Plan
}

/** Other metrics of which the rules' gates and derived values want to know the newest value. */
const ALSO_KNOWN: readonly Metric[] = ['temperature', 'people', 'door', 'humidity', 'relay']

/**
 * @throws HarborError `FAULT_OVERRIDE_INVALID` for a rule that is none, two for one rule and the same appliances, or numbers that
 *   the rule does not take.
 */
export function planAll(catalogue: readonly FaultRule[], overrides: readonly RuleOverride[]): Plans {
  check(catalogue, overrides)
  const plans = new Map<string, Plan>()
  const byModel = Map.groupBy(overrides, ({ model }) => model)
  const byAppliance = Map.groupBy(overrides, ({ appliance }) => appliance)
  return {
    get: (kind, model, appliance) => {
      const own = byAppliance.get(appliance)
      const ofModel = model === undefined ? undefined : byModel.get(model)
      const key =
        own === undefined && ofModel === undefined
          ? kind
          : `${kind}/${model ?? ''}/${own === undefined ? '' : appliance}`
      let plan = plans.get(key)
      if (plan === undefined) {
        // One appliance's own override stands above its model's.
        const owned = new Set(own?.map(({ rule }) => rule))
        const rest = ofModel?.filter(({ rule, appliance }) => appliance === undefined && !owned.has(rule)) ?? []
        plan = planOf(catalogue, kind, [...(own ?? []), ...rest])
        plans.set(key, plan)
      }
      return plan
    },
  }
}

function check(catalogue: readonly FaultRule[], overrides: readonly RuleOverride[]): void {
  const seen = new Set<string>()
  for (const override of overrides) {
    const { rule, model, appliance } = override
    const whose = appliance === undefined ? `model ${String(model)}` : `appliance ${appliance}`
    const problem = `rule override for ${rule} and ${whose}`
    const found = catalogue.find(({ id }) => id === rule)
    if (found === undefined)
      throw new HarborError('FAULT_OVERRIDE_INVALID', `${problem}: the catalogue has no such rule`)
    if (seen.has(`${rule} ${whose}`)) throw new HarborError('FAULT_OVERRIDE_INVALID', `${problem}: there are two`)
    seen.add(`${rule} ${whose}`)
    overrideRule(found, override)
  }
}

function planOf(catalogue: readonly FaultRule[], kind: SubjectKind, overrides: readonly RuleOverride[]): Plan {
  const own = catalogue.filter(rule => isAbout(rule, kind))
  const scale = powerScale(own, overrides)
  const rules = own.map(rule =>
    overrideRule(
      rule,
      overrides.find(override => override.rule === rule.id),
    ),
  )
  const byMetric = new Map<Metric, FaultRule[]>()
  for (const rule of rules)
    for (const metric of metricsOf(rule.detector)) byMetric.set(metric, [...(byMetric.get(metric) ?? []), rule])
  if (rules.length > 0) for (const metric of ALSO_KNOWN) if (!byMetric.has(metric)) byMetric.set(metric, [])
  const spec = kind === 'station' ? undefined : POWER_SPECS[kind]
  const powered = rules.filter(({ detector }) => isPowerDetector(detector))
  const isPowered = spec !== undefined && powered.length > 0
  if (isPowered && !byMetric.has('power')) byMetric.set('power', [])
  return {
    byMetric,
    power: isPowered ? { spec: scaledSpec(spec, scale), scale, rules: powered } : undefined,
    clock: rules.filter(({ detector }) => detector.kind === 'wrong_clock'),
    latenessMs: Math.round(Math.max(POWER_LATENESS_MS, ...own.map(({ detector }) => latenessOf(detector))) / scale),
    immediate: new Set([...byMetric].filter(([, rules]) => isImmediate(rules)).map(([metric]) => metric)),
  }
}

/** Whether a rule watches what devices of such an appliance, or of the station itself, say. */
export function isAbout({ applianceKind: about, exceptKinds }: FaultRule, kind: SubjectKind): boolean {
  if (kind === 'station') return about === 'station' || about === 'any'
  return (about === kind || about === 'any' || about === 'any_appliance') && exceptKinds?.includes(kind) !== true
}

function scaledSpec(spec: PowerSpec, scale: number): PowerSpec {
  return scale === 1 ? spec : { ...spec, gapMs: Math.max(spec.gapMs, MINUTELY_GAP_MS * scale) }
}

/** A plug's readings come over the same ways as a sensor's. */
const POWER_LATENESS_MS = 30_000

function latenessOf(detector: Detector): number {
  return 'latenessMs' in detector ? detector.latenessMs : 0
}

function isImmediate(rules: readonly FaultRule[]): boolean {
  return rules.length > 0 && rules.every(({ detector }) => 'latenessMs' in detector && detector.latenessMs === 0)
}

/** The metrics whose readings a detector is handed one by one. */
function metricsOf(detector: Detector): readonly Metric[] {
  if (isPowerDetector(detector) || detector.kind === 'wrong_clock') return []
  return detector.kind === 'imbalance' ? ['people_in', 'people_out'] : [detector.metric]
}
