import { describe, expect, it } from 'vitest'
import { alert } from '../test/fixture-data.ts'
import { type Say, createWords } from '../words/words.tsx'
import { alertRuleText, evidenceText } from './alert-words.ts'

const NOW = Date.parse('2026-07-30T04:00:00.000Z')
const sayIn = (language: 'zh' | 'en'): Say => {
  const words = createWords(language)
  return (key, values) => words.t(key, { ...values })
}

describe('an alert in words', () => {
  it('tells what was measured, for how long, and the limit', () => {
    expect(evidenceText(alert('a', NOW), sayIn('en'), 'en')).toBe('13.2 °C for 31 min; limit 12 °C')
    expect(evidenceText(alert('a', NOW), sayIn('zh'), 'zh-CN')).toBe('13.2 °C，持续 31分钟；限值 12 °C')
  })

  it('leaves the span out when there is none', () => {
    const { evidence } = alert('a', NOW)
    const sudden = alert('a', NOW, { evidence: { ...evidence, from: evidence.to } })
    expect(evidenceText(sudden, sayIn('en'), 'en')).toBe('13.2 °C; limit 12 °C')
  })

  it('names the rule, and a rule it does not know by appliance and metric', () => {
    expect(alertRuleText(alert('a', NOW), sayIn('zh'))).toBe('冰箱温度过高')
    const unknown = alert('a', NOW, { rule: 'ac_runs_cold', applianceKind: 'air_conditioner' })
    expect(alertRuleText(unknown, sayIn('en'))).toBe('Air conditioner: temperature out of range')
  })

  it('counts one and many', () => {
    expect(sayIn('en')('alerts.count', { count: 1 })).toBe('1 alert')
    expect(sayIn('en')('alerts.count', { count: 2 })).toBe('2 alerts')
    expect(sayIn('zh')('alerts.count', { count: 1 })).toBe('1 条')
  })
})
