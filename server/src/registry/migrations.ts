import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import { refuseEdits } from './migration-append-only.ts'
import { createAssets, createPlans } from './migration-assets.ts'
import { createAutomation } from './migration-automation.ts'
import { createChecklists } from './migration-checklists.ts'
import { createFeedback } from './migration-feedback.ts'
import { createFleetAudit } from './migration-fleet-audit.ts'
import { createCityList } from './migration-city-list.ts'
import { addJsonExtract } from './migration-json-text.ts'
import { createKeeperPhotos } from './migration-keeper-photos.ts'
import { createKeepers } from './migration-keepers.ts'
import { widenAlerts } from './migration-alert-scopes.ts'
import { keepOverrideChanges } from './migration-override-changes.ts'
import { createRegister } from './migration-register.ts'
import { widenOverrides } from './migration-rule-overrides.ts'
import { addStationDetails } from './migration-station-details.ts'
import { createProfiles } from './migration-profiles.ts'
import { createReports } from './migration-reports.ts'
import { createRollouts } from './migration-rollouts.ts'
import { addStreets } from './migration-streets.ts'
import { createNotices } from './migration-notices.ts'
import { createSecondFactor } from './migration-second-factor.ts'
import { widenSessions } from './migration-sessions.ts'
import { createTell } from './migration-tell.ts'
import { confirmMail } from './migration-tell-mail.ts'
import { createTwin } from './migration-twin.ts'
import { createUsage } from './migration-usage.ts'
import { createUsageWaiting } from './migration-usage-waiting.ts'
import { createWorkOrders } from './migration-work-orders.ts'

/**
 * Every step from an empty database to the present one, in order of name. A released step is never edited: what it did is
 * in people's files. Only types and clauses that SQLite and PostgreSQL share, so the same steps serve both.
 */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001_fleet': { up: createFleet },
  '0002_people': { up: createPeople },
  '0003_alerts': { up: createAlerts },
  '0004_gateway_configs': { up: createGatewayConfigs },
  '0005_commands': { up: createCommands },
  '0006_alert_scopes': { up: widenAlerts },
  '0007_rule_overrides': { up: widenOverrides },
  '0008_station_details': { up: addStationDetails },
  '0009_feedback': { up: createFeedback },
  '0010_work_orders': { up: createWorkOrders },
  '0011_city_list': { up: createCityList },
  '0012_assets': { up: createAssets },
  '0013_plans': { up: createPlans },
  '0014_checklists': { up: createChecklists },
  '0015_tell': { up: createTell },
  '0016_rule_override_changes': { up: keepOverrideChanges },
  '0018_mail_confirmation': { up: confirmMail },
  '0019_streets': { up: addStreets },
  '0021_register': { up: createRegister },
  '0022_usage': { up: createUsage },
  '0023_notices': { up: createNotices },
  '0024_keepers': { up: createKeepers },
  '0025_reports': { up: createReports },
  '0026_append_only': { up: refuseEdits },
  '0027_keeper_photos': { up: createKeeperPhotos },
  '0028_usage_waiting': { up: createUsageWaiting },
  '0035_automation': { up: createAutomation },
  '0040_fleet_audit': { up: createFleetAudit },
  '0041_profiles': { up: createProfiles },
  '0042_twin': { up: createTwin },
  '0043_rollouts': { up: createRollouts },
  '0044_json_extract': { up: addJsonExtract },
  '0047_session_whence': { up: widenSessions },
  '0048_second_factor': { up: createSecondFactor },
}

