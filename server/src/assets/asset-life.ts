import type { AssetDetail } from '@harbor/protocol'
import type { RegistryDb } from '../registry/open-registry.ts'
import type { WorkOrderStepDetail } from '../registry/work-order-tables.ts'

const MAX_HISTORY = 500
const MAX_REPAIRS = 20
const MAX_PARTS = 100

/** What an appliance has been through: its history, its repairs, what was built in and what it cost. All read from what happened. */
export async function lifeOf(
  db: RegistryDb,
  appliance: string,
): Promise<Pick<AssetDetail, 'history' | 'repairs' | 'repairCount' | 'parts' | 'costFen'>> {
  const changes = await db
    .selectFrom('asset_change')
    .leftJoin('person', 'person.login', 'asset_change.actor')
    .selectAll('asset_change')
    .select('person.name')
    .where('appliance', '=', appliance)
    .orderBy('seq', 'desc')
    .limit(MAX_HISTORY)
    .execute()
  const orders = await db
    .selectFrom('work_order')
    .select(['id', 'title_zh', 'title_en', 'source', 'severity', 'state', 'created_at_ms', 'done_at_ms'])
    .where('appliance', '=', appliance)
    .where('state', '!=', 'cancelled')
    .orderBy('created_at_ms', 'desc')
    .orderBy('id')
    .execute()
  const lines = await db
    .selectFrom('work_order_step')
    .innerJoin('work_order', 'work_order.id', 'work_order_step.work_order')
    .select(['work_order_step.work_order', 'work_order_step.at_ms', 'work_order_step.detail'])
    .where('work_order.appliance', '=', appliance)
    .where('work_order_step.act', '=', 'part')
    .orderBy('work_order_step.at_ms', 'desc')
    .execute()
  const parts = lines.flatMap(({ work_order: workOrder, at_ms: atMs, detail }) => {
    const { part } = JSON.parse(detail ?? '{}') as WorkOrderStepDetail
    return part === undefined ? [] : [{ ...part, at: isoTime(atMs), workOrder }]
  })
  const costOf = (lot: typeof parts) => lot.reduce((sum, { quantity, unitCostFen }) => sum + quantity * unitCostFen, 0)
  return {
    history: changes.toReversed().map(({ seq, at_ms, actor, by, field, before, after, name }) => ({
      seq,
      at: isoTime(at_ms),
      ...(actor !== null && { actor, actorName: name ?? actor }),
      by,
      field,
      ...(before !== null && { before }),
      ...(after !== null && { after }),
    })),
    repairs: orders.slice(0, MAX_REPAIRS).map(order => ({
      id: order.id,
      titleZh: order.title_zh,
      titleEn: order.title_en,
      source: order.source,
      severity: order.severity,
      state: order.state,
      createdAt: isoTime(order.created_at_ms),
      ...(order.done_at_ms !== null && { doneAt: isoTime(order.done_at_ms) }),
      costFen: costOf(parts.filter(({ workOrder }) => workOrder === order.id)),
    })),
    repairCount: orders.length,
    parts: parts.slice(0, MAX_PARTS),
    // Of cancelled orders too: what was built in was paid for.
    costFen: costOf(parts),
  }
}

function isoTime(ms: number): string {
  return new Date(Number(ms)).toISOString()
}
