import type { Kysely } from 'kysely'
import { guardHistories } from './migration-append-only.ts'

/** What was done to the fleet, by whom and when. */
export async function createFleetAudit(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('fleet_audit')
    .addColumn('seq', 'bigint', c => c.primaryKey())
    .addColumn('at_ms', 'bigint', c => c.notNull())
    .addColumn('act', 'text', c => c.notNull())
    .addColumn('actor', 'text', c => c.notNull())
    .addColumn('gateway', 'text')
    .addColumn('station', 'text')
    .addColumn('district', 'text')
    .addColumn('detail', 'text', c => c.notNull())
    .execute()
  await db.schema.createIndex('fleet_audit_of_gateway').on('fleet_audit').columns(['gateway', 'seq']).execute()
  await db.schema.createIndex('fleet_audit_of_station').on('fleet_audit').columns(['station', 'seq']).execute()
  await guardHistories(db, ['fleet_audit'])
}
