import { type AlertView, ESCALATION_LEVELS, SEVERITIES, type WorkOrderState } from '@harbor/protocol'
import type { RegistryDb } from '../../src/registry/open-registry.ts'
import { importFleet } from '../../src/registry/fleet-import.ts'

const DISTRICTS = Array.from({ length: 20 }, (_one, index) => String(500_101 + index))
const STATIONS_A_DISTRICT = 100
const KINDS = ['fridge', 'air_conditioner', 'microwave', 'water_dispenser'] as const
const HOUR_MS = 3_600_000
const OPEN_STATES: readonly WorkOrderState[] = ['assigned', 'accepted', 'on_site', 'done']
/** Rows of one insert: SQLite takes 32,766 parameters at once. */
const ROWS = 500

export interface Seeded {
  districts: readonly string[]
  logins: readonly string[]
  /** A district's stations and appliances, as examples to ask for. */
  station: string
  appliance: string
  nowMs: number
}

/**
 * A registry of 2,000 stations with 8,000 appliances, so many alerts that stand and so many orders over two years, a tenth of them
 * open. The same numbers each time: nothing is drawn.
 */
export async function seedOrders(db: RegistryDb, counts: { alerts: number; orders: number }): Promise<Seeded> {
  const nowMs = Date.UTC(2026, 6, 30, 4)
  const stations = DISTRICTS.flatMap(district =>
    Array.from({ length: STATIONS_A_DISTRICT }, (_one, index) => ({ id: `st-${district}-${index}`, district })),
  )
  const appliances = stations.flatMap(({ id, district }) =>
    KINDS.map(kind => ({ id: `${id}-${kind.replace('_', '-')}`, station: id, kind, district })),
  )
  await importFleet(
    db,
    {
      regions: DISTRICTS.map(district => ({ district, nameZh: district, nameEn: district })),
      stations: stations.map(one => ({
        ...one,
        nameZh: one.id,
        nameEn: one.id,
        latDeg: 29.5,
        lngDeg: 106.5,
        hours: 'Mo-Su 08:00-20:00',
        facilities: [],
      })),
      appliances: appliances.map(({ id, station, kind }) => ({ id, station, kind })),
      gateways: [],
      devices: [],
      ruleOverrides: [],
    },
    () => undefined,
  )
  const logins = Array.from({ length: 200 }, (_one, index) => `worker-${index}`)
  await inBatches(logins, rows =>
    db
      .insertInto('person')
      .values(
        rows.map(login => ({ login, name: login, role: 'maintainer' as const, password_hash: '', created_at_ms: 0 })),
      )
      .execute(),
  )
  const alerts = Array.from({ length: counts.alerts }, (_one, index) => {
    const { id, station, district } = appliances[index % appliances.length] as (typeof appliances)[number]
    const rule = `rule_${Math.floor(index / appliances.length)}`
    return alertRow({ id: `alert-${index}`, appliance: id, station, district, rule, index, nowMs })
  })
  await inBatches(alerts, rows => db.insertInto('alert').values(rows).execute())
  const orders = Array.from({ length: counts.orders }, (_one, index) => {
    const { id, station, district } = appliances[index % appliances.length] as (typeof appliances)[number]
    // A tenth is open, spread over the whole time.
    const state = index % 10 === 0 ? (OPEN_STATES[Math.floor(index / 10) % 4] ?? 'done') : 'verified'
    const assignee = logins[(index * 7) % logins.length] ?? null
    return orderRow({ id: `order-${index}`, appliance: id, station, district, state, assignee, index, nowMs })
  })
  await inBatches(orders, rows => db.insertInto('work_order').values(rows).execute())
  // Each alert has an open order of its own grade: a round finds nothing to change.
  const links = Array.from({ length: Math.min(counts.alerts, Math.floor(counts.orders / 10)) }, (_one, index) => ({
    alert: `alert-${index}`,
    work_order: `order-${index * 10}`,
    joined_at_ms: nowMs,
  }))
  await inBatches(links, rows => db.insertInto('work_order_alert').values(rows).execute())
  return { districts: DISTRICTS, logins, station: 'st-500103-7', appliance: 'st-500103-7-fridge', nowMs }
}

interface Place {
  id: string
  appliance: string
  station: string
  district: string
  index: number
  nowMs: number
}

function alertRow({ id, appliance, station, district, rule, index, nowMs }: Place & { rule: string }) {
  const severity: AlertView['severity'] = SEVERITIES[index % SEVERITIES.length] ?? 'P3'
  const evidence = {
    metric: 'temperature',
    threshold: 8,
    observed: 14.2,
    from: '2026-07-30T03:00:00.000Z',
    to: '2026-07-30T04:00:00.000Z',
  }
  return {
    id,
    station,
    district,
    scope: 'appliance' as const,
    subject: `appliance:${appliance}`,
    appliance,
    device: null,
    rule,
    rule_version: 1,
    severity,
    state: index % 3 === 0 ? ('acknowledged' as const) : ('raised' as const),
    revision: 1,
    raised_at_ms: nowMs - (index % 1_000) * HOUR_MS,
    standing_since_ms: nowMs - (index % 1_000) * HOUR_MS,
    acknowledged_at_ms: null,
    acknowledged_by: null,
    resolved_at_ms: null,
    suppressed_at_ms: null,
    suppressed_cause: null,
    suppressed_by: null,
    silenced_at_ms: null,
    silenced_until_ms: null,
    silenced_by: null,
    silence_reason: null,
    evidence: JSON.stringify(evidence),
  }
}

function orderRow(of: Place & { state: WorkOrderState; assignee: string | null }) {
  const { id, appliance, station, district, state, assignee, index, nowMs } = of
  const createdMs = nowMs - ((index * 7_919) % (2 * 365 * 24)) * HOUR_MS
  const isClosed = state === 'verified'
  return {
    id,
    station,
    district,
    thing: `appliance:${appliance}#${index}`,
    appliance,
    source: 'alert' as const,
    alert: null,
    reports: 0,
    severity: SEVERITIES[Math.floor(index / 10) % SEVERITIES.length] ?? 'P3',
    title_zh: '冰箱温度过高',
    title_en: 'Fridge too warm',
    state,
    revision: 5,
    created_at_ms: createdMs,
    created_by: null,
    crew: null,
    assignee,
    assigned_because: assignee === null ? null : JSON.stringify({ load: 1, distanceM: 700 }),
    accept_by_ms: createdMs + HOUR_MS,
    respond_by_ms: createdMs + 8 * HOUR_MS,
    done_by_ms: createdMs + 24 * HOUR_MS,
    due_ms: createdMs + 24 * HOUR_MS,
    reminded: null,
    level: ESCALATION_LEVELS[index % 4] ?? ('crew' as const),
    next_alarm_ms: null,
    promised_at_ms: null,
    paused_since_ms: null,
    pause_reason: null,
    done_at_ms: isClosed ? createdMs + 12 * HOUR_MS : null,
    verified_at_ms: isClosed ? createdMs + 14 * HOUR_MS : null,
    verified_by: isClosed ? ('data' as const) : null,
    repeats: 0,
    closed_at_ms: isClosed ? createdMs + 14 * HOUR_MS : null,
  }
}

async function inBatches<Row>(rows: readonly Row[], insert: (batch: Row[]) => Promise<unknown>): Promise<void> {
  for (let from = 0; from < rows.length; from += ROWS) await insert(rows.slice(from, from + ROWS))
}
