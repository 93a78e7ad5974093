import { expect, test } from 'vitest'
import { FAULT_CATALOGUE } from './catalogue.ts'
import { createFaultEngine } from './engine.ts'
import { readingsOf, runAll } from './test-traces.ts'

const RULE = 'fridge_too_warm'
const engineWith = (overrides: Parameters<typeof createFaultEngine>[0]['overrides']) =>
  createFaultEngine({ catalogue: FAULT_CATALOGUE, overrides })
const raisedAfter = (overrides: Parameters<typeof createFaultEngine>[0]['overrides'], model = 'm') => {
  const inputs = readingsOf([{ value: 9, minutes: 90 }], { model })
  const [raised] = runAll(engineWith(overrides), inputs)
  return raised === undefined ? undefined : (raised.atMs - (inputs[0]?.timeMs ?? 0)) / 60_000
}

test('numbers of a rule can be set apart for a model', () => {
  expect(raisedAfter([])).toBe(60)
  const numbers = { 'raise.0.holdMs': 1_500_000 }
  expect(raisedAfter([{ rule: RULE, model: 'm', timeScale: 1, numbers }])).toBe(25)
  expect(raisedAfter([{ rule: RULE, model: 'other', timeScale: 1, numbers }])).toBe(60)
})

test('what is set for one appliance stands above what is set for its model', () => {
  const forModel = { rule: RULE, model: 'm', timeScale: 1, numbers: { 'raise.0.holdMs': 1_500_000 } }
  const forOne = { ...forModel, appliance: 'fridge-1', numbers: { 'raise.0.threshold': 9.5, 'raise.1.threshold': 9.6 } }
  expect(raisedAfter([forModel, forOne])).toBeUndefined()
  expect(raisedAfter([forModel, { ...forOne, appliance: 'fridge-2' }])).toBe(25)
})

test.each([
  ['a number that the rule has not', { 'raise.9.threshold': 1 }, 'no number raise.9.threshold'],
  ['a text', { severity: 1 }, 'no number severity'],
  ['what every object has', { 'constructor.length': 1 }, 'no number constructor.length'],
  ['a limit that clears above what raises', { 'clear.threshold': 20 }, 'clear'],
  ['a negative duration', { 'raise.0.holdMs': -1 }, 'holdMs'],
])('%s cannot be set', (_what, numbers, message) => {
  expect(() => engineWith([{ rule: RULE, model: 'm', timeScale: 1, numbers }])).toThrow(message)
})
