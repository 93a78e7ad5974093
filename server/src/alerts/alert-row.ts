import type { AlertView, ApplianceKind } from '@harbor/protocol'
import type { Kysely } from 'kysely'
import type { RegistryTables } from '../registry/schema.ts'

/** Alerts with all that their view needs, as one query to narrow down. */
export function selectAlertRows(db: Kysely<RegistryTables>) {
  return db
    .selectFrom('alert')
    .innerJoin('station', 'station.id', 'alert.station')
    .innerJoin('appliance', 'appliance.id', 'alert.appliance')
    .leftJoin('person', 'person.login', 'alert.acknowledged_by')
    .selectAll('alert')
    .select(['station.name_zh', 'station.name_en', 'appliance.kind', 'person.name as acknowledged_by_name'])
}

/** A row of `selectAlertRows`. */
export interface AlertRow extends Readonly<RegistryTables['alert']> {
  name_zh: string
  name_en: string
  kind: ApplianceKind
  acknowledged_by_name: string | null
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
    appliance: row.appliance,
    applianceKind: row.kind,
    rule: row.rule,
    ruleVersion: row.rule_version,
    severity: row.severity as AlertView['severity'],
    state: row.state,
    raisedAt: isoTime(row.raised_at_ms),
    evidence: JSON.parse(row.evidence) as AlertView['evidence'],
    ...(row.acknowledged_at_ms !== null && { acknowledgedAt: isoTime(row.acknowledged_at_ms) }),
    ...(acknowledgedBy !== null && { acknowledgedBy }),
    ...(row.resolved_at_ms !== null && { resolvedAt: isoTime(row.resolved_at_ms) }),
  }
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString()
}
