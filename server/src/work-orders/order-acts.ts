import { GENTLE_ACTS, MAX_ACT_AGE_MS, type Person, type PhotoMoment, type WorkOrderActRequest } from '@harbor/protocol'
import { acknowledgeWithOrder } from '../alerts/alert-acts.ts'
import { ApiProblem } from '../errors.ts'
import type { WorkOrderStepDetail } from '../registry/work-order-tables.ts'
import { maySeeStation } from '../people/scope.ts'
import { limitsOf } from '../people/people.ts'
import { ADDING_ACTS, type PersonAct, decide, refusalText } from './machine.ts'
import { reopen, resumption } from './order-life.ts'
import { findOrder, standingFault } from './order-queries.ts'
import { type OrderChange, type OrderWriting, record } from './order-record.ts'
import { type OrderRow, isoTime } from './order-row.ts'

/** No promise reaches further (chosen: what takes longer is not told as a time). */
const MAX_PROMISE_MS = 90 * 24 * 3_600_000
/** What reached the server sooner was sent at once: that says nothing more than the step's own time. */
const AT_ONCE_MS = 60_000
/** An order has at most so many steps: a script that presses a button for ever must not fill the disk. */
const MAX_STEPS = 2_000

/** What a person asks for; `photo` comes with its address. */
export type Act =
  | WorkOrderActRequest
  | {
      act: 'photo'
      photo: string
      moment?: PhotoMoment | undefined
      revision: number
      key?: string | undefined
      madeAt?: string | undefined
    }

/**
 * Does what a person asks, if the order is still as they saw it and the step is theirs to take. The same request again changes nothing.
 *
 * @throws ApiProblem `not_found`, also for another district's; `conflict` that names who did what when; `forbidden`;
 *   `invalid_request` for a promise in the past or an assignee who cannot be.
 */
export async function actOn(
  writing: OrderWriting,
  id: string,
  { person, act }: { person: Person; act: Act },
): Promise<void> {
  const { tx } = writing
  const order = await findOrder(tx, person, id)
  if (act.key !== undefined && (await wasDone(writing, id, act.key))) return
  const name: PersonAct = act.act
  if (!ADDING_ACTS.includes(name) && act.revision !== order.revision) await checkOvertaken(writing, order, act.revision)
  if (order.revision >= MAX_STEPS) throw new ApiProblem('conflict', 'the order has too many steps; open another')
  const note = 'note' in act ? act.note : undefined
  const now = {
    state: order.state,
    isPaused: order.paused_since_ms !== null,
    assignee: order.assignee ?? undefined,
    faultStands: await standingFault(tx, id),
  }
  const decision = decide(now, name, { person, withReason: note !== undefined })
  if ('refusal' in decision) {
    const { refusal } = decision
    const code = refusal === 'state' || refusal === 'fault_stands' ? 'conflict' : 'forbidden'
    throw new ApiProblem(code, refusalText(refusal, { act: name, state: order.state, role: person.role }))
  }
  const made = madeAt(act, writing.nowMs)
  const step = { actor: person.login, note, requestKey: act.key, ...(made !== undefined && { detail: made }) }
  if (act.act === 'reopen') await reopenByHand(writing, order, step)
  else if (act.act === 'accept' && order.state === 'open') {
    // Nobody accepts what nobody was given: both are written down.
    const change = { state: 'assigned' as const, assignee: person.login, assigned_because: null, crew: null }
    const taken = await record(writing, order, {
      act: 'assign',
      actor: person.login,
      detail: { assignee: person.login },
      change,
    })
    await record(writing, taken, { ...step, act: 'accept', change: { state: 'accepted' } })
  } else {
    const { change, detail } = await effectOf(writing, order, act)
    await record(writing, order, {
      ...step,
      act: name,
      ...(detail !== undefined && { detail: { ...detail, ...made } }),
      change: { ...change, state: decision.to },
    })
  }
  // Who takes the order has seen what is wrong.
  if (act.act === 'accept') await acknowledgeWithOrder({ ...writing, changed: writing.changedAlerts }, id, person.login)
}

