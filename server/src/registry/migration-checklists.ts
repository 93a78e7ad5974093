import type { Kysely } from 'kysely'

/** Checklists as data, and what was filled in. */
export async function createChecklists(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('checklist_template')
    .addColumn('id', 'text', c => c.notNull())
    .addColumn('version', 'integer', c => c.notNull())
    .addColumn('use', 'text', c => c.notNull())
    .addColumn('appliance_kind', 'text')
    .addColumn('is_retired', 'integer', c => c.notNull())
    .addColumn('document', 'text', c => c.notNull())
    .addColumn('created_at_ms', 'bigint', c => c.notNull())
    .addColumn('created_by', 'text')
    .addPrimaryKeyConstraint('checklist_template_key', ['id', 'version'])
    .execute()
  await db.schema
    .createTable('checklist_fill')
    .addColumn('key', 'text', c => c.primaryKey())
    .addColumn('template', 'text', c => c.notNull())
    .addColumn('version', 'integer', c => c.notNull())
    .addColumn('station', 'text', c => c.notNull().references('station.id'))
    .addColumn('district', 'text', c => c.notNull())
    .addColumn('work_order', 'text', c => c.references('work_order.id'))
    .addColumn('filled_by', 'text', c => c.notNull())
    .addColumn('filled_at_ms', 'bigint', c => c.notNull())
    .addColumn('received_at_ms', 'bigint', c => c.notNull())
    .addColumn('failed', 'integer', c => c.notNull())
    .execute()
  for (const [name, columns] of Object.entries({
    checklist_fill_by_time: ['received_at_ms', 'key'],
    checklist_fill_by_district: ['district', 'received_at_ms', 'key'],
    checklist_fill_by_station: ['station', 'received_at_ms', 'key'],
    checklist_fill_by_order: ['work_order', 'received_at_ms', 'key'],
  }))
    await db.schema.createIndex(name).on('checklist_fill').columns(columns).execute()
  await db.schema
    .createTable('checklist_answer')
    .addColumn('fill', 'text', c => c.notNull().references('checklist_fill.key'))
    .addColumn('line', 'text', c => c.notNull())
    .addColumn('value', 'text')
    .addColumn('note', 'text')
    .addColumn('failed', 'integer', c => c.notNull())
    .addColumn('photos', 'integer', c => c.notNull())
    .addColumn('work_order', 'text', c => c.references('work_order.id'))
    .addPrimaryKeyConstraint('checklist_answer_key', ['fill', 'line'])
    .execute()
  await db.schema
    .createTable('checklist_photo')
    .addColumn('fill', 'text', c => c.notNull().references('checklist_fill.key'))
    .addColumn('line', 'text', c => c.notNull())
    .addColumn('n', 'integer', c => c.notNull())
    .addColumn('photo', 'text', c => c.notNull())
    .addPrimaryKeyConstraint('checklist_photo_key', ['fill', 'line', 'n'])
    .execute()
}
