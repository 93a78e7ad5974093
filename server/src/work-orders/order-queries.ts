import type { Part, Person, WorkOrder, WorkOrderDetail, WorkOrderState } from '@harbor/protocol'
import type { Kysely } from 'kysely'
import { ApiProblem } from '../errors.ts'
import { withinRegion, withinScope } from '../people/scope.ts'
import type { RegistryTables } from '../registry/schema.ts'
import type { WorkOrderStepDetail } from '../registry/work-order-tables.ts'
import { allowedActs } from './machine.ts'
import { type OrderRow, isoTime, selectOrderRows, toOrderView, toStepView } from './order-row.ts'

/** Which orders: `open` are those not verified or cancelled. */
export const ORDER_CHOICES = ['open', 'closed', 'all'] as const

/** A page of work orders. */
export interface OrderQuery {
  choice: (typeof ORDER_CHOICES)[number]
  states?: readonly WorkOrderState[] | undefined
  severities?: readonly WorkOrder['severity'][] | undefined
  /** Login. */
  assignee?: string | undefined
  station?: string | undefined
  /** A district, or a street. */
  region?: string | undefined
  appliance?: string | undefined
  alert?: string | undefined
  /** Only those whose next time has passed at this instant. */
  overdueAtMs?: number | undefined
  /** `due`: what is due first, for open ones alone; `newest`. */
  sort: 'due' | 'newest'
  limit: number
  /** The `next` of the page before. */
  after?: string | undefined
}

export interface OrderPage {
  orders: WorkOrder[]
  next: string | undefined
}

/** Orders that a person may see; their districts are in the query itself. */
export function visibleOrders(db: Kysely<RegistryTables>, person: Person) {
  return selectOrderRows(db).where(
    withinScope(person, { district: 'work_order.district', station: 'work_order.station' }),
  )
}

/** @throws ApiProblem `invalid_request` when `after` is no `next` of ours. */
export async function listOrders(db: Kysely<RegistryTables>, person: Person, query: OrderQuery): Promise<OrderPage> {
  const {
    choice,
    states = [],
    severities = [],
    assignee,
    station,
    region,
    appliance,
    alert,
    overdueAtMs,
    limit,
  } = query
  const isByDue = query.sort === 'due' && choice === 'open'
  const sorted = isByDue ? 'due_ms' : 'created_at_ms'
  const from = query.after === undefined ? undefined : parseCursor(query.after)
  const beyond = isByDue ? '>' : '<'
  const direction = isByDue ? 'asc' : 'desc'
  // The page is found on the orders alone, of which the indexes hold all that is asked for; names are looked up for it afterwards.
  const page = db
    .selectFrom('work_order')
    .select('work_order.id')
    .where(withinScope(person, { district: 'work_order.district', station: 'work_order.station' }))
    .$if(region !== undefined, q =>
      q.where(withinRegion(region, { district: 'work_order.district', station: 'work_order.station' })),
    )
    // The indexes of what is open are used for exactly these words.
    .$if(choice === 'open', q => q.where('work_order.closed_at_ms', 'is', null))
    .$if(choice === 'closed', q => q.where('work_order.closed_at_ms', 'is not', null))
    .$if(states.length > 0, q => q.where('work_order.state', 'in', states))
    .$if(severities.length > 0, q => q.where('work_order.severity', 'in', severities))
    .$if(assignee !== undefined, q => q.where('work_order.assignee', '=', assignee as string))
    .$if(station !== undefined, q => q.where('work_order.station', '=', station as string))
    .$if(appliance !== undefined, q => q.where('work_order.appliance', '=', appliance as string))
    .$if(alert !== undefined, q =>
      q.where('work_order.id', 'in', eb =>
        eb
          .selectFrom('work_order_alert')
          .select('work_order')
          .where('work_order_alert.alert', '=', alert as string),
      ),
    )
    .$if(overdueAtMs !== undefined, q =>
      q
        .where('work_order.due_ms', '<', overdueAtMs as number)
        // Not "in": an index over states would then be taken, and all that it finds sorted.
        .where('work_order.state', '!=', 'done')
        .where('work_order.closed_at_ms', 'is', null)
        .where('work_order.paused_since_ms', 'is', null),
    )
    .$if(from !== undefined, q =>
      q.where(eb =>
        eb.or([
          eb(`work_order.${sorted}`, beyond, from?.ms ?? 0),
          eb.and([eb(`work_order.${sorted}`, '=', from?.ms ?? 0), eb('work_order.id', beyond, from?.id ?? '')]),
        ]),
      ),
    )
    .orderBy(`work_order.${sorted}`, direction)
    .orderBy('work_order.id', direction)
    // One more than asked for tells whether there is a next page.
    .limit(limit + 1)
  const rows = await selectOrderRows(db)
    .where('work_order.id', 'in', page)
    .orderBy(`work_order.${sorted}`, direction)
    .orderBy('work_order.id', direction)
    .execute()
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const next = rows.length > limit && last !== undefined ? `${last[sorted]}.${last.id}` : undefined
  return { orders: shown.map(toOrderView), next }
}

