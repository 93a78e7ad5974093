import type { Kysely } from 'kysely'

/** Photos of a monthly check of stock, and how often the key of a station's screen was made anew. */
export async function createKeeperPhotos(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('stock_photo')
    .addColumn('check_key', 'text', c => c.notNull().references('stock_check.key'))
    .addColumn('batch', 'text', c => c.notNull().references('stock_batch.id'))
    .addColumn('n', 'integer', c => c.notNull())
    .addColumn('photo', 'text', c => c.notNull())
    .addPrimaryKeyConstraint('stock_photo_key', ['check_key', 'batch', 'n'])
    .execute()
  await db.schema
    .createTable('display_key')
    .addColumn('station', 'text', c => c.primaryKey().references('station.id'))
    .addColumn('rotation', 'integer', c => c.notNull())
    .addColumn('at_ms', 'bigint', c => c.notNull())
    .addColumn('actor', 'text', c => c.notNull())
    .execute()
}
