import type { ReceiptAct, ReceiptState } from '@harbor/protocol'

/** What happens to a receipt: what people do, and what the ways to them say. */
export type ReceiptEvent = ReceiptAct | 'deliver' | 'fail'

/**
 * The only ways a receipt goes. An event that is not in a state's row changes nothing: a phone's "read" that comes after its "done"
 * is no step back. Whoever declined may still take it on; what is done stays done.
 */
const STEPS: Readonly<Record<ReceiptState, Partial<Record<ReceiptEvent, ReceiptState>>>> = {
  sent: { deliver: 'delivered', fail: 'failed', read: 'read', accept: 'accepted', done: 'done', decline: 'declined' },
  failed: { deliver: 'delivered', read: 'read', accept: 'accepted', done: 'done', decline: 'declined' },
  delivered: { read: 'read', accept: 'accepted', done: 'done', decline: 'declined' },
  read: { accept: 'accepted', done: 'done', decline: 'declined' },
  accepted: { done: 'done', decline: 'declined' },
  declined: { accept: 'accepted', done: 'done' },
  done: {},
}

/** The state after an event; undefined: it changes nothing. */
export function afterEvent(state: ReceiptState, event: ReceiptEvent): ReceiptState | undefined {
  return STEPS[state][event]
}

/** Nobody has opened it yet: whom a reminder is for. */
export function isUnread(state: ReceiptState): boolean {
  return state === 'sent' || state === 'failed' || state === 'delivered'
}

/** Not done when it should be. What was declined was answered: the issuer sees the reason, nobody is chased for it. */
export function isOverdue(state: ReceiptState): boolean {
  return state !== 'done' && state !== 'declined'
}
