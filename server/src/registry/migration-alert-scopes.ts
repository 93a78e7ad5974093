import { type Kysely, sql } from 'kysely'

/**
 * Alerts of devices and of stations beside those of appliances, causes that explain them, silence, and maintenance windows.
 * The alert tables are made anew, because neither database drops a NOT NULL and a constraint in the same words; what is in
 * them is taken along. SQLite's migrations run outside a transaction: this one opens its own, so that a kill in the middle
 * leaves the old tables whole.
 */
export async function widenAlerts(db: Kysely<unknown>): Promise<void> {
  if (db.isTransaction) await widen(db)
  else await db.transaction().execute(widen)
}

async function widen(db: Kysely<unknown>): Promise<void> {
  await createTables(db)
  await sql`
    insert into alert_wide (
      id, station, district, scope, subject, appliance, rule, rule_version, severity, state, revision,
      raised_at_ms, standing_since_ms, acknowledged_at_ms, acknowledged_by, resolved_at_ms, evidence)
    select id, station, district, 'appliance', 'appliance:' || appliance, appliance, rule, rule_version, severity, state,
      (select max(seq) from alert_transition where alert_transition.alert = alert.id),
      raised_at_ms, raised_at_ms, acknowledged_at_ms, acknowledged_by, resolved_at_ms, evidence
    from alert`.execute(db)
  await sql`
    insert into alert_step (alert, seq, change, at_ms, actor, evidence)
    select alert, seq, change, at_ms, actor, evidence from alert_transition`.execute(db)
  await db.schema.dropTable('alert_transition').execute()
  await db.schema.dropTable('alert').execute()
  // The references of alert_step follow the new name on both databases.
  await db.schema.alterTable('alert_wide').renameTo('alert').execute()
  await db.schema.alterTable('alert_step').renameTo('alert_transition').execute()
  await createIndexes(db)
}

async function createTables(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('alert_wide')
    .addColumn('id', 'text', c => c.primaryKey())
    .addColumn('station', 'text', c => c.notNull().references('station.id'))
    .addColumn('district', 'text', c => c.notNull())
    .addColumn('scope', 'text', c => c.notNull())
    .addColumn('subject', 'text', c => c.notNull())
    .addColumn('appliance', 'text', c => c.references('appliance.id'))
    // No reference: a device may leave the fleet, and its alerts stay.
    .addColumn('device', 'text')
    .addColumn('rule', 'text', c => c.notNull())
    .addColumn('rule_version', 'integer', c => c.notNull())
    .addColumn('severity', 'text', c => c.notNull())
    .addColumn('state', 'text', c => c.notNull())
    .addColumn('revision', 'integer', c => c.notNull())
    .addColumn('raised_at_ms', 'bigint', c => c.notNull())
    .addColumn('standing_since_ms', 'bigint', c => c.notNull())
    .addColumn('acknowledged_at_ms', 'bigint')
    .addColumn('acknowledged_by', 'text')
    .addColumn('resolved_at_ms', 'bigint')
    .addColumn('suppressed_at_ms', 'bigint')
    .addColumn('suppressed_cause', 'text')
    .addColumn('suppressed_by', 'text')
    .addColumn('silenced_at_ms', 'bigint')
    .addColumn('silenced_until_ms', 'bigint')
    .addColumn('silenced_by', 'text')
    .addColumn('silence_reason', 'text')
    .addColumn('evidence', 'text', c => c.notNull())
    .execute()
  await db.schema
    .createTable('alert_step')
    .addColumn('alert', 'text', c => c.notNull().references('alert_wide.id'))
    .addColumn('seq', 'integer', c => c.notNull())
    .addColumn('change', 'text', c => c.notNull())
    .addColumn('at_ms', 'bigint', c => c.notNull())
    .addColumn('actor', 'text')
    .addColumn('evidence', 'text')
    .addColumn('detail', 'text')
    .addPrimaryKeyConstraint('alert_step_key', ['alert', 'seq'])
    .execute()
  await db.schema
    .createTable('cause')
    .addColumn('id', 'text', c => c.primaryKey())
    .addColumn('station', 'text', c => c.notNull().references('station.id'))
    .addColumn('kind', 'text', c => c.notNull())
    .addColumn('appliance', 'text', c => c.references('appliance.id'))
    .addColumn('device', 'text')
    .addColumn('since_ms', 'bigint', c => c.notNull())
    .addColumn('ended_at_ms', 'bigint')
    .addColumn('alert', 'text')
    .execute()
  await db.schema
    .createTable('maintenance')
    .addColumn('id', 'text', c => c.primaryKey())
    .addColumn('station', 'text', c => c.notNull().references('station.id'))
    .addColumn('district', 'text', c => c.notNull())
    .addColumn('appliance', 'text', c => c.references('appliance.id'))
    .addColumn('from_ms', 'bigint', c => c.notNull())
    .addColumn('to_ms', 'bigint', c => c.notNull())
    .addColumn('reason', 'text', c => c.notNull())
    .addColumn('created_at_ms', 'bigint', c => c.notNull())
    .addColumn('created_by', 'text', c => c.notNull())
    .addColumn('ended_at_ms', 'bigint')
    .addColumn('ended_by', 'text')
    .execute()
  await db.schema
    .createTable('station_life_cycle')
    .addColumn('station', 'text', c => c.primaryKey().references('station.id'))
    .addColumn('life_cycle', 'text', c => c.notNull())
    .addColumn('since_ms', 'bigint', c => c.notNull())
    .addColumn('actor', 'text', c => c.notNull())
    .addColumn('reason', 'text', c => c.notNull())
    .execute()
}

async function createIndexes(db: Kysely<unknown>): Promise<void> {
  // The promise "one fault, one open alert" is kept by the database itself, whoever writes.
  await db.schema
    .createIndex('alert_one_open')
    .unique()
    .on('alert')
    .columns(['subject', 'rule'])
    .where('state' as never, '!=', 'resolved')
    .execute()
  // In the order in which they are listed, so that a page costs what is on it.
  await db.schema
    .createIndex('alert_open')
    .on('alert')
    .columns(['raised_at_ms', 'id'])
    .where('state' as never, '!=', 'resolved')
    .execute()
  await db.schema.createIndex('alert_by_district').on('alert').columns(['district', 'raised_at_ms', 'id']).execute()
  await db.schema.createIndex('alert_by_time').on('alert').columns(['raised_at_ms', 'id']).execute()
  await db.schema.createIndex('alert_by_identity').on('alert').columns(['subject', 'rule', 'raised_at_ms']).execute()
  await db.schema.createIndex('alert_by_station').on('alert').columns(['station', 'state']).execute()
  await db.schema.createIndex('alert_by_cause').on('alert').column('suppressed_by').execute()
  await db.schema.createIndex('cause_by_station').on('cause').columns(['station', 'ended_at_ms']).execute()
  await db.schema.createIndex('cause_by_alert').on('cause').column('alert').execute()
  await db.schema.createIndex('maintenance_by_station').on('maintenance').columns(['station', 'to_ms']).execute()
}