function parseCursor(text: string): { ms: number; id: string } {
  const [, ms, id] = /^(\d{1,16})\.(.{1,100})$/.exec(text) ?? []
  if (ms === undefined || id === undefined)
    throw new ApiProblem('invalid_request', 'query: after: expected the `next` of an earlier answer')
  return { ms: Number(ms), id }
}

/** Parts of a detail are bounded. */
const MAX_STEPS = 500
const MAX_ALERTS = 20

/** @throws ApiProblem `not_found`, also for another district's. */
export async function findOrder(db: Kysely<RegistryTables>, person: Person, id: string): Promise<OrderRow> {
  const row = await db
    .selectFrom('work_order')
    .selectAll()
    .where('id', '=', id)
    .where(withinScope(person, { district: 'work_order.district', station: 'work_order.station' }))
    .executeTakeFirst()
  if (row === undefined) throw new ApiProblem('not_found', `there is no work order ${id} in your districts`)
  return row
}

/** Whether an alert of an order stands; undefined: it has none. What a cause explains stands as well: nobody knows better. */
export async function standingFault(db: Kysely<RegistryTables>, id: string): Promise<boolean | undefined> {
  const rows = await db
    .selectFrom('work_order_alert')
    .innerJoin('alert', 'alert.id', 'work_order_alert.alert')
    .select('alert.state')
    .where('work_order_alert.work_order', '=', id)
    .execute()
  return rows.length === 0 ? undefined : rows.some(({ state }) => state !== 'resolved')
}

/** One order with its whole life. @throws ApiProblem `not_found`, also for another district's. */
export async function orderDetail(db: Kysely<RegistryTables>, person: Person, id: string): Promise<WorkOrderDetail> {
  const row = await visibleOrders(db, person)
    .leftJoin('asset', 'asset.appliance', 'work_order.appliance')
    .leftJoin('region', 'region.district', 'work_order.district')
    .select(['asset.asset_tag', 'region.name_zh as district_zh'])
    .select(['station.lat_deg', 'station.lng_deg', 'station.address_zh', 'station.address_en'])
    .where('work_order.id', '=', id)
    .executeTakeFirst()
  if (row === undefined) throw new ApiProblem('not_found', `there is no work order ${id} in your districts`)
  const steps = await db
    .selectFrom('work_order_step')
    .leftJoin('person', 'person.login', 'work_order_step.actor')
    .selectAll('work_order_step')
    .select('person.name')
    .where('work_order', '=', id)
    .orderBy('seq', 'desc')
    .limit(MAX_STEPS)
    .execute()
  const extras = await db
    .selectFrom('work_order_step')
    .select('detail')
    .where('work_order', '=', id)
    .where('act', 'in', ['part', 'photo'])
    .orderBy('seq')
    .execute()
  const details = extras.map(({ detail }) => JSON.parse(detail ?? '{}') as WorkOrderStepDetail)
  const alerts = await db
    .selectFrom('work_order_alert')
    .innerJoin('alert', 'alert.id', 'work_order_alert.alert')
    .select(['alert.id', 'alert.rule', 'alert.state', 'alert.raised_at_ms'])
    .where('work_order_alert.work_order', '=', id)
    .orderBy('alert.raised_at_ms', 'desc')
    .limit(MAX_ALERTS)
    .execute()
  const faultStands = await standingFault(db, id)
  const now = {
    state: row.state,
    isPaused: row.paused_since_ms !== null,
    assignee: row.assignee ?? undefined,
    faultStands,
  }
  const names = await namesOf(db, steps)
  return {
    ...toOrderView(row),
    history: steps.toReversed().map(step => toStepView(step, login => names.get(login) ?? login)),
    alerts: alerts.map(({ raised_at_ms, ...alert }) => ({ ...alert, raisedAt: isoTime(raised_at_ms) })),
    ...(faultStands !== undefined && { faultStands }),
    may: allowedActs(now, person),
    costFen: details.reduce((sum, { part }) => sum + costOf(part), 0),
    latDeg: row.lat_deg,
    lngDeg: row.lng_deg,
    ...(row.address_zh !== null && { addressZh: row.address_zh }),
    ...(row.address_en !== null && { addressEn: row.address_en }),
    districtNameZh: row.district_zh ?? row.district,
    ...(row.asset_tag !== null && { assetTag: row.asset_tag }),
    photos: details.flatMap(({ photo }) => (photo === undefined ? [] : [photo])),
  }
}

function costOf(part: Part | undefined): number {
  return part === undefined ? 0 : part.quantity * part.unitCostFen
}

async function namesOf(
  db: Kysely<RegistryTables>,
  steps: readonly { detail: string | null }[],
): Promise<Map<string, string>> {
  const logins = steps.flatMap(({ detail }) => {
    const { assignee } = JSON.parse(detail ?? '{}') as WorkOrderStepDetail
    return assignee === undefined ? [] : [assignee]
  })
  if (logins.length === 0) return new Map()
  const rows = await db
    .selectFrom('person')
    .select(['login', 'name'])
    .where('login', 'in', [...new Set(logins)])
    .execute()
  return new Map(rows.map(({ login, name }) => [login, name]))
}
