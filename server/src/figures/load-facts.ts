import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ApplianceKind, Person, WorkOrder } from '@harbor/protocol'
import type { RegistryDb } from '../registry/open-registry.ts'
import type { TransitionDetail } from '../registry/schema.ts'
import type { WorkOrderStepDetail } from '../registry/work-order-tables.ts'
import { withinScope } from '../people/scope.ts'
import {
  type AlertStepRow,
  type ApplianceFact,
  type OrderFact,
  type OrderStepRow,
  type Span,
  downSpansOf,
  joinedSpans,
  orderFactOf,
} from './facts.ts'
import { REPEAT_WITHIN_MS } from './reckon.ts'

/** Histories read at once: others are answered in between. */
const CHUNK = 500

/** Of what the facts are asked. */
export interface FactFilter {
  /** Nothing that ended long before is read. */
  fromMs: number
  district?: string | undefined
  kind?: ApplianceKind | undefined
  station?: string | undefined
  /** The start of a day such as 2026-02-28, in ms since 1970. */
  startOfDayMs: (date: string) => number
}

/** What figures are reckoned from, within the person's districts: they are in the queries themselves. */
export async function loadFacts(
  db: RegistryDb,
  person: Person,
  filter: FactFilter,
): Promise<{ orders: OrderFact[]; appliances: ApplianceFact[] }> {
  return { orders: await loadOrders(db, person, filter), appliances: await loadAppliances(db, person, filter) }
}

async function loadOrders(db: RegistryDb, person: Person, filter: FactFilter): Promise<OrderFact[]> {
  const { fromMs, district, kind, station } = filter
  const orders = await db
    .selectFrom('work_order')
    .leftJoin('appliance', 'appliance.id', 'work_order.appliance')
    .select(['work_order.id', 'work_order.station', 'work_order.district', 'work_order.thing', 'work_order.state'])
    .select(['work_order.alert', 'work_order.created_at_ms', 'appliance.kind', 'appliance.model'])
    .where(eb =>
      eb.or([
        eb('work_order.closed_at_ms', 'is', null),
        // What was repaired shortly before the period decides what is a repeat in it.
        eb('work_order.closed_at_ms', '>=', fromMs - REPEAT_WITHIN_MS),
      ]),
    )
    .where(withinScope(person, { district: 'work_order.district', station: 'work_order.station' }))
    .$if(district !== undefined, query => query.where('work_order.district', '=', district as string))
    .$if(station !== undefined, query => query.where('work_order.station', '=', station as string))
    .$if(kind !== undefined, query => query.where('appliance.kind', '=', kind as ApplianceKind))
    .orderBy('work_order.id')
    .execute()
  const facts: OrderFact[] = []
  for (let start = 0; start < orders.length; start += CHUNK) {
    const chunk = orders.slice(start, start + CHUNK)
    const steps = await orderSteps(
      db,
      chunk.map(({ id }) => id),
    )
    const alerts = await alertSteps(
      db,
      chunk.flatMap(({ alert }) => (alert === null ? [] : [alert])),
    )
    for (const { id, alert, kind: of, model, created_at_ms: createdMs, ...order } of chunk)
      facts.push(
        orderFactOf(
          { ...order, createdMs, kind: of ?? undefined, model: model ?? undefined },
          steps.get(id) ?? [],
          alerts.get(alert ?? '') ?? [],
        ),
      )
    await nextTurn()
  }
  return facts
}

/** Steps that figures are reckoned from. */
const ACTS = ['assign', 'accept', 'arrive', 'finish', 'verify', 'reopen', 'cancel', 'pause', 'resume', 'part'] as const