async function createFleet(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('region')
    .addColumn('district', 'text', c => c.primaryKey())
    .addColumn('name_zh', 'text', c => c.notNull())
    .addColumn('name_en', 'text', c => c.notNull())
    .execute()
  await db.schema
    .createTable('station')
    .addColumn('id', 'text', c => c.primaryKey())
    .addColumn('district', 'text', c => c.notNull().references('region.district'))
    .addColumn('name_zh', 'text', c => c.notNull())
    .addColumn('name_en', 'text', c => c.notNull())
    .addColumn('address_zh', 'text')
    .addColumn('address_en', 'text')
    .addColumn('lat_deg', 'double precision', c => c.notNull())
    .addColumn('lng_deg', 'double precision', c => c.notNull())
    .addColumn('hours', 'text')
    .addColumn('capacity', 'integer')
    .addColumn('facilities', 'text', c => c.notNull())
    .execute()
  await db.schema.createIndex('station_by_district').on('station').column('district').execute()
  await db.schema
    .createTable('appliance')
    .addColumn('id', 'text', c => c.primaryKey())
    .addColumn('station', 'text', c => c.notNull().references('station.id'))
    .addColumn('kind', 'text', c => c.notNull())
    .addColumn('model', 'text')
    .addColumn('asset_tag', 'text')
    .execute()
  await db.schema.createIndex('appliance_by_station').on('appliance').column('station').execute()
  await db.schema
    .createTable('gateway')
    .addColumn('id', 'text', c => c.primaryKey())
    .addColumn('station', 'text', c => c.notNull().references('station.id'))
    .addColumn('district', 'text', c => c.notNull())
    .execute()
  await db.schema
    .createTable('gateway_account')
    .addColumn('gateway', 'text', c => c.primaryKey())
    .addColumn('district', 'text', c => c.notNull())
    .addColumn('secret_sha256', 'text')
    .addColumn('revision', 'integer', c => c.notNull().unique())
    .execute()
  await db.schema
    .createTable('device')
    .addColumn('id', 'text', c => c.primaryKey())
    .addColumn('gateway', 'text', c => c.notNull().references('gateway.id'))
    .addColumn('vendor', 'text', c => c.notNull())
    .addColumn('address', 'text', c => c.notNull())
    .addColumn('appliance', 'text', c => c.references('appliance.id'))
    .execute()
  await db.schema.createIndex('device_by_gateway').on('device').column('gateway').execute()
  await db.schema
    .createTable('rule_override')
    .addColumn('rule', 'text', c => c.notNull())
    .addColumn('model', 'text', c => c.notNull())
    .addColumn('time_scale', 'double precision', c => c.notNull())
    .addPrimaryKeyConstraint('rule_override_key', ['rule', 'model'])
    .execute()
}

async function createPeople(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('person')
    .addColumn('login', 'text', c => c.primaryKey())
    .addColumn('name', 'text', c => c.notNull())
    .addColumn('role', 'text', c => c.notNull())
    .addColumn('password_hash', 'text', c => c.notNull())
    .addColumn('created_at_ms', 'bigint', c => c.notNull())
    .execute()
  await db.schema
    .createTable('person_district')
    .addColumn('login', 'text', c => c.notNull().references('person.login').onDelete('cascade'))
    .addColumn('district', 'text', c => c.notNull())
    .addPrimaryKeyConstraint('person_district_key', ['login', 'district'])
    .execute()
  await db.schema
    .createTable('session')
    .addColumn('token_sha256', 'text', c => c.primaryKey())
    .addColumn('login', 'text', c => c.notNull().references('person.login').onDelete('cascade'))
    .addColumn('created_at_ms', 'bigint', c => c.notNull())
    .addColumn('seen_at_ms', 'bigint', c => c.notNull())
    .execute()
  await db.schema.createIndex('session_by_login').on('session').column('login').execute()
}

