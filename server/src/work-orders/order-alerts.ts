import type { RuleView } from '@harbor/protocol'
import type { Kysely } from 'kysely'
import { overrideOf } from '../alerts/rule-overrides.ts'
import type { Directory } from '../registry/directory.ts'
import type { RegistryTables } from '../registry/schema.ts'
import { type OrderTopic, putInOrder, regrade, reopen, thingOf } from './order-life.ts'
import { type OrderWriting, record } from './order-record.ts'
import type { OrderRow } from './order-row.ts'
import { type CreationPolicy, PATIENCE_MS, PROOF_MS } from './policy.ts'

/** Alerts and orders looked at in one round: a storm over a city is worked off in several, so that others get their turn. */
const BATCH = 200

type AlertRow = Pick<
  RegistryTables['alert'],
  'id' | 'station' | 'district' | 'appliance' | 'subject' | 'rule' | 'severity' | 'state'
>

/** What is to be done about an alert or an order, as one piece of work for a transaction of its own. */
export type Chore = (writing: OrderWriting) => Promise<void>

/** What an order of an alert is about. */
export function topicOf(alert: AlertRow, rules: ReadonlyMap<string, RuleView>): OrderTopic {
  const { station, district, appliance, severity, rule } = alert
  const words = rules.get(rule)
  return {
    station,
    district,
    appliance,
    thing: thingOf(alert),
    severity,
    titleZh: words?.nameZh ?? rule,
    titleEn: words?.nameEn ?? rule,
  }
}

/** Alerts that have stood for long enough without an order: each becomes one, or joins one. */
export async function newAlerts(
  db: Kysely<RegistryTables>,
  { policy, rules, nowMs }: { policy: CreationPolicy; rules: ReadonlyMap<string, RuleView>; nowMs: number },
): Promise<Chore[]> {
  const due = Object.entries(policy.afterMs).flatMap(([severity, afterMs]) =>
    afterMs === undefined ? [] : [{ severity: severity as AlertRow['severity'], beforeMs: nowMs - afterMs }],
  )
  if (due.length === 0) return []
  const rows = await db
    .selectFrom('alert')
    .leftJoin('work_order_alert', 'work_order_alert.alert', 'alert.id')
    .select('alert.id')
    // The index of what is not resolved is used for exactly these words.
    .where('alert.state', '!=', 'resolved')
    .where('alert.state', 'in', ['raised', 'acknowledged'])
    .where('work_order_alert.alert', 'is', null)
    .where(eb =>
      eb.or(
        due.map(({ severity, beforeMs }) =>
          eb.and([
            eb('alert.severity', '=', severity),
            // A fault that came back is given the same time again; one that was explained until now, from when it is told.
            eb('alert.standing_since_ms', '<=', beforeMs),
            eb('alert.raised_at_ms', '<=', beforeMs),
          ]),
        ),
      ),
    )
    .orderBy('alert.severity')
    .limit(BATCH)
    .execute()
  return rows.map(({ id }) => async writing => {
    const alert = await loneAlert(writing, id)
    if (alert === undefined || (alert.state !== 'raised' && alert.state !== 'acknowledged')) return
    await putInOrder(writing, topicOf(alert, rules), { source: 'alert', alert: id })
  })
}

/** An alert that no order deals with yet; undefined: another was faster, or there is none. */
export async function loneAlert({ tx }: OrderWriting, id: string): Promise<AlertRow | undefined> {
  return tx
    .selectFrom('alert')
    .leftJoin('work_order_alert', 'work_order_alert.alert', 'alert.id')
    .select(['alert.id', 'alert.station', 'alert.district', 'alert.appliance', 'alert.subject', 'alert.rule'])
    .select(['alert.severity', 'alert.state'])
    .where('alert.id', '=', id)
    .where('work_order_alert.alert', 'is', null)
    .executeTakeFirst()
}

/** Faults that came back after the work, and faults that grew worse than their order. */
export async function changedAlerts(db: Kysely<RegistryTables>): Promise<Chore[]> {
  const rows = await db
    .selectFrom('alert')
    .innerJoin('work_order_alert', 'work_order_alert.alert', 'alert.id')
    .innerJoin('work_order', 'work_order.id', 'work_order_alert.work_order')
    .select(['alert.id', 'work_order.id as order'])
    .where('alert.state', '!=', 'resolved')
    .where('alert.state', 'in', ['raised', 'acknowledged'])
    .where(eb =>
      eb.or([
        eb('alert.standing_since_ms', '>', eb.ref('work_order.closed_at_ms')),
        eb.and([
          eb('work_order.state', '=', 'done'),
          eb('alert.standing_since_ms', '>', eb.ref('work_order.done_at_ms')),
        ]),
        eb.and([eb('work_order.closed_at_ms', 'is', null), eb('alert.severity', '<', eb.ref('work_order.severity'))]),
      ]),
    )
    .limit(BATCH)
    .execute()
  return rows.map(
    ({ id, order }) =>
      writing =>
        followAlert(writing, { alert: id, order }),
  )
}

