import type { ApplianceKind, AssignmentReason, WorkOrder, WorkOrderStep } from '@harbor/protocol'
import type { Kysely, Selectable } from 'kysely'
import type { RegistryTables } from '../registry/schema.ts'
import type { WorkOrderStepDetail } from '../registry/work-order-tables.ts'
import { type Clocked, dueAtMs } from './clock.ts'

/** Work orders with all that their view needs, as one query to narrow down. */
export function selectOrderRows(db: Kysely<RegistryTables>) {
  return db
    .selectFrom('work_order')
    .innerJoin('station', 'station.id', 'work_order.station')
    .leftJoin('appliance', 'appliance.id', 'work_order.appliance')
    .leftJoin('person as hand', 'hand.login', 'work_order.assignee')
    .selectAll('work_order')
    .select(['station.name_zh', 'station.name_en', 'appliance.kind', 'hand.name as assignee_name'])
}

export type OrderRow = Selectable<RegistryTables['work_order']>

/** A row of `selectOrderRows`. */
export interface OrderViewRow extends OrderRow {
  name_zh: string
  name_en: string
  kind: ApplianceKind | null
  assignee_name: string | null
}

/** An order as its clock sees it. */
export function clockedOf(row: OrderRow): Clocked {
  return {
    state: row.state,
    isPaused: row.paused_since_ms !== null,
    reminded: row.reminded ?? undefined,
    level: row.level,
    acceptByMs: row.accept_by_ms,
    respondByMs: row.respond_by_ms,
    doneByMs: row.done_by_ms,
  }
}

/** A row as the API shows it. A person who is gone is shown by their login. */
export function toOrderView(row: OrderViewRow): WorkOrder {
  const dueMs = dueAtMs(clockedOf(row))
  const assigneeName = row.assignee_name ?? row.assignee
  return {
    id: row.id,
    station: row.station,
    stationNameZh: row.name_zh,
    stationNameEn: row.name_en,
    district: row.district,
    ...(row.appliance !== null && { appliance: row.appliance }),
    ...(row.kind !== null && { applianceKind: row.kind }),
    source: row.source,
    ...(row.alert !== null && { alert: row.alert }),
    reports: row.reports,
    severity: row.severity,
    titleZh: row.title_zh,
    titleEn: row.title_en,
    state: row.state,
    revision: row.revision,
    createdAt: isoTime(row.created_at_ms),
    ...(row.assignee !== null && { assignee: row.assignee }),
    ...(assigneeName !== null && { assigneeName }),
    ...(row.assigned_because !== null && { assignedBecause: JSON.parse(row.assigned_because) as AssignmentReason }),
    acceptBy: isoTime(row.accept_by_ms),
    respondBy: isoTime(row.respond_by_ms),
    doneBy: isoTime(row.done_by_ms),
    ...(dueMs !== undefined && { dueAt: isoTime(dueMs) }),
    level: row.level,
    ...(row.promised_at_ms !== null && { promisedAt: isoTime(row.promised_at_ms) }),
    ...(row.paused_since_ms !== null && { pausedSince: isoTime(row.paused_since_ms) }),
    ...(row.pause_reason !== null && { pauseReason: row.pause_reason }),
    ...(row.done_at_ms !== null && { doneAt: isoTime(row.done_at_ms) }),
    ...(row.verified_at_ms !== null && { verifiedAt: isoTime(row.verified_at_ms) }),
    ...(row.verified_by !== null && { verifiedBy: row.verified_by }),
    repeats: row.repeats,
  }
}

/** Steps with the names of who acted and who was assigned. */
export type StepRow = Selectable<RegistryTables['work_order_step']> & { name: string | null }

/** @param nameOf the name of whoever was assigned. */
export function toStepView(row: StepRow, nameOf: (login: string) => string): WorkOrderStep {
  const detail = JSON.parse(row.detail ?? '{}') as WorkOrderStepDetail
  const { because, assignee, level, severity, alert, report, promisedAtMs, part, photo, moment, madeAtMs } = detail
  return {
    seq: row.seq,
    act: row.act,
    at: isoTime(row.at_ms),
    ...(row.actor !== null && { actor: row.actor, actorName: row.name ?? row.actor }),
    ...(row.from_state !== null && { from: row.from_state }),
    to: row.to_state,
    ...(row.note !== null && { note: row.note }),
    ...(because !== undefined && { because }),
    ...(assignee !== undefined && { assigneeName: nameOf(assignee) }),
    ...(level !== undefined && { level }),
    ...(severity !== undefined && { severity }),
    // What a person saw, or a checklist, joins with its note alone.
    ...(row.act === 'join' && alert !== undefined && { joined: 'alert' }),
    ...(row.act === 'join' && alert === undefined && report !== undefined && { joined: 'report' }),
    ...(promisedAtMs !== undefined && { promisedAt: isoTime(promisedAtMs) }),
    ...(part !== undefined && { part }),
    ...(photo !== undefined && { photo }),
    ...(moment !== undefined && { moment }),
    ...(madeAtMs !== undefined && { madeAt: isoTime(madeAtMs) }),
  }
}

/** An instant of the registry as the API writes it. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString()
}
