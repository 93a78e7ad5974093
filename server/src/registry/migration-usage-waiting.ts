import type { Kysely } from 'kysely'

/** Days that are over and got readings that are not counted yet. */
export async function createUsageWaiting(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('usage_waiting')
    .addColumn('station', 'text', c => c.notNull())
    .addColumn('day', 'integer', c => c.notNull())
    .addPrimaryKeyConstraint('usage_waiting_key', ['station', 'day'])
    .execute()
}