async function followAlert(writing: OrderWriting, ids: { alert: string; order: string }): Promise<void> {
  const { tx } = writing
  const alert = await tx.selectFrom('alert').selectAll().where('id', '=', ids.alert).executeTakeFirst()
  const order = await tx.selectFrom('work_order').selectAll().where('id', '=', ids.order).executeTakeFirst()
  if (alert === undefined || order === undefined) return
  if (alert.state !== 'raised' && alert.state !== 'acknowledged') return
  const endedMs = order.state === 'done' ? order.done_at_ms : order.closed_at_ms
  const isBack = endedMs !== null && alert.standing_since_ms > endedMs
  const open = isBack ? await openAgain(writing, order, alert.id) : order
  if (open.closed_at_ms === null) await regrade(writing, open, alert.severity)
}

/** Another order may have been opened for the same thing since: the alert then belongs to that one. */
async function openAgain(writing: OrderWriting, order: OrderRow, alert: string): Promise<OrderRow> {
  const { tx } = writing
  const other = await tx
    .selectFrom('work_order')
    .selectAll()
    .where('thing', '=', order.thing)
    .where('closed_at_ms', 'is', null)
    .where('id', '!=', order.id)
    .executeTakeFirst()
  if (other === undefined) return reopen(writing, order, { because: 'fault_back' })
  await tx.updateTable('work_order_alert').set({ work_order: other.id }).where('alert', '=', alert).execute()
  const joined = await record(writing, other, { act: 'join', detail: { alert } })
  return joined.state === 'done' ? reopen(writing, joined, { because: 'fault_back' }) : joined
}

/**
 * What the readings prove: work whose faults have been gone for long enough is verified; work whose fault never went is not, and its
 * order opens again; an order that nobody took, whose faults went by themselves, is taken back.
 */
export async function provenOrders(db: Kysely<RegistryTables>, directory: Directory, nowMs: number): Promise<Chore[]> {
  const rows = await db
    .selectFrom('work_order')
    .innerJoin('work_order_alert', 'work_order_alert.work_order', 'work_order.id')
    .innerJoin('alert', 'alert.id', 'work_order_alert.alert')
    .select(['work_order.id', 'work_order.done_at_ms', 'work_order.state', 'work_order.appliance'])
    .select(['alert.rule', 'alert.state as alert_state', 'alert.resolved_at_ms'])
    .where('work_order.closed_at_ms', 'is', null)
    .where('work_order.state', 'in', ['open', 'assigned', 'done'])
    .where(eb =>
      eb.or([
        eb('work_order.state', '=', 'done'),
        // Most open orders have a fault that stands: they are sorted out here.
        eb.not(
          eb.exists(
            eb
              .selectFrom('work_order_alert as link')
              .innerJoin('alert as standing', 'standing.id', 'link.alert')
              .select('standing.id')
              .whereRef('link.work_order', '=', 'work_order.id')
              .where('standing.state', '!=', 'resolved'),
          ),
        ),
      ]),
    )
    .execute()
  const byOrder = Map.groupBy(rows, ({ id }) => id)
  const chores: Chore[] = []
  for (const [id, alerts] of byOrder) {
    const [{ state, appliance, done_at_ms: doneAtMs = null } = { state: 'open', appliance: null }] = alerts
    const timeScale = Math.min(
      ...alerts.map(
        ({ rule }) =>
          overrideOf(directory.ruleOverrides, rule, directory.appliances.get(appliance ?? ''))?.timeScale ?? 1,
      ),
    )
    const standing = alerts.some(alert => alert.alert_state !== 'resolved')
    const goneMs = Math.max(...alerts.map(({ resolved_at_ms: goneAtMs }) => goneAtMs ?? 0))
    if (state !== 'done') {
      if (!standing && nowMs - goneMs >= PROOF_MS / timeScale) chores.push(writing => takeBack(writing, id))
    } else if (!standing) {
      if (nowMs - goneMs >= PROOF_MS / timeScale) chores.push(writing => verifyByData(writing, id))
    } else if (doneAtMs !== null && nowMs - doneAtMs >= PATIENCE_MS / timeScale)
      chores.push(writing => notRepaired(writing, id))
    if (chores.length >= BATCH) break
  }
  return chores
}

async function orderIn({ tx }: OrderWriting, id: string, states: readonly OrderRow['state'][]) {
  return tx.selectFrom('work_order').selectAll().where('id', '=', id).where('state', 'in', states).executeTakeFirst()
}

async function verifyByData(writing: OrderWriting, id: string): Promise<void> {
  const order = await orderIn(writing, id, ['done'])
  if (order === undefined) return
  const { nowMs } = writing
  const change = {
    state: 'verified' as const,
    verified_at_ms: nowMs,
    verified_by: 'data' as const,
    closed_at_ms: nowMs,
  }
  await record(writing, order, { act: 'verify', change })
}

async function notRepaired(writing: OrderWriting, id: string): Promise<void> {
  const order = await orderIn(writing, id, ['done'])
  if (order !== undefined) await reopen(writing, order, { because: 'fault_stands' })
}

/** Visitors who reported it, and people who wrote it by hand, are not overruled by readings. */
async function takeBack(writing: OrderWriting, id: string): Promise<void> {
  const order = await orderIn(writing, id, ['open', 'assigned'])
  if (order === undefined || order.reports > 0 || order.created_by !== null) return
  await record(writing, order, {
    act: 'cancel',
    detail: { because: 'fault_gone' },
    change: { state: 'cancelled', closed_at_ms: writing.nowMs, promised_at_ms: null },
  })
}
