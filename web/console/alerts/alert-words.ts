import { type AlertView, isMetric } from '@harbor/protocol'
import { valueText } from '../stations/value-text.ts'
import { durationText } from '../time/format.ts'
import type { Say } from '../words/words.tsx'

/** What the rule found, in a few words. A rule that this page does not know yet is told by appliance and metric. */
export function alertRuleText(alert: AlertView, say: Say): string {
  if (alert.rule === 'fridge_too_warm') return say('rule.fridge_too_warm')
  const appliance = say(`appliance.${alert.applianceKind}`)
  if (alert.rule === 'safety_cut' || alert.rule === 'safety_warning') return say(`rule.${alert.rule}`, { appliance })
  const { metric } = alert.evidence
  return say('rule.other', {
    appliance,
    metric: isMetric(metric) ? say(`metric.${metric}`) : metric,
  })
}

/** The evidence in a sentence: "13.2 °C for 31 min; limit 12 °C". */
export function evidenceText({ evidence }: AlertView, say: Say, locale: string): string {
  const value = (number: number) => valueText({ ...evidence, value: number }, say, locale)
  const spanMs = Date.parse(evidence.to) - Date.parse(evidence.from)
  const values = { observed: value(evidence.observed), threshold: value(evidence.threshold) }
  if (spanMs <= 0) return say('alerts.evidenceNow', values)
  return say('alerts.evidence', { ...values, span: durationText(spanMs, locale) })
}
