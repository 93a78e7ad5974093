import { APPLIANCE_KINDS, type AlertView, type ApplianceKind, type RuleView } from '@harbor/protocol'
import { CAUSE_RULES } from '../causes/cause-rules.ts'
import type { FaultRule } from '../faults/catalogue.ts'
import { SAFETY_RULE_VIEWS } from '../safety/safety-rules.ts'

/** Every rule that can raise an alert, as people are told of it: the catalogue's, those of causes, and the gateways' guards'. */
export function ruleViews(catalogue: readonly FaultRule[]): readonly RuleView[] {
  const told = catalogue.map((rule): RuleView => {
    const { id, version, name, checkFirst, source } = rule
    const applianceKind = kindOf(rule)
    return {
      id,
      version,
      scope: scopeOf(rule),
      ...(applianceKind !== undefined && { applianceKind }),
      nameZh: name.zh,
      nameEn: name.en,
      severity: gravestOf(rule),
      checkFirst: checkFirst.map(({ zh, en }) => ({ zh, en })),
      source,
    }
  })
  const known = new Set(told.map(({ id }) => id))
  return [...told, ...[...CAUSE_RULES, ...SAFETY_RULE_VIEWS].filter(({ id }) => !known.has(id))]
}

function kindOf({ applianceKind }: FaultRule): ApplianceKind | undefined {
  return APPLIANCE_KINDS.find(kind => kind === applianceKind)
}

/** A rule on any plug or sensor speaks of that device, wherever it is. */
function scopeOf(rule: FaultRule): AlertView['scope'] {
  if (kindOf(rule) !== undefined) return 'appliance'
  return (rule.applianceKind as string) === 'station' ? 'station' : 'device'
}

/** The gravest grade that a rule can give: they are named so that their order is that of their names. */
function gravestOf({ detector }: FaultRule): AlertView['severity'] {
  const worse = 'escalate' in detector ? detector.escalate.map(({ severity }) => severity) : []
  return [detector.severity, ...worse].reduce((gravest, one) => (one < gravest ? one : gravest))
}
