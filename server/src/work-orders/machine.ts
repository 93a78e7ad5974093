import type { Person, Role, WorkOrderAct, WorkOrderState } from '@harbor/protocol'

/** Acts of persons. The others (`create`, `join`, `regrade`, `remind`, `escalate`) are the system's own. */
export const PERSON_ACTS = [
  'assign',
  'accept',
  'arrive',
  'finish',
  'verify',
  'reopen',
  'cancel',
  'pause',
  'resume',
  'promise',
  'note',
  'part',
  'photo',
] as const satisfies readonly WorkOrderAct[]
export type PersonAct = (typeof PERSON_ACTS)[number]

/** What decides whether an act may be done now. */
export interface OrderNow {
  state: WorkOrderState
  isPaused: boolean
  assignee: string | undefined
  /** An alert of it stands; undefined: none speaks of it. */
  faultStands: boolean | undefined
}

/** Where an act leads from where; what is not here is a jump, and refused. */
const MOVES: Readonly<Partial<Record<PersonAct, { from: readonly WorkOrderState[]; to?: WorkOrderState }>>> = {
  assign: { from: ['open', 'assigned', 'accepted', 'on_site'], to: 'assigned' },
  // Taking an open order is being assigned and accepting in one press; both are written down.
  accept: { from: ['open', 'assigned'], to: 'accepted' },
  arrive: { from: ['accepted'], to: 'on_site' },
  finish: { from: ['on_site'], to: 'done' },
  verify: { from: ['done'], to: 'verified' },
  reopen: { from: ['done', 'verified', 'cancelled'], to: 'open' },
  cancel: { from: ['open', 'assigned', 'accepted', 'on_site', 'done'], to: 'cancelled' },
  pause: { from: ['open', 'assigned', 'accepted', 'on_site'] },
  resume: { from: ['open', 'assigned', 'accepted', 'on_site'] },
  promise: { from: ['open', 'assigned', 'accepted', 'on_site'] },
  part: { from: ['accepted', 'on_site', 'done'] },
}

/** Roles that may do an act on anybody's order. */
const LEADS: readonly Role[] = ['manager', 'administrator']
/** Who may see and comment on work orders at all. */
export const WORK_ORDER_ROLES: readonly Role[] = ['keeper', 'maintainer', 'manager', 'administrator']

const MAY: Readonly<Record<PersonAct, readonly Role[]>> = {
  assign: ['maintainer', ...LEADS],
  accept: ['maintainer', ...LEADS],
  arrive: ['maintainer', ...LEADS],
  finish: ['maintainer', ...LEADS],
  verify: ['keeper', ...LEADS],
  reopen: WORK_ORDER_ROLES,
  cancel: LEADS,
  pause: ['maintainer', ...LEADS],
  resume: ['maintainer', ...LEADS],
  promise: ['maintainer', ...LEADS],
  note: WORK_ORDER_ROLES,
  part: ['maintainer', ...LEADS],
  photo: WORK_ORDER_ROLES,
}

/** What only whoever has the order in hand does, leads apart. */
const IN_HAND: readonly PersonAct[] = ['accept', 'arrive', 'finish', 'pause', 'resume', 'promise', 'part']

/** Acts that only add to an order: it does not matter what happened since it was looked at. */
export const ADDING_ACTS: readonly PersonAct[] = ['note', 'part', 'photo']

/** Why an act is refused: the state does not lead there, or the person may not. */
export type Refusal = 'state' | 'role' | 'not_yours' | 'own_work' | 'fault_stands'

/** Where an act leads, or why it does not. */
export type Decision = { to: WorkOrderState } | { refusal: Refusal }

/**
 * Whether `person` may do `act` on an order as it is now.
 *
 * @param options `withReason`: a note comes with it; it takes one, of a lead, to verify an order whose fault stands.
 */
export function decide(
  order: OrderNow,
  act: PersonAct,
  { person, withReason }: { person: Pick<Person, 'login' | 'role'>; withReason: boolean },
): Decision {
  if (!MAY[act].includes(person.role)) return { refusal: 'role' }
  const move = MOVES[act]
  if (move !== undefined && !move.from.includes(order.state)) return { refusal: 'state' }
  if (act === 'pause' && order.isPaused) return { refusal: 'state' }
  if (act === 'resume' && !order.isPaused) return { refusal: 'state' }
  const isLead = LEADS.includes(person.role)
  const isOwn = order.assignee === person.login
  if (IN_HAND.includes(act) && !isLead && !isOwn && !(act === 'accept' && order.state === 'open'))
    return { refusal: 'not_yours' }
  if (act === 'verify') {
    // Nobody certifies their own work: what they say of it is "done".
    if (isOwn) return { refusal: 'own_work' }
    if (order.faultStands === true && !(isLead && withReason)) return { refusal: 'fault_stands' }
  }
  return { to: move?.to ?? order.state }
}

/** What a person may do now, for the page to show; a reason can be given. */
export function allowedActs(order: OrderNow, person: Pick<Person, 'login' | 'role'>): PersonAct[] {
  return PERSON_ACTS.filter(act => 'to' in decide(order, act, { person, withReason: true }))
}

/** What a refusal says to whoever pressed. */
export function refusalText(
  refusal: Refusal,
  { act, state, role }: { act: PersonAct; state: string; role: Role },
): string {
  switch (refusal) {
    case 'state':
      return `${act} does not lead on from ${state}`
    case 'role':
      return `${act} is not for a ${role}`
    case 'not_yours':
      return `${act} is for whoever has the order in hand, and for managers`
    case 'own_work':
      return 'work is verified by somebody else than whoever did it'
    case 'fault_stands':
      return 'its fault still stands: a manager may verify it with a reason'
  }
}
