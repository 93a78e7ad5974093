import type { AlertView, ApplianceKind, Evidence } from '@harbor/protocol'
import type { Kysely } from 'kysely'
import type { RegistryTables } from '../registry/schema.ts'

/** Alerts with all that their view needs, as one query to narrow down. */
export function selectAlertRows(db: Kysely<RegistryTables>) {
  return db
    .selectFrom('alert')
    .innerJoin('station', 'station.id', 'alert.station')
    .leftJoin('appliance', 'appliance.id', 'alert.appliance')
    .leftJoin('person as taker', 'taker.login', 'alert.acknowledged_by')
    .leftJoin('person as silencer', 'silencer.login', 'alert.silenced_by')
    .leftJoin('cause', 'cause.id', 'alert.suppressed_by')
    .selectAll('alert')
    .select(['station.name_zh', 'station.name_en', 'appliance.kind', 'cause.alert as cause_alert'])
    .select(['taker.name as acknowledged_by_name', 'silencer.name as silenced_by_name'])
}

/** A row of `selectAlertRows`. */
export interface AlertRow extends Readonly<RegistryTables['alert']> {
  name_zh: string
  name_en: string
  kind: ApplianceKind | null
  cause_alert: string | null
  acknowledged_by_name: string | null
  silenced_by_name: string | null
}

/** A row as the API shows it. A person who is gone is shown by their login. */
export function toAlertView(row: AlertRow): AlertView {
  const acknowledgedBy = row.acknowledged_by_name ?? row.acknowledged_by
  return {
    id: row.id,
    station: row.station,
    stationNameZh: row.name_zh,
    stationNameEn: row.name_en,
    district: row.district,
    scope: row.scope,
    ...(row.appliance !== null && { appliance: row.appliance }),
    ...(row.kind !== null && { applianceKind: row.kind }),
    ...(row.device !== null && { device: row.device }),
    rule: row.rule,
    ruleVersion: row.rule_version,
    severity: row.severity,
    state: row.state,
    raisedAt: isoTime(row.raised_at_ms),
    ...(row.acknowledged_at_ms !== null && { acknowledgedAt: isoTime(row.acknowledged_at_ms) }),
    ...(acknowledgedBy !== null && { acknowledgedBy }),
    ...(row.resolved_at_ms !== null && { resolvedAt: isoTime(row.resolved_at_ms) }),
    ...suppressionOf(row),
    ...silenceOf(row),
    revision: row.revision,
    evidence: JSON.parse(row.evidence) as Evidence,
  }
}

function suppressionOf(row: AlertRow): Pick<AlertView, 'suppression'> {
  const { suppressed_cause: cause, suppressed_at_ms: sinceMs, suppressed_by: by } = row
  if (cause === null || sinceMs === null) return {}
  return {
    suppression: {
      cause,
      since: isoTime(sinceMs),
      ...(row.cause_alert !== null && { alert: row.cause_alert }),
      ...(cause === 'maintenance' && by !== null && { window: by }),
    },
  }
}

function silenceOf(row: AlertRow): Pick<AlertView, 'silence'> {
  const { silenced_at_ms: sinceMs, silenced_until_ms: untilMs, silence_reason: reason } = row
  if (sinceMs === null || untilMs === null) return {}
  const by = row.silenced_by_name ?? row.silenced_by
  return {
    silence: {
      since: isoTime(sinceMs),
      until: isoTime(untilMs),
      ...(by !== null && { by }),
      ...(reason !== null && { reason }),
      isFlapping: row.silenced_by === null,
    },
  }
}

/** An instant of the registry as the API writes it. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString()
}
