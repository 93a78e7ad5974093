import { type Kysely, sql } from 'kysely'

/** Overrides of one appliance, and of any number of a rule, beside those of a model's durations; what is there is taken along. */
export async function widenOverrides(db: Kysely<unknown>): Promise<void> {
  if (db.isTransaction) await widen(db)
  else await db.transaction().execute(widen)
}

async function widen(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('rule_override_wide')
    .addColumn('rule', 'text', c => c.notNull())
    .addColumn('model', 'text', c => c.notNull())
    .addColumn('appliance', 'text', c => c.notNull())
    .addColumn('time_scale', 'double precision', c => c.notNull())
    .addColumn('numbers', 'text')
    .addPrimaryKeyConstraint('rule_override_whose', ['rule', 'model', 'appliance'])
    .execute()
  await sql`insert into rule_override_wide (rule, model, appliance, time_scale)
    select rule, model, '', time_scale from rule_override`.execute(db)
  await db.schema.dropTable('rule_override').execute()
  await db.schema.alterTable('rule_override_wide').renameTo('rule_override').execute()
}
