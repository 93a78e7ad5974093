import { planRequestSchema } from '@harbor/protocol'
import { expect, test } from 'vitest'
import { type PlanDraft, RHYTHMS, requestOf, rruleOf } from './plan-draft.ts'

const DRAFT: PlanDraft = {
  title: ' 清洗滤网 ',
  note: '',
  kind: 'air_conditioner',
  appliance: '',
  model: '',
  district: '',
  station: '',
  by: 'calendar',
  rhythm: 'monthly',
  from: '2026-01-31',
  leadDays: '3',
  meter: 'starts',
  every: '500',
  rule: '',
}

test.each([
  ['monthly', '2026-01-15', 'FREQ=MONTHLY;BYMONTHDAY=15'],
  // A month without a 31st has its last day.
  ['monthly', '2026-01-31', 'FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1'],
  ['yearly', '2024-02-29', 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=28,29;BYSETPOS=-1'],
  ['weekly', '2026-01-31', 'FREQ=WEEKLY'],
] as const)('%s from %s is %s', (...[rhythm, from, rule]) => {
  expect(rruleOf(rhythm, from)).toBe(rule)
})

test.each(RHYTHMS)('what the form makes of %s is what the server takes', rhythm => {
  expect(planRequestSchema.parse(requestOf({ ...DRAFT, rhythm }))).toMatchObject({
    title: '清洗滤网',
    severity: 'P3',
    target: { kind: 'air_conditioner' },
  })
})

test('use and condition, and one appliance, are taken too', () => {
  for (const draft of [
    { ...DRAFT, by: 'usage' as const },
    { ...DRAFT, by: 'condition' as const, rule: 'fridge_too_warm' },
    { ...DRAFT, appliance: 'cq-500103-01-fridge' },
    { ...DRAFT, model: 'BCD-50', note: '断电' },
    { ...DRAFT, district: '500103', station: 'cq-500103-01' },
  ])
    expect(planRequestSchema.safeParse(requestOf(draft)).success).toBe(true)
})

test.each([
  { title: ' ' },
  { from: '' },
  { leadDays: '61' },
  { leadDays: '-1' },
  { by: 'usage', every: '0' },
  { by: 'condition' },
] as const)('%j is asked for again', change => {
  expect(requestOf({ ...DRAFT, ...change } as PlanDraft)).toBeUndefined()
})
