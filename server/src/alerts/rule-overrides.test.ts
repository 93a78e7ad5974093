import type { RuleOverride } from '@harbor/protocol'
import { expect, test } from 'vitest'
import { FAULT_CATALOGUE } from '../faults/catalogue.ts'
import { checkOverrides, overrideOf, overridesOf } from './rule-overrides.ts'

const OVERRIDES: RuleOverride[] = [
  { rule: 'fridge_too_warm', model: 'small', timeScale: 2 },
  { rule: 'fridge_too_warm', appliance: 'f1', timeScale: 3 },
  { rule: 'fridge_too_cold', model: 'small', timeScale: 5 },
]

test.each([
  [{ id: 'f1', model: 'small' }, 3],
  [{ id: 'f2', model: 'small' }, 2],
  [{ id: 'f2', model: 'large' }, undefined],
  [{ id: 'f2' }, undefined],
  [undefined, undefined],
])('of %j the nearest word counts: its own, then its model’s', (appliance, timeScale) => {
  expect(overrideOf(OVERRIDES, 'fridge_too_warm', appliance)?.timeScale).toBe(timeScale)
})

test('numbers of a rule on trial, or of one of causes, are checked and not handed to the engine', () => {
  const isOnTrial = ({ id }: { id: string }) => id === 'ac_left_on'
  const all: RuleOverride[] = [
    ...OVERRIDES,
    { rule: 'ac_left_on', model: 'any', timeScale: 2 },
    { rule: 'plug_switched_off', model: 'any', timeScale: 20 },
  ]
  expect(() => checkOverrides(all)).not.toThrow()
  const live = FAULT_CATALOGUE.filter(rule => !isOnTrial(rule))
  expect(overridesOf(live, all)).toEqual(OVERRIDES)
})

test.each([
  [{ rule: 'no_such_rule', model: 'm', timeScale: 1 }, /no such rule/],
  [{ rule: 'fridge_too_warm', timeScale: 1 }, /model or appliance/],
  [{ rule: 'plug_switched_off', model: 'm', timeScale: 1, numbers: { holdMs: 1 } }, /numbers/],
  [{ rule: 'fridge_too_warm', model: 'm', timeScale: 1, numbers: { 'raise.7.holdMs': 1 } }, /raise\.7\.holdMs/],
])('%j is refused with what is wrong', (override, message) => {
  const check = () => checkOverrides([override])
  expect(check).toThrow(message)
  expect(check).toThrow(expect.objectContaining({ code: 'FAULT_OVERRIDE_INVALID' }))
})
