import type { WorkOrder, WorkOrderStep } from '@harbor/protocol'
import { expect, test } from 'vitest'
import { dueOf, fasterStep } from './order-words.ts'

const step = (seq: number, act: WorkOrderStep['act'] = 'accept'): WorkOrderStep => ({
  seq,
  act,
  at: '2026-07-30T04:00:00.000Z',
  to: 'open',
})

test.each([
  [1, 2],
  [2, 3],
  [3, undefined],
])('of three steps, whoever saw the %ith was beaten by the one after it', (seen, faster) => {
  expect(fasterStep([step(1), step(2), step(3)], seen)?.seq).toBe(faster)
})

test('a reminder or a note beats nobody', () => {
  expect(fasterStep([step(1), step(2, 'remind'), step(3, 'note')], 1)).toBeUndefined()
})

test.each([
  ['open', 'accept'],
  ['assigned', 'accept'],
  ['accepted', 'on_site'],
  ['on_site', 'done'],
] as const)('an order that is %s waits for %s, and is late from its time on', (state, stage) => {
  const order = { state, dueAt: '2026-07-30T04:00:00.000Z' } as WorkOrder
  const atMs = Date.parse('2026-07-30T04:00:00.000Z')
  expect(dueOf(order, atMs)).toEqual({ stage, atMs, isLate: false })
  expect(dueOf(order, atMs + 1)?.isLate).toBe(true)
  expect(dueOf({ ...order, dueAt: undefined } as unknown as WorkOrder, atMs)).toBeUndefined()
})
