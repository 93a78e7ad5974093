import type { Kysely } from 'kysely'
import { type Cause, LONGEST_GRACE_MS, type StandingFault } from '../causes/cause.ts'
import type { RegistryTables } from '../registry/schema.ts'

/** A cause as a station's faults are judged by it; `alert` and `device` are those of a found one. */
export interface KnownCause extends Cause {
  alert: string | undefined
  device: string | undefined
}

/** All that may explain a fault of a station at `nowMs`: found causes, maintenance windows, and a station that is closed. */
export async function loadCauses(db: Kysely<RegistryTables>, station: string, nowMs: number): Promise<KnownCause[]> {
  const found = await db
    .selectFrom('cause')
    .selectAll()
    .where('station', '=', station)
    .where(eb => eb.or([eb('ended_at_ms', 'is', null), eb('ended_at_ms', '>=', nowMs - LONGEST_GRACE_MS)]))
    .execute()
  const windows = await db
    .selectFrom('maintenance')
    .selectAll()
    .where('station', '=', station)
    .where('to_ms', '>', nowMs)
    .where('from_ms', '<=', nowMs)
    .where('ended_at_ms', 'is', null)
    .execute()
  const closed = await db
    .selectFrom('station')
    .select('state_since_ms')
    .where('id', '=', station)
    .where('state', '!=', 'open')
    .executeTakeFirst()
  return [
    ...found.map(row => ({
      id: row.id,
      kind: row.kind,
      appliance: row.appliance ?? undefined,
      device: row.device ?? undefined,
      sinceMs: row.since_ms,
      endedAtMs: row.ended_at_ms ?? undefined,
      alert: row.alert ?? undefined,
    })),
    ...windows.map(row => ({
      id: row.id,
      kind: 'maintenance' as const,
      appliance: row.appliance ?? undefined,
      device: undefined,
      sinceMs: row.from_ms,
      endedAtMs: undefined,
      alert: undefined,
    })),
    ...(closed === undefined
      ? []
      : [
          {
            id: `closed-${station}`,
            kind: 'station_closed' as const,
            appliance: undefined,
            device: undefined,
            // A station that was registered so has never been in service.
            sinceMs: closed.state_since_ms ?? 0,
            endedAtMs: undefined,
            alert: undefined,
          },
        ]),
  ]
}

/** Every fault of a station that stands, told or suppressed. */
export async function loadStanding(db: Kysely<RegistryTables>, station: string): Promise<StandingFault[]> {
  const rows = await db
    .selectFrom('alert')
    .leftJoin('appliance', 'appliance.id', 'alert.appliance')
    .select(['alert.id', 'scope', 'rule', 'severity', 'alert.appliance', 'appliance.kind', 'standing_since_ms'])
    .select(['suppressed_by', 'state', 'evidence'])
    .where('alert.station', '=', station)
    .where('state', 'in', ['raised', 'acknowledged', 'suppressed'])
    .execute()
  return rows.map(row => ({
    id: row.id,
    scope: row.scope,
    rule: row.rule,
    severity: row.severity,
    appliance: row.appliance ?? undefined,
    applianceKind: row.kind ?? undefined,
    metric: (JSON.parse(row.evidence) as { metric: string }).metric,
    sinceMs: row.standing_since_ms,
    suppressedBy: row.state === 'suppressed' ? (row.suppressed_by ?? undefined) : undefined,
  }))
}

/** Causes that ended a day ago and that no alert speaks of are of no use to anybody. */
const KEPT_MS = 24 * 3_600_000

/** Deletes the causes that nobody will ask for: people switch plugs off and on every day. */
export async function forgetOldCauses(db: Kysely<RegistryTables>, nowMs: number): Promise<void> {
  await db
    .deleteFrom('cause')
    .where('ended_at_ms', '<', nowMs - KEPT_MS)
    .where('alert', 'is', null)
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('alert').select('alert.id').whereRef('alert.suppressed_by', '=', 'cause.id'))),
    )
    .execute()
}
