import type { Kysely } from 'kysely'

/** Who is told of what, by which way, and what was told. */
export async function createTell(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('tell_choice')
    .addColumn('login', 'text', c => c.primaryKey().references('person.login').onDelete('cascade'))
    .addColumn('choice', 'text', c => c.notNull())
    .execute()
  await db.schema
    .createTable('tell_device')
    .addColumn('id', 'text', c => c.primaryKey())
    .addColumn('login', 'text', c => c.notNull().references('person.login').onDelete('cascade'))
    .addColumn('endpoint', 'text', c => c.notNull())
    .addColumn('p256dh', 'text', c => c.notNull())
    .addColumn('auth', 'text', c => c.notNull())
    .addColumn('label', 'text', c => c.notNull())
    .addColumn('created_at_ms', 'bigint', c => c.notNull())
    .execute()
  await db.schema.createIndex('tell_device_by_login').on('tell_device').column('login').execute()
  await db.schema
    .createTable('tell_outbox')
    .addColumn('key', 'text', c => c.primaryKey())
    .addColumn('login', 'text', c => c.notNull())
    .addColumn('channel', 'text', c => c.notNull())
    .addColumn('target', 'text', c => c.notNull())
    .addColumn('kind', 'text', c => c.notNull())
    .addColumn('subject', 'text', c => c.notNull())
    .addColumn('only_while', 'text', c => c.notNull())
    .addColumn('message', 'text', c => c.notNull())
    .addColumn('state', 'text', c => c.notNull())
    .addColumn('created_at_ms', 'bigint', c => c.notNull())
    .addColumn('due_ms', 'bigint', c => c.notNull())
    .addColumn('tries', 'integer', c => c.notNull())
    .addColumn('reason', 'text')
    .addColumn('ended_at_ms', 'bigint')
    .execute()
  await db.schema
    .createIndex('tell_outbox_waiting')
    .on('tell_outbox')
    .column('due_ms')
    .where('state' as never, '=', 'waiting')
    .execute()
  await db.schema.createIndex('tell_outbox_ended').on('tell_outbox').columns(['state', 'ended_at_ms']).execute()
}
