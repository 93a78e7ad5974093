import { type ApplianceRecord, HarborError, type RuleOverride } from '@harbor/protocol'
import { RULE_OF_CAUSE } from '../causes/cause.ts'
import { FAULT_CATALOGUE, type FaultRule } from '../faults/catalogue.ts'
import { planAll } from '../faults/plans.ts'

/** Of the rules that are none of the fault engine's, this one alone takes a time scale: how soon a plug that is off is told of. */
const OF_CAUSES: ReadonlySet<string> = new Set([RULE_OF_CAUSE.plug_off])

/** What is set apart of a rule for an appliance: its own stands above its model's. */
export function overrideOf(
  overrides: readonly RuleOverride[],
  rule: string,
  appliance: Pick<ApplianceRecord, 'id' | 'model'> | undefined,
): RuleOverride | undefined {
  if (appliance === undefined) return undefined
  const { id, model } = appliance
  const ofRule = overrides.filter(one => one.rule === rule)
  return (
    ofRule.find(one => one.appliance === id) ??
    ofRule.find(one => one.appliance === undefined && one.model !== undefined && one.model === model)
  )
}

/** Those that a catalogue has the rules of: a rule on trial may have numbers set apart that nobody uses yet. */
export function overridesOf(catalogue: readonly FaultRule[], overrides: readonly RuleOverride[]): RuleOverride[] {
  const known = new Set(catalogue.map(({ id }) => id))
  return overrides.filter(({ rule }) => known.has(rule))
}

/**
 * Checks overrides of all rules that there are, live or on trial.
 *
 * @throws HarborError `FAULT_OVERRIDE_INVALID` for a rule that is none, two for one rule and the same appliances, numbers that the rule
 *   does not take, or an override of nobody's.
 */
export function checkOverrides(overrides: readonly RuleOverride[]): void {
  for (const { rule, model, appliance, numbers } of overrides) {
    if (model === undefined && appliance === undefined)
      throw new HarborError('FAULT_OVERRIDE_INVALID', `rule override for ${rule}: model or appliance: one is needed`)
    if (OF_CAUSES.has(rule) && numbers !== undefined)
      throw new HarborError('FAULT_OVERRIDE_INVALID', `rule override for ${rule}: numbers: it takes a timeScale alone`)
  }
  planAll(
    FAULT_CATALOGUE,
    overrides.filter(({ rule }) => !OF_CAUSES.has(rule)),
  )
}
