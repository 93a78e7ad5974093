import type { Kysely } from 'kysely'
import { guardHistories } from './migration-append-only.ts'

/** Gateways' tags, the software that they are to run, and their acceptances on the bench. */
export async function createTwin(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('gateway_tag')
    .addColumn('gateway', 'text', c => c.notNull().references('gateway.id'))
    .addColumn('tag', 'text', c => c.notNull())
    .addPrimaryKeyConstraint('gateway_tag_key', ['gateway', 'tag'])
    .execute()
  await db.schema.createIndex('gateway_tag_by_tag').on('gateway_tag').columns(['tag', 'gateway']).execute()
  await db.schema
    .createTable('gateway_software')
    .addColumn('gateway', 'text', c => c.primaryKey().references('gateway.id'))
    .addColumn('version', 'text', c => c.notNull())
    .addColumn('url', 'text', c => c.notNull())
    .addColumn('sha256', 'text', c => c.notNull())
    .execute()
  await db.schema
    .createTable('gateway_acceptance')
    .addColumn('gateway', 'text', c => c.notNull().references('gateway.id'))
    .addColumn('at_ms', 'bigint', c => c.notNull())
    .addColumn('actor', 'text', c => c.notNull())
    .addColumn('actor_name', 'text', c => c.notNull())
    .addColumn('note', 'text', c => c.notNull())
    .addColumn('exceptions', 'text')
    .addColumn('view', 'text', c => c.notNull())
    .addPrimaryKeyConstraint('gateway_acceptance_key', ['gateway', 'at_ms'])
    .execute()
  await guardHistories(db, ['gateway_acceptance'])
}
