import type { Evidence, RuleView } from '@harbor/protocol'
import { describe, expect, it } from 'vitest'
import { alert } from '../test/fixture-data.ts'
import { type Say, createWords } from '../words/words.tsx'
import { alertRuleText, evidenceText } from './alert-words.ts'

const NOW = Date.parse('2026-07-30T04:00:00.000Z')
const sayIn = (language: 'zh' | 'en'): Say => {
  const words = createWords(language)
  return (key, values) => words.t(key, { ...values })
}

const evidence = (change: Partial<Evidence>) =>
  alert('a', NOW, { evidence: { ...alert('a', NOW).evidence, ...change } })

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

  it('tells what is usual, where the rule knows it', () => {
    const duty = evidence({ metric: 'power', quantity: 'duty', unit: '%', observed: 94, norm: 38, threshold: 70 })
    expect(evidenceText(duty, sayIn('en'), 'en')).toBe('Running for 94% of the last 31 min; usual 38%, limit 70%')
    expect(evidenceText(duty, sayIn('zh'), 'zh-CN')).toBe('最近 31分钟 里有 94% 的时间在运行；平时 38%，限值 70%')
  })

  it.each([
    [
      { metric: 'online', quantity: 'silence', unit: 'min', observed: 31, threshold: 30 },
      'No data for 31 min; limit 30 min',
    ],
    [
      { metric: 'online', quantity: 'silence', unit: 'min', observed: 31, threshold: 30, devices: ['a', 'b'] },
      '2 devices without data for 31 min; limit 30 min',
    ],
    [
      { metric: 'online', quantity: 'silent_share', unit: '%', observed: 92, threshold: 80 },
      '92% of the powered devices went silent within a minute; limit 80%',
    ],
    [
      { metric: 'power', quantity: 'run_length', unit: 'min', observed: 200, threshold: 180 },
      'Running for 3 hr 20 min without a stop; limit 3 hr',
    ],
    [{ metric: 'power', quantity: 'starts_per_hour', unit: '/h', observed: 9, threshold: 6 }, '9/h starts; limit 6/h'],
    [
      { metric: 'people', quantity: 'imbalance', unit: 'count', observed: 31, threshold: 10 },
      'In and out are 31 people apart in a day; limit 10',
    ],
    [
      { metric: 'power', quantity: 'sessions_without_heat', unit: 'count', observed: 3, threshold: 3 },
      '3 uses in a row without heat; limit 3',
    ],
    // One that this page has no sentence for.
    [
      { metric: 'people', quantity: 'something_new', unit: 'count', observed: 31, threshold: 10 },
      '31 for 31 min; limit 10',
    ],
    [{ metric: 'relay', unit: undefined, observed: 0, threshold: 1 }, 'off for 31 min'],
  ])('tells %j as "%s"', (change, text) => {
    expect(evidenceText(evidence(change), sayIn('en'), 'en')).toBe(text)
  })

  it('names a rule as the server does, and one that it has not told by what is at fault and what was read', () => {
    const rule = { nameZh: '冰箱温度过高', nameEn: 'Fridge too warm' } as RuleView
    const zh = { say: sayIn('zh'), language: 'zh' as const }
    const en = { say: sayIn('en'), language: 'en' as const }
    expect(alertRuleText(alert('a', NOW), rule, zh)).toBe('冰箱温度过高')
    const unknown = alert('a', NOW, { rule: 'ac_runs_cold', applianceKind: 'air_conditioner' })
    expect(alertRuleText(unknown, undefined, en)).toBe('Air conditioner: temperature out of range')
    const { appliance: _appliance, applianceKind: _kind, ...ofStation } = alert('a', NOW, { scope: 'station' })
    expect(alertRuleText(ofStation, undefined, en)).toBe('Station: temperature out of range')
  })

  it('counts one and many', () => {
    expect(sayIn('en')('alerts.count', { count: 1 })).toBe('1 alert')
    expect(sayIn('en')('alerts.count', { count: 2 })).toBe('2 alerts')
    expect(sayIn('zh')('alerts.count', { count: 1 })).toBe('1 条')
  })
})