async function orderSteps(db: RegistryDb, ids: readonly string[]): Promise<Map<string, OrderStepRow[]>> {
  const rows = await db
    .selectFrom('work_order_step')
    .select(['work_order', 'act', 'at_ms', 'from_state'])
    // Only of parts and of what was made without a network: the others' need not be read.
    .select(eb =>
      eb
        .case()
        .when(eb.or([eb('act', '=', 'part'), eb('detail', 'like', '%"madeAtMs"%')]))
        .then(eb.ref('detail'))
        .end()
        .as('detail'),
    )
    .where('work_order', 'in', ids)
    .where('act', 'in', ACTS)
    .orderBy('work_order')
    .orderBy('seq')
    .execute()
  const byOrder = new Map<string, OrderStepRow[]>()
  for (const { work_order: order, act, at_ms: atMs, from_state: from, detail } of rows) {
    const { part, madeAtMs: madeMs } = (detail === null ? {} : JSON.parse(detail)) as WorkOrderStepDetail
    const fen = part === undefined ? undefined : part.quantity * part.unitCostFen
    push(byOrder, order, { act, atMs, madeMs, from: from ?? undefined, fen })
  }
  return byOrder
}

async function alertSteps(db: RegistryDb, ids: readonly string[]): Promise<Map<string, AlertStepRow[]>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('alert_transition')
    .select(['alert', 'change', 'at_ms', 'detail'])
    .where('alert', 'in', ids)
    .where('change', 'in', [
      'raised',
      'reopened',
      'suppressed',
      'unsuppressed',
      'escalated',
      'acknowledged',
      'resolved',
    ])
    .orderBy('alert')
    .orderBy('seq')
    .execute()
  const byAlert = new Map<string, AlertStepRow[]>()
  for (const { alert, change, at_ms: atMs, detail } of rows) {
    const { severity } = (detail === null ? {} : JSON.parse(detail)) as TransitionDetail
    push(byAlert, alert, { change, atMs, severity: severity as WorkOrder['severity'] | undefined })
  }
  return byAlert
}

async function loadAppliances(db: RegistryDb, person: Person, filter: FactFilter): Promise<ApplianceFact[]> {
  const { fromMs, district, kind, station, startOfDayMs } = filter
  const appliances = await db
    .selectFrom('appliance')
    .innerJoin('station', 'station.id', 'appliance.station')
    .leftJoin('asset', 'asset.appliance', 'appliance.id')
    .select(['appliance.id', 'appliance.station', 'station.district', 'appliance.kind', 'appliance.model'])
    .select(['asset.installed_on', 'asset.retired_on'])
    .where(withinScope(person, { district: 'station.district', station: 'station.id' }))
    .$if(district !== undefined, query => query.where('station.district', '=', district as string))
    .$if(station !== undefined, query => query.where('appliance.station', '=', station as string))
    .$if(kind !== undefined, query => query.where('appliance.kind', '=', kind as ApplianceKind))
    .execute()
  const alerts = await db
    .selectFrom('alert')
    .innerJoin('appliance', 'appliance.id', 'alert.appliance')
    .select(['alert.id', 'appliance.id as appliance'])
    .where('alert.scope', '=', 'appliance')
    .where(eb => eb.or([eb('alert.resolved_at_ms', 'is', null), eb('alert.resolved_at_ms', '>=', fromMs)]))
    .where(withinScope(person, { district: 'alert.district', station: 'alert.station' }))
    .$if(district !== undefined, query => query.where('alert.district', '=', district as string))
    .$if(station !== undefined, query => query.where('alert.station', '=', station as string))
    .$if(kind !== undefined, query => query.where('appliance.kind', '=', kind as ApplianceKind))
    .execute()
  const down = new Map<string, Span[]>()
  for (let start = 0; start < alerts.length; start += CHUNK) {
    const chunk = alerts.slice(start, start + CHUNK)
    const steps = await alertSteps(
      db,
      chunk.map(({ id }) => id),
    )
    for (const { id, appliance } of chunk)
      for (const span of downSpansOf(steps.get(id) ?? [])) push(down, appliance, span)
    await nextTurn()
  }
  return appliances.map(({ installed_on: since, retired_on: until, model, ...one }) => ({
    ...one,
    model: model ?? undefined,
    sinceMs: since === null ? -Infinity : startOfDayMs(since),
    untilMs: until === null ? Infinity : startOfDayMs(until),
    down: joinedSpans(down.get(one.id) ?? []),
  }))
}

function push<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [item])
  else list.push(item)
}