async function createAlerts(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('alert')
    .addColumn('id', 'text', c => c.primaryKey())
    .addColumn('station', 'text', c => c.notNull().references('station.id'))
    .addColumn('district', 'text', c => c.notNull())
    .addColumn('appliance', 'text', c => c.notNull().references('appliance.id'))
    .addColumn('rule', 'text', c => c.notNull())
    .addColumn('rule_version', 'integer', c => c.notNull())
    .addColumn('severity', 'text', c => c.notNull())
    .addColumn('state', 'text', c => c.notNull())
    .addColumn('raised_at_ms', 'bigint', c => c.notNull())
    .addColumn('acknowledged_at_ms', 'bigint')
    .addColumn('acknowledged_by', 'text')
    .addColumn('resolved_at_ms', 'bigint')
    .addColumn('evidence', 'text', c => c.notNull())
    .execute()
  // The promise "one fault, one open alert" is kept by the database itself, whoever writes.
  await db.schema
    .createIndex('alert_one_open')
    .unique()
    .on('alert')
    .columns(['appliance', 'rule'])
    .where('state' as never, '!=', 'resolved')
    .execute()
  await db.schema.createIndex('alert_by_district').on('alert').columns(['district', 'raised_at_ms']).execute()
  await db.schema.createIndex('alert_by_time').on('alert').column('raised_at_ms').execute()
  await db.schema.createIndex('alert_by_identity').on('alert').columns(['appliance', 'rule', 'raised_at_ms']).execute()
  await db.schema
    .createTable('alert_transition')
    .addColumn('alert', 'text', c => c.notNull().references('alert.id'))
    .addColumn('seq', 'integer', c => c.notNull())
    .addColumn('change', 'text', c => c.notNull())
    .addColumn('at_ms', 'bigint', c => c.notNull())
    .addColumn('actor', 'text')
    .addColumn('evidence', 'text')
    .addPrimaryKeyConstraint('alert_transition_key', ['alert', 'seq'])
    .execute()
  await db.schema
    .createTable('event_outbox')
    .addColumn('seq', 'bigint', c => c.primaryKey())
    .addColumn('topic', 'text', c => c.notNull())
    .addColumn('payload', 'text', c => c.notNull())
    .addColumn('created_at_ms', 'bigint', c => c.notNull())
    .execute()
  await db.schema
    .createTable('fault_state')
    .addColumn('key', 'text', c => c.primaryKey())
    .addColumn('state', 'text', c => c.notNull())
    .addColumn('saved_at_ms', 'bigint', c => c.notNull())
    .execute()
  await db.schema
    .createTable('health_probe')
    .addColumn('id', 'integer', c => c.primaryKey())
    .addColumn('at_ms', 'bigint', c => c.notNull())
    .execute()
}

async function createGatewayConfigs(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('gateway_config')
    .addColumn('gateway', 'text', c => c.notNull().references('gateway.id'))
    .addColumn('version', 'integer', c => c.notNull())
    .addColumn('settings', 'text', c => c.notNull())
    .addColumn('document', 'text', c => c.notNull())
    .addColumn('jws', 'text', c => c.notNull())
    .addColumn('issued_at_ms', 'bigint', c => c.notNull())
    .addColumn('issued_by', 'text', c => c.notNull())
    .addPrimaryKeyConstraint('gateway_config_key', ['gateway', 'version'])
    .execute()
  await db.schema
    .createTable('gateway_report')
    .addColumn('gateway', 'text', c => c.primaryKey().references('gateway.id'))
    .addColumn('version', 'integer', c => c.notNull())
    .addColumn('state', 'text', c => c.notNull())
    .addColumn('reason', 'text')
    .addColumn('at_ms', 'bigint', c => c.notNull())
    .addColumn('applied_version', 'integer')
    .execute()
  await db.schema
    .createTable('claim_token')
    .addColumn('token_sha256', 'text', c => c.primaryKey())
    .addColumn('station', 'text', c => c.notNull().references('station.id'))
    .addColumn('gateway', 'text', c => c.references('gateway.id'))
    .addColumn('created_by', 'text', c => c.notNull())
    .addColumn('created_at_ms', 'bigint', c => c.notNull())
    .addColumn('expires_at_ms', 'bigint', c => c.notNull())
    .addColumn('used_at_ms', 'bigint')
    .addColumn('used_gateway', 'text')
    .addColumn('used_secret_sha256', 'text')
    .addColumn('hardware', 'text')
    .execute()
}

async function createCommands(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('command')
    .addColumn('id', 'text', c => c.primaryKey())
    .addColumn('device', 'text', c => c.notNull())
    .addColumn('gateway', 'text', c => c.notNull())
    .addColumn('station', 'text', c => c.notNull())
    .addColumn('district', 'text', c => c.notNull())
    .addColumn('action', 'text', c => c.notNull())
    .addColumn('state', 'text', c => c.notNull())
    .addColumn('reason', 'text')
    .addColumn('requested_by', 'text', c => c.notNull())
    .addColumn('requested_at_ms', 'bigint', c => c.notNull())
    .addColumn('expires_at_ms', 'bigint', c => c.notNull())
    .addColumn('finished_at_ms', 'bigint')
    .execute()
  await db.schema.createIndex('command_by_device').on('command').columns(['device', 'requested_at_ms']).execute()
  // Few are open at any time: the one that is looked through every few seconds holds them alone.
  await db.schema
    .createIndex('command_open')
    .on('command')
    .columns(['requested_at_ms'])
    .where('state' as never, '=', 'sent')
    .execute()
}
