import type { Kysely } from 'kysely'

/** Service accounts, the feed of events, and what automation has people told. */
export async function createAutomation(db: Kysely<unknown>): Promise<void> {
  await createAccounts(db)
  await createFeed(db)
  await createNotify(db)
}

async function createAccounts(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('service_account')
    .addColumn('name', 'text', c => c.primaryKey())
    .addColumn('rights', 'text', c => c.notNull())
    .addColumn('districts', 'text', c => c.notNull())
    .addColumn('streets', 'text')
    .addColumn('created_at_ms', 'bigint', c => c.notNull())
    .addColumn('created_by', 'text', c => c.notNull())
    .addColumn('revoked_at_ms', 'bigint')
    .addColumn('revoked_by', 'text')
    .execute()
  await db.schema
    .createTable('service_token')
    .addColumn('id', 'text', c => c.primaryKey())
    .addColumn('account', 'text', c => c.notNull().references('service_account.name'))
    .addColumn('token_sha256', 'text', c => c.notNull().unique())
    .addColumn('created_at_ms', 'bigint', c => c.notNull())
    .addColumn('used_at_ms', 'bigint')
    .addColumn('ended_at_ms', 'bigint')
    .execute()
  await db.schema.createIndex('service_token_by_account').on('service_token').column('account').execute()
  await db.schema
    .createTable('automation_act')
    .addColumn('id', 'text', c => c.primaryKey())
    .addColumn('account', 'text', c => c.notNull())
    .addColumn('flow', 'text')
    .addColumn('method', 'text', c => c.notNull())
    .addColumn('path', 'text', c => c.notNull())
    .addColumn('status', 'integer', c => c.notNull())
    .addColumn('reason', 'text')
    .addColumn('at_ms', 'bigint', c => c.notNull())
    .execute()
  await db.schema.createIndex('automation_act_by_time').on('automation_act').column('at_ms').execute()
  await db.schema
    .createTable('automation_heartbeat')
    .addColumn('account', 'text', c => c.primaryKey().references('service_account.name'))
    .addColumn('heard_at_ms', 'bigint', c => c.notNull())
    .addColumn('flows', 'text', c => c.notNull())
    .addColumn('silent_since_ms', 'bigint')
    .execute()
}

async function createFeed(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('event_feed')
    .addColumn('seq', 'bigint', c => c.primaryKey())
    .addColumn('district', 'text', c => c.notNull())
    .addColumn('station', 'text')
    .addColumn('payload', 'text', c => c.notNull())
    .addColumn('at_ms', 'bigint', c => c.notNull())
    .execute()
  await db.schema.createIndex('event_feed_by_time').on('event_feed').column('at_ms').execute()
  await db.schema
    .createTable('station_status')
    .addColumn('station', 'text', c => c.primaryKey())
    .addColumn('status', 'text', c => c.notNull())
    .addColumn('at_ms', 'bigint', c => c.notNull())
    .execute()
  await db.schema
    .createTable('feed_cursor')
    .addColumn('account', 'text', c => c.notNull().references('service_account.name'))
    .addColumn('consumer', 'text', c => c.notNull())
    .addColumn('after_seq', 'bigint', c => c.notNull())
    .addColumn('at_ms', 'bigint', c => c.notNull())
    .addPrimaryKeyConstraint('feed_cursor_key', ['account', 'consumer'])
    .execute()
}

async function createNotify(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('contact_channel')
    .addColumn('id', 'text', c => c.primaryKey())
    .addColumn('kind', 'text', c => c.notNull())
    .addColumn('name', 'text', c => c.notNull())
    .addColumn('target', 'text', c => c.notNull())
    .addColumn('login', 'text', c => c.references('person.login').onDelete('cascade'))
    .addColumn('region', 'text')
    .addColumn('roles', 'text', c => c.notNull())
    .addColumn('severities', 'text', c => c.notNull())
    .addColumn('quiet', 'text')
    .addColumn('language', 'text', c => c.notNull())
    .addColumn('created_at_ms', 'bigint', c => c.notNull())
    .addColumn('created_by', 'text', c => c.notNull())
    .execute()
  await db.schema
    .createTable('notify_seen')
    .addColumn('key', 'text', c => c.primaryKey())
    .addColumn('at_ms', 'bigint', c => c.notNull())
    .execute()
  await db.schema.createIndex('notify_seen_by_time').on('notify_seen').column('at_ms').execute()
  await db.schema
    .createTable('notify_window')
    .addColumn('key', 'text', c => c.primaryKey())
    .addColumn('end_ms', 'bigint', c => c.notNull())
    .addColumn('sent', 'integer', c => c.notNull())
    .addColumn('pending', 'integer', c => c.notNull())
    .addColumn('due_ms', 'bigint')
    .execute()
  await db.schema
    .createTable('notify_held')
    .addColumn('id', 'text', c => c.primaryKey())
    .addColumn('key', 'text', c => c.notNull())
    .addColumn('account', 'text', c => c.notNull())
    .addColumn('message', 'text', c => c.notNull())
    .addColumn('created_at_ms', 'bigint', c => c.notNull())
    .execute()
  await db.schema.createIndex('notify_held_by_key').on('notify_held').column('key').execute()
  await db.schema
    .createTable('notify_delivery')
    .addColumn('id', 'text', c => c.primaryKey())
    .addColumn('account', 'text', c => c.notNull())
    .addColumn('login', 'text')
    .addColumn('channel', 'text')
    .addColumn('message', 'text', c => c.notNull())
    .addColumn('count', 'integer', c => c.notNull())
    .addColumn('state', 'text', c => c.notNull())
    .addColumn('due_ms', 'bigint', c => c.notNull())
    .addColumn('tries', 'integer', c => c.notNull())
    .addColumn('reason', 'text')
    .addColumn('created_at_ms', 'bigint', c => c.notNull())
    .addColumn('ended_at_ms', 'bigint')
    .execute()
  await db.schema
    .createIndex('notify_delivery_waiting')
    .on('notify_delivery')
    .column('due_ms')
    .where('state' as never, '=', 'waiting')
    .execute()
}
