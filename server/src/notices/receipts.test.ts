import { RECEIPT_STATES, type ReceiptState } from '@harbor/protocol'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ReceiptEvent, afterEvent, isUnread } from './receipts.ts'

const eventArb = fc.constantFrom<ReceiptEvent>('deliver', 'fail', 'read', 'accept', 'done', 'decline')
const run = (events: readonly ReceiptEvent[], from: ReceiptState = 'sent') =>
  events.reduce<ReceiptState>((state, event) => afterEvent(state, event) ?? state, from)

test('what is done stays done, whatever arrives late', () => {
  fc.assert(
    fc.property(fc.array(eventArb), fc.array(eventArb), (before, after) => {
      expect(run([...before, 'done', ...after])).toBe('done')
    }),
  )
})

test('whoever has opened an order is never unread again', () => {
  fc.assert(
    fc.property(
      fc.array(eventArb),
      fc.constantFrom<ReceiptEvent>('read', 'accept', 'decline'),
      fc.array(eventArb),
      (a, b, c) => {
        expect(isUnread(run([...a, b, ...c]))).toBe(false)
      },
    ),
  )
})

test('the same event twice is the same as once', () => {
  fc.assert(
    fc.property(fc.constantFrom(...RECEIPT_STATES), eventArb, (state, event) => {
      expect(run([event, event], state)).toBe(run([event], state))
    }),
  )
})

test('a message that fails takes nothing from whoever was reached already', () => {
  for (const state of RECEIPT_STATES) expect(afterEvent(state, 'fail') === undefined || state === 'sent').toBe(true)
})

test('an answer without reading first counts: the phone that read it had no network', () => {
  expect(run(['done'])).toBe('done')
  expect(run(['accept'])).toBe('accepted')
  expect(run(['decline', 'accept', 'done'])).toBe('done')
})
