import type { Kysely } from 'kysely'

/** Streets and towns below districts, the one that a station is in, and people who are limited to some of them. */
export async function addStreets(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('street')
    .addColumn('street', 'text', c => c.primaryKey())
    .addColumn('name_zh', 'text', c => c.notNull())
    .addColumn('name_en', 'text', c => c.notNull())
    .execute()
  await db.schema.alterTable('station').addColumn('street', 'text').execute()
  await db.schema.createIndex('station_by_street').on('station').column('street').execute()
  await db.schema
    .createTable('person_street')
    .addColumn('login', 'text', c => c.notNull().references('person.login'))
    .addColumn('street', 'text', c => c.notNull())
    .addPrimaryKeyConstraint('person_street_key', ['login', 'street'])
    .execute()
}
