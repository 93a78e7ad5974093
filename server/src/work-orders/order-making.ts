import type { Person, RuleView, WorkOrderRequest } from '@harbor/protocol'
import { ApiProblem } from '../errors.ts'
import { maySeeStation, withinScope } from '../people/scope.ts'
import { actOn } from './order-acts.ts'
import { loneAlert, topicOf } from './order-alerts.ts'
import { putInOrder } from './order-life.ts'
import type { OrderWriting } from './order-record.ts'

/** The order that a request came to; `isNew`: there was none. */
export interface MadeOrder {
  id: string
  isNew: boolean
}

/**
 * The order of an alert, made unless it has one.
 *
 * @throws ApiProblem `not_found`, also for another district's alert; `conflict` when it is resolved and has none.
 */
export async function orderOfAlert(
  writing: OrderWriting,
  person: Person,
  { alert: id, rules }: { alert: string; rules: ReadonlyMap<string, RuleView> },
): Promise<MadeOrder> {
  const { tx } = writing
  const alert = await tx
    .selectFrom('alert')
    .select('state')
    .where('id', '=', id)
    .where(withinScope(person, { district: 'alert.district', station: 'alert.station' }))
    .executeTakeFirst()
  if (alert === undefined) throw new ApiProblem('not_found', `there is no alert ${id} in your districts`)
  const lone = await loneAlert(writing, id)
  if (lone === undefined) {
    const known = await tx
      .selectFrom('work_order_alert')
      .select('work_order')
      .where('alert', '=', id)
      .executeTakeFirstOrThrow()
    return { id: known.work_order, isNew: false }
  }
  if (alert.state === 'resolved')
    throw new ApiProblem('conflict', 'the alert is resolved already; there is nothing to repair')
  const origin = { source: 'alert' as const, alert: id, actor: person.login }
  return { id: (await putInOrder(writing, topicOf(lone, rules), origin)).id, isNew: true }
}

/**
 * An order of what a person saw. The same request again, by its key, is the order that it made.
 *
 * @throws ApiProblem `not_found`, also for another district's station; `conflict` for an appliance that has an open order;
 *   `invalid_request` for an appliance of another station; `forbidden` or `invalid_request` for an assignee, as order-acts.ts says.
 */
export async function orderByHand(
  writing: OrderWriting,
  person: Person,
  {
    station,
    appliance,
    severity,
    title,
    note,
    assignee,
    key,
  }: Exclude<WorkOrderRequest, { alert: string } | { report: string }>,
): Promise<MadeOrder> {
  const { directory } = writing
  const place = directory.stations.get(station)?.record
  if (place === undefined || !maySeeStation(person, place))
    throw new ApiProblem('not_found', `there is no station ${station} in your districts`)
  if (appliance !== undefined && directory.appliances.get(appliance)?.station !== station)
    throw new ApiProblem('invalid_request', `body: appliance: expected one of ${station}`)
  // What is not about an appliance is each time something else; an appliance has one order at a time.
  const thing = appliance === undefined ? `station:${station}#${key ?? writing.newId()}` : `appliance:${appliance}`
  const made = key === undefined ? undefined : await madeBy(writing, thing, key)
  if (made !== undefined) return { id: made, isNew: false }
  const open = await writing.tx
    .selectFrom('work_order')
    .select('id')
    .where('thing', '=', thing)
    .where('closed_at_ms', 'is', null)
    .executeTakeFirst()
  if (open !== undefined)
    throw new ApiProblem(
      'conflict',
      `order ${open.id} is open for ${appliance ?? station}; write there what else is wrong`,
    )
  const topic = {
    station,
    district: place.district,
    appliance: appliance ?? null,
    thing,
    severity,
    titleZh: title,
    titleEn: title,
  }
  const order = await putInOrder(writing, topic, { source: 'person', actor: person.login, note, requestKey: key })
  if (assignee !== undefined)
    await actOn(writing, order.id, { person, act: { act: 'assign', assignee, revision: order.revision } })
  return { id: order.id, isNew: true }
}

/**
 * Makes work of what a visitor said, by hand. A report of an appliance joins the appliance's order; one that is in an order keeps it.
 *
 * @throws ApiProblem `not_found`, also for another district's; `conflict` when the report is closed.
 */
export async function orderOfReport(
  writing: OrderWriting,
  person: Person,
  { report, severity, title }: Extract<WorkOrderRequest, { report: string }>,
): Promise<MadeOrder> {
  const { tx, directory } = writing
  const row = await tx
    .selectFrom('feedback')
    .selectAll()
    .where('id', '=', report)
    .where(withinScope(person, { district: 'feedback.district', station: 'feedback.station' }))
    .executeTakeFirst()
  if (row === undefined) throw new ApiProblem('not_found', `there is no report ${report} in your districts`)
  const known = await tx
    .selectFrom('work_order_report')
    .select('work_order')
    .where('report', '=', report)
    .executeTakeFirst()
  if (known !== undefined) return { id: known.work_order, isNew: false }
  if (row.state === 'closed') throw new ApiProblem('conflict', 'the report is closed')
  const isThere = row.appliance !== null && directory.appliances.get(row.appliance)?.station === row.station
  const topic = {
    station: row.station,
    district: row.district,
    appliance: isThere ? row.appliance : null,
    thing: isThere ? `appliance:${row.appliance}` : `report:${report}`,
    severity,
    titleZh: title,
    titleEn: title,
  }
  const { id } = await putInOrder(writing, topic, { source: 'feedback', report, actor: person.login })
  return { id, isNew: true }
}

/** The order of a thing that a request made, or opened again. */
async function madeBy({ tx }: OrderWriting, thing: string, key: string): Promise<string | undefined> {
  const row = await tx
    .selectFrom('work_order')
    .innerJoin('work_order_step', 'work_order_step.work_order', 'work_order.id')
    .select('work_order.id')
    .where('work_order.thing', '=', thing)
    .where('work_order_step.request_key', '=', key)
    .executeTakeFirst()
  return row?.id
}
