import type { AlertView, WorkOrder, WorkOrderAct, WorkOrderState } from '@harbor/protocol'
import type { Kysely, Updateable } from 'kysely'
import { putEvent } from '../alerts/event-outbox.ts'
import type { Directory } from '../registry/directory.ts'
import type { RegistryTables } from '../registry/schema.ts'
import type { WorkOrderStepDetail } from '../registry/work-order-tables.ts'
import { ALWAYS, type Schedule, dueAtMs, nextAlarm } from './clock.ts'
import { type OrderRow, clockedOf, selectOrderRows, toOrderView } from './order-row.ts'
import { TARGETS } from './policy.ts'

/** One transaction in which work orders change. */
export interface OrderWriting {
  tx: Kysely<RegistryTables>
  nowMs: number
  newId: () => string
  directory: Directory
  scheduleOf: (station: string) => Schedule
  /** Orders that were changed, as they then are. */
  changed: Map<string, WorkOrder>
  /** Alerts that were changed with them, as they then are. */
  changedAlerts: Map<string, AlertView>
}

/** A step in the life of an order. */
export interface OrderStep {
  act: WorkOrderAct
  /** Login; undefined: the system. */
  actor?: string | undefined
  note?: string | undefined
  detail?: WorkOrderStepDetail
  requestKey?: string | undefined
}

/** What changes of an order with a step. */
export type OrderChange = Updateable<Omit<RegistryTables['work_order'], 'id' | 'revision' | 'due_ms' | 'next_alarm_ms'>>

/** The hours by which an order of this grade counts. */
export function scheduleFor({ scheduleOf }: Pick<OrderWriting, 'scheduleOf'>, order: OrderRow): Schedule {
  return TARGETS[order.severity].counts === 'wall' ? ALWAYS : scheduleOf(order.station)
}

/**
 * Changes an order, writes the step down, sets its clock and puts the event into the outbox; returns the order as it now is. Whoever
 * calls has read `order` in the same transaction.
 */
export async function record(
  writing: OrderWriting,
  order: OrderRow,
  { change = {}, ...step }: OrderStep & { change?: OrderChange },
): Promise<OrderRow> {
  const changed: OrderRow = { ...order, ...change } as OrderRow
  const clocked = clockedOf(changed)
  const alarm = nextAlarm(clocked, TARGETS[changed.severity], scheduleFor(writing, changed))
  const set = {
    ...change,
    revision: order.revision + 1,
    due_ms: dueAtMs(clocked) ?? changed.done_by_ms,
    next_alarm_ms: alarm?.atMs ?? null,
  }
  await writing.tx.updateTable('work_order').set(set).where('id', '=', order.id).execute()
  const now = { ...changed, ...set } as OrderRow
  await writeStep(writing, now, { ...step, from: order.state })
  await tell(writing, now, step.act)
  return now
}

/** Puts a new order down with its first step. */
export async function recordNew(writing: OrderWriting, order: OrderRow, step: OrderStep): Promise<OrderRow> {
  const clocked = clockedOf(order)
  const alarm = nextAlarm(clocked, TARGETS[order.severity], scheduleFor(writing, order))
  const now = { ...order, due_ms: dueAtMs(clocked) ?? order.done_by_ms, next_alarm_ms: alarm?.atMs ?? null }
  await writing.tx.insertInto('work_order').values(now).execute()
  await writeStep(writing, now, step)
  await tell(writing, now, step.act)
  return now
}

async function writeStep(
  { tx, nowMs }: OrderWriting,
  order: OrderRow,
  { act, actor, note, detail, requestKey, from }: OrderStep & { from?: WorkOrderState },
): Promise<void> {
  await tx
    .insertInto('work_order_step')
    .values({
      work_order: order.id,
      seq: order.revision,
      act,
      at_ms: nowMs,
      actor: actor ?? null,
      from_state: from ?? null,
      to_state: order.state,
      note: note ?? null,
      detail: detail === undefined ? null : JSON.stringify(detail),
      request_key: requestKey ?? null,
    })
    .execute()
}

async function tell({ tx, nowMs, changed }: OrderWriting, order: OrderRow, act: WorkOrderAct): Promise<void> {
  const view = toOrderView(await selectOrderRows(tx).where('work_order.id', '=', order.id).executeTakeFirstOrThrow())
  changed.set(order.id, view)
  await putEvent(tx, {
    kind: 'work-order-changed',
    // The same change always has the same id, so that a receiver can drop what is delivered twice.
    id: `${order.id}-${order.revision}`,
    subject: order.id,
    district: order.district,
    atMs: nowMs,
    data: { act, order: view },
  })
}
