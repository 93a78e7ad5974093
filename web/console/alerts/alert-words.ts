import { type AlertView, type Evidence, METRICS, type RuleView, isMetric } from '@harbor/protocol'
import type { Language } from '../../shared/i18n/language.ts'
import { numberText, unitSign, valueText } from '../stations/value-text.ts'
import { durationText } from '../time/format.ts'
import { type Say, localName } from '../words/words.tsx'

/** What the rule found, by the server's name for it; before that is known, by what is at fault and what was read. */
export function alertRuleText(
  alert: Pick<AlertView, 'scope' | 'applianceKind' | 'evidence'>,
  rule: RuleView | undefined,
  { say, language }: { say: Say; language: Language },
): string {
  if (rule !== undefined) return localName(language, rule)
  const { metric } = alert.evidence
  return say('rule.other', {
    subject: subjectText(alert, say),
    metric: isMetric(metric) ? say(`metric.${metric}`) : metric,
  })
}

/** What is at fault: the kind of the appliance, or that it is a device or the station itself. */
export function subjectText({ scope, applianceKind }: Pick<AlertView, 'scope' | 'applianceKind'>, say: Say): string {
  if (applianceKind === undefined) return say(`scope.${scope === 'station' ? 'station' : 'device'}`)
  const kind = say(`appliance.${applianceKind}`)
  return scope === 'device' ? say('scope.deviceOf', { appliance: kind }) : kind
}

/** The evidence in a sentence: "13.2 °C for 31 min; limit 12 °C", "Running for 94% of the last 6 h; usual 38%, limit 70%". */
export function evidenceText({ evidence }: Pick<AlertView, 'evidence'>, say: Say, locale: string): string {
  const { observed, threshold, norm } = evidence
  const value = (number: number) => evidenceValue(evidence, number, { say, locale })
  const spanMs = Date.parse(evidence.to) - Date.parse(evidence.from)
  const span = durationText(spanMs, locale)
  const fact = say(factKey(evidence, spanMs), { observed: value(observed), span, count: evidence.devices?.length ?? 1 })
  if (isState(evidence)) return fact
  const limit = say('evidence.limit', { threshold: value(threshold) })
  return norm === undefined
    ? say('evidence.withLimit', { fact, limit })
    : say('evidence.withNorm', { fact, norm: say('evidence.norm', { norm: value(norm) }), limit })
}

/** A number of the evidence with its unit, in the reader's words. */
export function evidenceValue(
  evidence: Evidence,
  number: number,
  { say, locale }: { say: Say; locale: string },
): string {
  const { quantity, unit, metric } = evidence
  if (quantity === undefined) return valueText({ metric, value: number, unit }, say, locale)
  if (unit === 'min') return durationText(number * 60_000, locale)
  const sign = unitSign(unit)
  const text = numberText(number, Math.abs(number) < 10 ? 1 : 0, locale)
  if (unit === undefined || sign === '') return text
  return sign === '%' || sign.startsWith('/') ? `${text}${sign}` : `${text} ${sign}`
}

/** On or off has no limit. */
function isState({ metric, quantity }: Evidence): boolean {
  return quantity === undefined && isMetric(metric) && METRICS[metric].kind === 'state'
}

/** Quantities that have a sentence of their own; the others are told as a plain number. */
const FACTS = {
  duty: 'evidence.duty',
  run_length: 'evidence.run_length',
  rest_length: 'evidence.rest_length',
  silence: 'evidence.silence',
  silent_share: 'evidence.silent_share',
  starts_per_hour: 'evidence.starts_per_hour',
  failed_starts: 'evidence.failed_starts',
  unchanged: 'evidence.unchanged',
  heat_index: 'evidence.heat_index',
  sessions_without_heat: 'evidence.sessions_without_heat',
  session_power: 'evidence.session_power',
  cooling_rate: 'evidence.cooling_rate',
  night_energy: 'evidence.night_energy',
  jumps: 'evidence.jumps',
  imbalance: 'evidence.imbalance',
  uncounted_openings: 'evidence.uncounted_openings',
  not_opened: 'evidence.not_opened',
  heated_water: 'evidence.heated_water',
  filter_age: 'evidence.filter_age',
  clock_offset: 'evidence.clock_offset',
} as const

function factKey({ quantity = '', devices }: Evidence, spanMs: number) {
  if (quantity === 'silence' && devices !== undefined) return 'evidence.silenceOf' as const
  if (Object.hasOwn(FACTS, quantity)) return FACTS[quantity as keyof typeof FACTS]
  return spanMs > 0 ? ('evidence.held' as const) : ('evidence.now' as const)
}
