import { HarborError, type RuleOverride } from '@harbor/protocol'
import type { FaultRule, SustainedDetector } from './rule-schema.ts'
import { FaultCatalogueError, parseCatalogue } from './parse-catalogue.ts'

/**
 * A rule with what an override changes of it. A time scale divides every duration (60 makes an hour a minute): of a rule that
 * watches one metric here, of rules on a plug's watts in the engine, where the whole physics of the model runs that much
 * faster. `numbers` replaces numbers of the detector by their path, such as `raise.0.threshold`.
 *
 * @throws HarborError `FAULT_OVERRIDE_INVALID` for a path that leads to no number, or numbers that contradict each other.
 */
export function overrideRule(rule: FaultRule, override: RuleOverride | undefined): FaultRule {
  if (override === undefined) return rule
  const patched = override.numbers === undefined ? rule : patch(rule, override.numbers)
  const { detector } = patched
  if (override.timeScale === 1 || detector.kind !== 'sustained') return patched
  return { ...patched, detector: scaleSustained(detector, override.timeScale) }
}

function patch(rule: FaultRule, numbers: Readonly<Record<string, number>>): FaultRule {
  const copy = structuredClone(rule)
  for (const [path, value] of Object.entries(numbers)) {
    const steps = path.split('.')
    const last = steps.pop() as string
    let at: unknown = copy.detector
    for (const step of steps) at = isHolder(at) && Object.hasOwn(at, step) ? at[step] : undefined
    if (!isHolder(at) || !Object.hasOwn(at, last) || typeof at[last] !== 'number')
      throw new HarborError('FAULT_OVERRIDE_INVALID', `rule override for ${rule.id}: it has no number ${path}`)
    at[last] = value
  }
  try {
    // By itself it has no rules before it that could explain it.
    const { unless, ...alone } = copy
    return { ...(parseCatalogue([alone])[0] as FaultRule), ...(unless !== undefined && { unless }) }
  } catch (error) {
    if (!(error instanceof FaultCatalogueError)) throw error
    throw new HarborError('FAULT_OVERRIDE_INVALID', `rule override for ${rule.id}: ${error.message}`, { cause: error })
  }
}

function isHolder(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

/** How much faster the physics of a model runs: the greatest scale among its rules on the watts, and on what the watts do. */
export function powerScale(rules: readonly FaultRule[], overrides: readonly RuleOverride[]): number {
  const ids = new Set(rules.map(({ id }) => id))
  return Math.max(1, ...overrides.filter(({ rule }) => ids.has(rule)).map(({ timeScale }) => timeScale))
}

/** A device that reports once a minute, and is half a minute late. */
export const MINUTELY_GAP_MS = 90_000

function scaleSustained(detector: SustainedDetector, timeScale: number): SustainedDetector {
  const scale = (ms: number) => (ms === 0 ? 0 : Math.max(1, Math.round(ms / timeScale)))
  const hold = <Held extends { holdMs: number }>(held: Held): Held => ({ ...held, holdMs: scale(held.holdMs) })
  return {
    ...detector,
    raise: detector.raise.map(({ unlessRecovering, ...held }) =>
      unlessRecovering === undefined
        ? hold(held)
        : {
            ...hold(held),
            unlessRecovering: { ...unlessRecovering, withinMs: scale(unlessRecovering.withinMs) },
          },
    ),
    escalate: detector.escalate.map(hold),
    clear: hold(detector.clear),
    smoothMs: scale(detector.smoothMs),
    // However fast the appliance lives, its plug reports once a minute: a shorter limit would end every hold before it is due.
    maxGapMs: Math.max(scale(detector.maxGapMs), detector.minGapMs, Math.min(detector.maxGapMs, MINUTELY_GAP_MS)),
    latenessMs: scale(detector.latenessMs),
  }
}
