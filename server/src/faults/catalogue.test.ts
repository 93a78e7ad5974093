import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { FAULT_CATALOGUE, type FaultRule, parseCatalogue } from './catalogue.ts'
import { overrideRule } from './overridden-rule.ts'
import type { SustainedDetector } from './rule-schema.ts'

const RULE = FAULT_CATALOGUE.find(({ id }) => id === 'fridge_too_warm') as FaultRule
const detector = RULE.detector as SustainedDetector

test('every rule can be run, and says in Chinese and in English what it is and what to check first', () => {
  expect(parseCatalogue(FAULT_CATALOGUE)).toEqual(FAULT_CATALOGUE)
  for (const { name, checkFirst } of FAULT_CATALOGUE)
    for (const { zh, en } of [name, ...checkFirst]) {
      expect(zh).toMatch(/\p{Script=Han}/u)
      expect(en).not.toMatch(/\p{Script=Han}/u)
    }
})

test('every rule stands in docs/domain.md with the time that it promises', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/domain.md'), 'utf8')
  const rows = new Map(
    page
      .split('\n')
      .map(line => line.split('|').map(cell => cell.trim()))
      .flatMap(([, id, , within]) => (id === undefined || within === undefined ? [] : [[id, within] as const])),
  )
  for (const { id, promisedMs } of FAULT_CATALOGUE)
    expect([id, rows.get(`\`${id}\``)]).toEqual([id, timeText(promisedMs)])
})

function timeText(ms: number): string {
  const hours = ms / 3_600_000
  return hours >= 48 ? `${hours / 24} d` : hours >= 2 ? `${hours} h` : `${hours * 60} min`
}

describe('a catalogue is refused, naming the rule', () => {
  const [first] = detector.raise
  test.each<[string, unknown, string]>([
    ['that is no list', {}, 'payload'],
    ['with a duration of zero', { ...RULE, detector: { ...detector, maxGapMs: 0 } }, '0.detector.maxGapMs'],
    ['with an unknown metric', { ...RULE, detector: { ...detector, metric: 'warmth' } }, '0.detector.metric'],
    ['with an unknown way of watching', { ...RULE, detector: { ...detector, kind: 'guess' } }, '0.detector'],
    ['that nothing raises', { ...RULE, detector: { ...detector, raise: [] } }, '0.detector.raise'],
    ['without a text in Chinese', { ...RULE, name: { en: 'Fridge' } }, '0.name.zh'],
    [
      'that clears above what raises',
      { ...RULE, detector: { ...detector, clear: { ...detector.clear, threshold: 9 } } },
      'fridge_too_warm: clear',
    ],
    [
      'that clears on the side that raises',
      { ...RULE, detector: { ...detector, clear: { ...detector.clear, beyond: 'above' } } },
      'fridge_too_warm: clear',
    ],
    ['with a gap longer than a hold', { ...RULE, detector: { ...detector, maxGapMs: 1_200_001 } }, 'maxGapMs'],
    [
      'that looks back further than the hold',
      { ...RULE, detector: { ...detector, raise: [{ ...first, unlessRecovering: { by: 1, withinMs: 3_600_001 } }] } },
      'unlessRecovering',
    ],
  ])('%s', (_what, rule, message) => {
    expect(() =>
      parseCatalogue(Array.isArray(rule) || Object.keys(rule as object).length === 0 ? rule : [rule]),
    ).toThrow(message)
  })

  test('with one id twice', () => {
    expect(() => parseCatalogue([RULE, RULE])).toThrow('its id is taken')
  })
})

test('a time scale divides every duration and no limit, and makes no gap of what the network needs', () => {
  const override = { rule: RULE.id, model: 'm', timeScale: 1 }
  expect(overrideRule(RULE, override)).toBe(RULE)
  const scaled = overrideRule(RULE, { ...override, timeScale: 60 })
  expect(scaled.detector).toEqual({
    kind: 'sustained',
    metric: 'temperature',
    raise: [
      { beyond: 'above', threshold: 8, holdMs: 60_000 },
      { beyond: 'above', threshold: 10, holdMs: 45_000 },
      { beyond: 'above', threshold: 12, holdMs: 30_000, unlessRecovering: { by: 1, withinMs: 15_000 } },
    ],
    severity: 'P2',
    escalate: [{ beyond: 'above', threshold: 10, holdMs: 120_000, severity: 'P1' }],
    clear: { beyond: 'below', threshold: 6, holdMs: 20_000 },
    smoothMs: 5_000,
    maxGapMs: 90_000, // 10 s would be less than a report interval of a minute
    minGapMs: 30_000,
    latenessMs: 500,
  })
  expect({ ...scaled, detector }).toEqual(RULE)
})

test('however quick the model, a plug that reports once a minute ends no hold between two reports', () => {
  for (const rule of FAULT_CATALOGUE) {
    const { detector: own } = rule
    const { detector: scaled } = overrideRule(rule, { rule: rule.id, model: 'm', timeScale: 600 })
    if (scaled.kind !== 'sustained' || own.kind !== 'sustained') continue
    expect([rule.id, scaled.maxGapMs >= Math.min(own.maxGapMs, 61_000)]).toEqual([rule.id, true])
  }
})