/** What an act changes beside the state, and what its step says. */
async function effectOf(
  writing: OrderWriting,
  order: OrderRow,
  act: Act,
): Promise<{ change?: OrderChange; detail?: WorkOrderStepDetail }> {
  const { nowMs } = writing
  switch (act.act) {
    case 'assign':
      await checkAssignee(writing, order, act.assignee)
      return {
        change: { assignee: act.assignee, assigned_because: null, crew: null, ...resumption(writing, order) },
        detail: { assignee: act.assignee },
      }
    case 'accept':
      return {}
    // Who gets going no longer waits for parts.
    case 'arrive':
    case 'resume':
      return { change: resumption(writing, order) }
    case 'finish':
      return { change: { ...resumption(writing, order), done_at_ms: nowMs } }
    case 'verify':
      return { change: { verified_at_ms: nowMs, verified_by: 'person', closed_at_ms: nowMs } }
    case 'cancel':
      return { change: { ...resumption(writing, order), closed_at_ms: nowMs, promised_at_ms: null } }
    case 'pause':
      return { change: { paused_since_ms: nowMs, pause_reason: act.note } }
    case 'promise': {
      if (act.promisedAt === null) return { change: { promised_at_ms: null } }
      const atMs = Date.parse(act.promisedAt)
      if (atMs <= nowMs || atMs > nowMs + MAX_PROMISE_MS)
        throw new ApiProblem('invalid_request', 'body: promisedAt: expected a time to come, at most 90 days from now')
      return { change: { promised_at_ms: atMs }, detail: { promisedAtMs: atMs } }
    }
    case 'part':
      return { detail: { part: act.part } }
    case 'photo':
      return { detail: { photo: act.photo, ...(act.moment !== undefined && { moment: act.moment }) } }
    case 'note':
    case 'reopen':
      return {}
  }
}

/** When a person pressed, if that was a while ago: not what a wrong clock says, nor what nobody remembers. */
function madeAt({ madeAt: text }: Act, nowMs: number): WorkOrderStepDetail | undefined {
  const atMs = Date.parse(text ?? '')
  return atMs > nowMs - MAX_ACT_AGE_MS && atMs <= nowMs - AT_ONCE_MS ? { madeAtMs: atMs } : undefined
}

async function reopenByHand(
  writing: OrderWriting,
  order: OrderRow,
  step: { actor: string; note: string | undefined; requestKey: string | undefined },
): Promise<void> {
  const other = await writing.tx
    .selectFrom('work_order')
    .select('id')
    .where('thing', '=', order.thing)
    .where('closed_at_ms', 'is', null)
    .where('id', '!=', order.id)
    .executeTakeFirst()
  if (other !== undefined)
    throw new ApiProblem('conflict', `order ${other.id} is open for the same thing; say there what is still wrong`)
  await reopen(writing, order, step)
}

/** The person must be able to see the order, and be one who repairs. */
async function checkAssignee(
  { tx, directory }: OrderWriting,
  { district, station }: OrderRow,
  login: string,
): Promise<void> {
  const person = await tx.selectFrom('person').select('role').where('login', '=', login).executeTakeFirst()
  const isThere = maySeeStation(await limitsOf(tx, login), directory.stations.get(station)?.record ?? { district })
  if (person === undefined || !isThere || !['maintainer', 'manager', 'administrator'].includes(person.role))
    throw new ApiProblem('invalid_request', `body: assignee: ${login} repairs nothing in this district`)
}

async function wasDone({ tx }: OrderWriting, id: string, key: string): Promise<boolean> {
  const step = await tx
    .selectFrom('work_order_step')
    .select('seq')
    .where('work_order', '=', id)
    .where('request_key', '=', key)
    .executeTakeFirst()
  return step !== undefined
}

/** @throws ApiProblem `conflict` when somebody was faster: who, what and when. What only adds to an order overtakes nobody. */
async function checkOvertaken({ tx }: OrderWriting, order: OrderRow, seen: number): Promise<void> {
  if (seen > order.revision)
    throw new ApiProblem(
      'invalid_request',
      `body: revision: ${seen} is still to come; the order is at ${order.revision}`,
    )
  const step = await tx
    .selectFrom('work_order_step')
    .leftJoin('person', 'person.login', 'work_order_step.actor')
    .select(['act', 'at_ms', 'actor', 'person.name'])
    .where('work_order', '=', order.id)
    .where('seq', '>', seen)
    .where('act', 'not in', GENTLE_ACTS)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (step === undefined) return
  const who = step.name ?? step.actor ?? 'the system'
  throw new ApiProblem(
    'conflict',
    `${who} was faster: ${step.act} at ${isoTime(step.at_ms)}; the order is now ${order.state}`,
  )
}
