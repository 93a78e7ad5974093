import type { Kysely } from 'kysely'

/** Whose roof a station is under, whom to call, how to find its door; and changes of hours for some days. */
export async function addStationDetails(db: Kysely<unknown>): Promise<void> {
  for (const column of ['host_kind', 'phone', 'hint_zh', 'hint_en']) {
    await db.schema.alterTable('station').addColumn(column, 'text').execute()
  }
  await db.schema
    .createTable('hours_change')
    .addColumn('id', 'text', c => c.primaryKey())
    .addColumn('station', 'text', c => c.references('station.id'))
    .addColumn('district', 'text', c => c.notNull())
    .addColumn('kind', 'text', c => c.notNull())
    .addColumn('from_date', 'text', c => c.notNull())
    .addColumn('to_date', 'text', c => c.notNull())
    .addColumn('hours', 'text')
    .addColumn('reason_zh', 'text', c => c.notNull())
    .addColumn('reason_en', 'text', c => c.notNull())
    .addColumn('created_at_ms', 'bigint', c => c.notNull())
    .addColumn('created_by', 'text', c => c.notNull())
    .addColumn('ended_at_ms', 'bigint')
    .addColumn('ended_by', 'text')
    .execute()
  await db.schema.createIndex('hours_change_by_end').on('hours_change').column('to_date').execute()
}
