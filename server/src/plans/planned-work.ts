import { putInOrder, thingOf } from '../work-orders/order-life.ts'
import type { OrderWriting } from '../work-orders/order-record.ts'
import type { PlanRow, TargetAppliance } from './plan-row.ts'

/** Work of a plan that is due for one appliance. */
export interface PlannedWork {
  plan: PlanRow
  appliance: TargetAppliance
  /** Names the due: the same work has the same key, whoever finds it and however often. */
  dueKey: string
  /** When its clock begins to run; a due that is still ahead waits while an order of the plan is open. */
  dueAtMs: number
  /** The alert that it answers. */
  alert?: string
}

/** `known`: it was dealt with before; `made`: there is an order now; `covered`: one that is open serves; `waits`: not yet. */
export type PlannedOutcome = 'known' | 'made' | 'covered' | 'waits'

/**
 * Makes one due an order, once: what is written down of it and the order itself are one transaction, so that neither a second server
 * nor a restart in the middle makes another.
 */
export async function putPlanned(writing: OrderWriting, planned: PlannedWork): Promise<PlannedOutcome> {
  const { tx, nowMs } = writing
  const { plan, appliance, dueKey, alert } = planned
  const known = await tx
    .selectFrom('plan_order')
    .select('due_key')
    .where('plan', '=', plan.id)
    .where('appliance', '=', appliance.id)
    .where('due_key', '=', dueKey)
    .executeTakeFirst()
  if (known !== undefined) return 'known'
  const open = alert === undefined ? await openOrderOf(writing, planned) : await orderOfAlert(writing, alert)
  if (open !== undefined && alert === undefined && planned.dueAtMs > nowMs) return 'waits'
  const order = open ?? (await make(writing, planned))
  await tx
    .insertInto('plan_order')
    .values({
      plan: plan.id,
      appliance: appliance.id,
      due_key: dueKey,
      work_order: order,
      is_made: open === undefined ? 1 : 0,
      at_ms: nowMs,
    })
    .execute()
  return open === undefined ? 'made' : 'covered'
}

async function make(writing: OrderWriting, { plan, appliance, dueKey, dueAtMs, alert }: PlannedWork): Promise<string> {
  const { id, district, station } = appliance
  const topic = {
    station,
    district,
    appliance: id,
    // What an alert speaks of is the same thing as ever; other planned work is a thing of its own, beside any repair.
    thing:
      alert === undefined
        ? `plan:${plan.id}/${id}#${dueKey}`
        : thingOf({ appliance: id, subject: `appliance:${id}`, rule: '' }),
    severity: plan.severity,
    titleZh: plan.title,
    titleEn: plan.title,
    clockFromMs: dueAtMs,
  }
  const note = plan.note ?? undefined
  return (await putInOrder(writing, topic, { source: 'plan', note, ...(alert !== undefined && { alert }) })).id
}

async function openOrderOf({ tx }: OrderWriting, { plan, appliance }: PlannedWork): Promise<string | undefined> {
  const row = await tx
    .selectFrom('plan_order')
    .innerJoin('work_order', 'work_order.id', 'plan_order.work_order')
    .select('work_order.id')
    .where('plan_order.plan', '=', plan.id)
    .where('plan_order.appliance', '=', appliance.id)
    .where('work_order.closed_at_ms', 'is', null)
    .executeTakeFirst()
  return row?.id
}

async function orderOfAlert({ tx }: OrderWriting, alert: string): Promise<string | undefined> {
  const row = await tx.selectFrom('work_order_alert').select('work_order').where('alert', '=', alert).executeTakeFirst()
  return row?.work_order
}
