import type { Kysely } from 'kysely'

/** When each city's list of stations last changed. */
export async function createCityList(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('city_list')
    .addColumn('code', 'text', c => c.primaryKey())
    .addColumn('sha256', 'text', c => c.notNull())
    .addColumn('changed_at_ms', 'bigint', c => c.notNull())
    .execute()
}
