import type { Kysely } from 'kysely'

/** Who set which number of a rule apart, and when: overrides made by people outlast the next taking over of a fleet document. */
export async function keepOverrideChanges(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('rule_override').addColumn('set_by', 'text').execute()
  await db.schema
    .createTable('rule_override_change')
    .addColumn('id', 'text', c => c.primaryKey())
    .addColumn('rule', 'text', c => c.notNull())
    .addColumn('appliance', 'text', c => c.notNull())
    .addColumn('time_scale', 'double precision')
    .addColumn('numbers', 'text')
    .addColumn('reason', 'text', c => c.notNull())
    .addColumn('actor', 'text', c => c.notNull())
    .addColumn('at_ms', 'bigint', c => c.notNull())
    .execute()
  await db.schema
    .createIndex('rule_override_change_of')
    .on('rule_override_change')
    .columns(['appliance', 'at_ms'])
    .execute()
}
