import type { Kysely } from 'kysely'

/** What is known of appliances, and every change of it. */
export async function createAssets(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('asset')
    .addColumn('appliance', 'text', c => c.primaryKey().references('appliance.id'))
    .addColumn('revision', 'integer', c => c.notNull())
    .addColumn('station', 'text', c => c.notNull())
    // One tag, one appliance: kept by the database itself, whoever writes.
    .addColumn('asset_tag', 'text', c => c.notNull().unique())
    .addColumn('model', 'text')
    .addColumn('maker', 'text')
    .addColumn('serial', 'text')
    .addColumn('supplier', 'text')
    .addColumn('installed_on', 'text')
    .addColumn('warranty_until', 'text')
    .addColumn('price_fen', 'bigint')
    .addColumn('retired_on', 'text')
    .execute()
  await db.schema.createIndex('asset_by_warranty').on('asset').column('warranty_until').execute()
  await db.schema
    .createTable('asset_change')
    .addColumn('appliance', 'text', c => c.notNull().references('appliance.id'))
    .addColumn('seq', 'integer', c => c.notNull())
    .addColumn('at_ms', 'bigint', c => c.notNull())
    .addColumn('actor', 'text')
    .addColumn('by', 'text', c => c.notNull())
    .addColumn('field', 'text', c => c.notNull())
    .addColumn('before', 'text')
    .addColumn('after', 'text')
    .addPrimaryKeyConstraint('asset_change_key', ['appliance', 'seq'])
    .execute()
}

/** Preventive plans, what they made, and the use that they count. */
export async function createPlans(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('plan')
    .addColumn('id', 'text', c => c.primaryKey())
    .addColumn('title', 'text', c => c.notNull())
    .addColumn('note', 'text')
    .addColumn('severity', 'text', c => c.notNull())
    .addColumn('target', 'text', c => c.notNull())
    .addColumn('schedule', 'text', c => c.notNull())
    .addColumn('created_at_ms', 'bigint', c => c.notNull())
    .addColumn('created_by', 'text', c => c.notNull())
    .addColumn('paused_at_ms', 'bigint')
    .addColumn('active_since_ms', 'bigint', c => c.notNull())
    .addColumn('ended_at_ms', 'bigint')
    .execute()
  await db.schema
    .createTable('plan_district')
    .addColumn('plan', 'text', c => c.notNull().references('plan.id'))
    .addColumn('district', 'text', c => c.notNull())
    .addPrimaryKeyConstraint('plan_district_key', ['plan', 'district'])
    .execute()
  // "One due, one order" is kept by the database itself, over every restart.
  await db.schema
    .createTable('plan_order')
    .addColumn('plan', 'text', c => c.notNull().references('plan.id'))
    .addColumn('appliance', 'text', c => c.notNull().references('appliance.id'))
    .addColumn('due_key', 'text', c => c.notNull())
    .addColumn('work_order', 'text', c => c.notNull().references('work_order.id'))
    .addColumn('is_made', 'integer', c => c.notNull())
    .addColumn('at_ms', 'bigint', c => c.notNull())
    .addPrimaryKeyConstraint('plan_order_key', ['plan', 'appliance', 'due_key'])
    .execute()
  await db.schema.createIndex('plan_order_by_order').on('plan_order').column('work_order').execute()
  await db.schema
    .createTable('appliance_usage')
    .addColumn('appliance', 'text', c => c.notNull().references('appliance.id'))
    .addColumn('meter', 'text', c => c.notNull())
    .addColumn('day_ms', 'bigint', c => c.notNull())
    .addColumn('amount', 'double precision', c => c.notNull())
    .addPrimaryKeyConstraint('appliance_usage_key', ['appliance', 'meter', 'day_ms'])
    .execute()
}
