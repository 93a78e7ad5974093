import type { Person, Repair, RepairList } from '@harbor/protocol'
import type { Kysely } from 'kysely'
import type { RegistryTables } from '../registry/schema.ts'
import type { WorkOrderStepDetail } from '../registry/work-order-tables.ts'
import { withinScope } from '../people/scope.ts'
import { findAlert } from './alert-queries.ts'
import { isoTime } from './alert-row.ts'

/** Repairs of each kind that are told. */
const MAX_REPAIRS = 10

/**
 * What was done before about the same fault, the same appliance, and the same fault of the same model elsewhere. The order that
 * deals with the alert now is not among them.
 *
 * @throws ApiProblem `not_found`, also for another district's.
 */
export async function repairsOf(db: Kysely<RegistryTables>, person: Person, id: string): Promise<RepairList> {
  const alert = await findAlert(db, person, id)
  const own = await db.selectFrom('work_order_alert').select('work_order').where('alert', '=', id).execute()
  const told = new Set(own.map(({ work_order }) => work_order))
  const base = () =>
    db
      .selectFrom('work_order')
      .select('work_order.id')
      .where(withinScope(person, { district: 'work_order.district', station: 'work_order.station' }))
      .orderBy('work_order.created_at_ms', 'desc')
      .orderBy('work_order.id', 'desc')
      // Some may be told already in an earlier list.
      .limit(2 * MAX_REPAIRS + 1)
  const take = async (found: readonly { id: string }[]) => {
    const fresh = found.map(one => one.id).filter(one => !told.has(one))
    const shown = [...new Set(fresh)].slice(0, MAX_REPAIRS)
    for (const one of shown) told.add(one)
    return repairViews(db, shown)
  }
  const withFault = () =>
    db
      .selectFrom('work_order_alert')
      .innerJoin('alert', 'alert.id', 'work_order_alert.alert')
      .select('work_order_alert.work_order')
      .where('alert.rule', '=', alert.rule)
  const sameFault = await take(
    await base()
      .where('work_order.id', 'in', withFault().where('alert.subject', '=', alert.subject))
      .execute(),
  )
  const { appliance } = alert
  if (appliance === null) return { sameFault, sameAppliance: [], sameModel: [] }
  const sameAppliance = await take(await base().where('work_order.appliance', '=', appliance).execute())
  const known = await db
    .selectFrom('appliance')
    .select(['kind', 'model'])
    .where('id', '=', appliance)
    .executeTakeFirst()
  if (known?.model == null) return { sameFault, sameAppliance, sameModel: [] }
  const twins = db
    .selectFrom('appliance')
    .select('appliance.id')
    .where('appliance.kind', '=', known.kind)
    .where('appliance.model', '=', known.model)
    .where('appliance.id', '!=', appliance)
  const sameModel = await take(
    await base()
      .where('work_order.done_at_ms', 'is not', null)
      .where('work_order.appliance', 'in', twins)
      .where('work_order.id', 'in', withFault())
      .execute(),
  )
  return { sameFault, sameAppliance, sameModel }
}

async function repairViews(db: Kysely<RegistryTables>, ids: readonly string[]): Promise<Repair[]> {
  if (ids.length === 0) return []
  const orders = await db
    .selectFrom('work_order')
    .leftJoin('person', 'person.login', 'work_order.assignee')
    .selectAll('work_order')
    .select('person.name')
    .where('work_order.id', 'in', ids)
    .execute()
  const steps = await db
    .selectFrom('work_order_step')
    .select(['work_order', 'act', 'note', 'detail'])
    .where('work_order', 'in', ids)
    .where('act', 'in', ['part', 'finish'])
    .orderBy('seq')
    .execute()
  const stepsOf = Map.groupBy(steps, ({ work_order }) => work_order)
  const byId = new Map(orders.map(order => [order.id, order]))
  return ids.flatMap(id => {
    const order = byId.get(id)
    if (order === undefined) return []
    const own = stepsOf.get(id) ?? []
    const parts = own.flatMap(({ detail }) => (JSON.parse(detail ?? '{}') as WorkOrderStepDetail).part ?? [])
    const note = own.findLast(({ act }) => act === 'finish')?.note
    const byName = order.name ?? order.assignee
    return [
      {
        order: id,
        titleZh: order.title_zh,
        titleEn: order.title_en,
        state: order.state,
        createdAt: isoTime(order.created_at_ms),
        ...(order.done_at_ms !== null && { doneAt: isoTime(order.done_at_ms) }),
        ...(byName !== null && { byName }),
        ...(note != null && { note }),
        parts: netParts(parts),
        costFen: parts.reduce((sum, { quantity, unitCostFen }) => sum + quantity * unitCostFen, 0),
        repeats: order.repeats,
      },
    ]
  })
}

/** What is left of each part when lines that took it back are counted. */
function netParts(parts: readonly { name: string; quantity: number }[]): Repair['parts'] {
  const left = new Map<string, number>()
  for (const { name, quantity } of parts) left.set(name, (left.get(name) ?? 0) + quantity)
  return [...left].flatMap(([name, quantity]) => (quantity === 0 ? [] : [{ name, quantity }])).slice(0, 20)
}
