import { ROLES, WORK_ORDER_STATES } from '@harbor/protocol'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { type OrderNow, PERSON_ACTS, allowedActs, decide } from './machine.ts'

const now = (change: Partial<OrderNow> = {}): OrderNow => ({
  state: 'open',
  isPaused: false,
  assignee: undefined,
  faultStands: undefined,
  ...change,
})
const somebody = (role: (typeof ROLES)[number], login = 'li') => ({ person: { login, role }, withReason: false })

test('an order goes its way step by step, and every jump over one is refused', () => {
  const way = ['assigned', 'accepted', 'on_site', 'done', 'verified'] as const
  const acts = { accept: 'accepted', arrive: 'on_site', finish: 'done', verify: 'verified' } as const
  for (const state of way)
    for (const [act, to] of Object.entries(acts)) {
      const decision = decide(now({ state, assignee: 'li' }), act as keyof typeof acts, somebody('manager', 'boss'))
      const isNext = way.indexOf(to) === way.indexOf(state) + 1
      expect(decision, `${act} in ${state}`).toEqual(isNext ? { to } : { refusal: 'state' })
    }
})

test.each([
  ['a maintainer', 'maintainer', 'arrive', 'not_yours'],
  ['a maintainer', 'maintainer', 'cancel', 'role'],
  ['a keeper', 'keeper', 'arrive', 'role'],
  ['the hardware team', 'hardware', 'note', 'role'],
] as const)('%s who has not the order in hand may not', (...[, role, act, refusal]) => {
  expect(decide(now({ state: 'accepted', assignee: 'wang' }), act, somebody(role))).toEqual({ refusal })
})

test('an open order may be taken by any maintainer, one that is given to somebody by that one alone', () => {
  expect(decide(now(), 'accept', somebody('maintainer'))).toEqual({ to: 'accepted' })
  const given = now({ state: 'assigned', assignee: 'wang' })
  expect(decide(given, 'accept', somebody('maintainer'))).toEqual({ refusal: 'not_yours' })
  expect(decide(given, 'accept', somebody('maintainer', 'wang'))).toEqual({ to: 'accepted' })
})

test('nobody verifies their own work', () => {
  expect(decide(now({ state: 'done', assignee: 'boss' }), 'verify', somebody('manager', 'boss'))).toEqual({
    refusal: 'own_work',
  })
})

test.each([
  ['keeper', true, { refusal: 'fault_stands' }],
  ['manager', false, { refusal: 'fault_stands' }],
  ['manager', true, { to: 'verified' }],
] as const)('an order whose fault stands, verified by a %s, reason given: %s', (role, withReason, decision) => {
  const order = now({ state: 'done', assignee: 'li', faultStands: true })
  expect(decide(order, 'verify', { person: { login: 'boss', role }, withReason })).toEqual(decision)
})

test('whatever is pressed in whatever order: nothing follows a closed order but reopening, and a fault that stands is never verified without a reason', () => {
  const presses = fc.array(
    fc.record({
      act: fc.constantFrom(...PERSON_ACTS),
      role: fc.constantFrom(...ROLES),
      login: fc.constantFrom('li', 'wang', 'boss'),
      withReason: fc.boolean(),
      faultStands: fc.constantFrom(true, false, undefined),
    }),
    { maxLength: 60, size: 'max' },
  )
  fc.assert(
    fc.property(presses, all => {
      let order = now()
      for (const { act, role, login, withReason, faultStands } of all) {
        const before = { ...order, faultStands }
        const decision = decide(before, act, { person: { login, role }, withReason })
        expect(allowedActs(before, { login, role }).includes(act) || 'refusal' in decision).toBe(true)
        const to = 'to' in decision ? decision.to : before.state
        const wasClosed = before.state === 'verified' || before.state === 'cancelled'
        expect(wasClosed && to !== before.state && to !== 'open').toBe(false)
        expect(act === 'verify' && 'to' in decision && faultStands === true && !withReason).toBe(false)
        const step = WORK_ORDER_STATES.indexOf(to) - WORK_ORDER_STATES.indexOf(before.state)
        // One step on, except for taking an open order, and cancelling.
        const mayJump = to === 'cancelled' || (act === 'accept' && before.state === 'open')
        expect(step > 1 && !mayJump).toBe(false)
        if ('refusal' in decision) continue
        const isPaused =
          act === 'pause' || (before.isPaused && ['note', 'part', 'photo', 'promise', 'accept'].includes(act))
        const isTaken = act === 'assign' || act === 'accept'
        order = {
          ...order,
          state: to,
          isPaused,
          assignee: act === 'reopen' ? undefined : isTaken ? login : order.assignee,
        }
      }
    }),
  )
})
