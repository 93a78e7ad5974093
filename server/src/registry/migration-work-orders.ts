import type { Kysely } from 'kysely'

/** Work orders with their history, what they deal with, and the crews who do them. */
export async function createWorkOrders(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('work_order')
    .addColumn('id', 'text', c => c.primaryKey())
    .addColumn('station', 'text', c => c.notNull().references('station.id'))
    .addColumn('district', 'text', c => c.notNull())
    .addColumn('thing', 'text', c => c.notNull())
    .addColumn('appliance', 'text', c => c.references('appliance.id'))
    .addColumn('source', 'text', c => c.notNull())
    .addColumn('alert', 'text', c => c.references('alert.id'))
    .addColumn('reports', 'integer', c => c.notNull())
    .addColumn('severity', 'text', c => c.notNull())
    .addColumn('title_zh', 'text', c => c.notNull())
    .addColumn('title_en', 'text', c => c.notNull())
    .addColumn('state', 'text', c => c.notNull())
    .addColumn('revision', 'integer', c => c.notNull())
    .addColumn('created_at_ms', 'bigint', c => c.notNull())
    .addColumn('created_by', 'text')
    .addColumn('crew', 'text')
    .addColumn('assignee', 'text')
    .addColumn('assigned_because', 'text')
    .addColumn('accept_by_ms', 'bigint', c => c.notNull())
    .addColumn('respond_by_ms', 'bigint', c => c.notNull())
    .addColumn('done_by_ms', 'bigint', c => c.notNull())
    .addColumn('due_ms', 'bigint', c => c.notNull())
    .addColumn('reminded', 'text')
    .addColumn('level', 'text', c => c.notNull())
    .addColumn('next_alarm_ms', 'bigint')
    .addColumn('promised_at_ms', 'bigint')
    .addColumn('paused_since_ms', 'bigint')
    .addColumn('pause_reason', 'text')
    .addColumn('done_at_ms', 'bigint')
    .addColumn('verified_at_ms', 'bigint')
    .addColumn('verified_by', 'text')
    .addColumn('repeats', 'integer', c => c.notNull())
    .addColumn('closed_at_ms', 'bigint')
    .execute()
  await createIndexes(db)
  await db.schema
    .createTable('work_order_step')
    .addColumn('work_order', 'text', c => c.notNull().references('work_order.id'))
    .addColumn('seq', 'integer', c => c.notNull())
    .addColumn('act', 'text', c => c.notNull())
    .addColumn('at_ms', 'bigint', c => c.notNull())
    .addColumn('actor', 'text')
    .addColumn('from_state', 'text')
    .addColumn('to_state', 'text', c => c.notNull())
    .addColumn('note', 'text')
    .addColumn('detail', 'text')
    .addColumn('request_key', 'text')
    .addPrimaryKeyConstraint('work_order_step_key', ['work_order', 'seq'])
    .execute()
  await db.schema
    .createIndex('work_order_step_by_key')
    .unique()
    .on('work_order_step')
    .columns(['work_order', 'request_key'])
    .where('request_key' as never, 'is not', null)
    .execute()
  // "One alert, one order" is kept by the database itself, whoever writes.
  await db.schema
    .createTable('work_order_alert')
    .addColumn('alert', 'text', c => c.primaryKey().references('alert.id'))
    .addColumn('work_order', 'text', c => c.notNull().references('work_order.id'))
    .addColumn('joined_at_ms', 'bigint', c => c.notNull())
    .execute()
  await db.schema.createIndex('work_order_alert_by_order').on('work_order_alert').column('work_order').execute()
  await db.schema
    .createTable('work_order_report')
    .addColumn('report', 'text', c => c.primaryKey())
    .addColumn('work_order', 'text', c => c.notNull().references('work_order.id'))
    .addColumn('joined_at_ms', 'bigint', c => c.notNull())
    .execute()
  await db.schema.createIndex('work_order_report_by_order').on('work_order_report').column('work_order').execute()
  await db.schema
    .createTable('crew')
    .addColumn('id', 'text', c => c.primaryKey())
    .addColumn('name', 'text', c => c.notNull())
    .addColumn('districts', 'text', c => c.notNull())
    .addColumn('skills', 'text', c => c.notNull())
    .addColumn('shift', 'text')
    .addColumn('lead', 'text')
    .addColumn('lat_deg', 'double precision')
    .addColumn('lng_deg', 'double precision')
    .execute()
  await db.schema
    .createTable('crew_member')
    .addColumn('crew', 'text', c => c.notNull().references('crew.id').onDelete('cascade'))
    .addColumn('login', 'text', c => c.notNull().references('person.login').onDelete('cascade'))
    .addPrimaryKeyConstraint('crew_member_key', ['crew', 'login'])
    .execute()
}

async function createIndexes(db: Kysely<unknown>): Promise<void> {
  // "One thing, one order that is not closed", likewise.
  await db.schema
    .createIndex('work_order_one_open')
    .unique()
    .on('work_order')
    .column('thing')
    .where('closed_at_ms' as never, 'is', null)
    .execute()
  await db.schema.createIndex('work_order_by_thing').on('work_order').columns(['thing', 'created_at_ms']).execute()
  // A page of a list is read off one of these, its districts and all: nothing is sorted.
  for (const [name, columns] of Object.entries({
    work_order_by_time: ['created_at_ms', 'id'],
    work_order_by_district: ['district', 'created_at_ms', 'id'],
    work_order_by_station: ['station', 'created_at_ms', 'id'],
    work_order_by_appliance: ['appliance', 'created_at_ms', 'id'],
    work_order_by_assignee: ['assignee', 'created_at_ms', 'id'],
  }))
    await db.schema.createIndex(name).on('work_order').columns(columns).execute()
  for (const [name, columns] of Object.entries({
    work_order_open_by_due: ['due_ms', 'id'],
    work_order_open_by_district: ['district', 'due_ms', 'id'],
    work_order_open_by_assignee: ['assignee', 'due_ms', 'id'],
    work_order_open_by_state: ['state', 'due_ms', 'id'],
    work_order_open_by_alarm: ['next_alarm_ms'],
  }))
    await db.schema
      .createIndex(name)
      .on('work_order')
      .columns(columns)
      .where('closed_at_ms' as never, 'is', null)
      .execute()
}
