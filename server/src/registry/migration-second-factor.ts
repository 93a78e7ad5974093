import type { Kysely } from 'kysely'

/** Second factors, their recovery codes, and sign-ins that wait for one. */
export async function createSecondFactor(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('second_factor')
    .addColumn('login', 'text', c => c.primaryKey().references('person.login').onDelete('cascade'))
    .addColumn('sealed_secret', 'text', c => c.notNull())
    .addColumn('created_at_ms', 'bigint', c => c.notNull())
    .addColumn('confirmed_at_ms', 'bigint')
    .addColumn('last_step', 'bigint', c => c.notNull())
    .execute()
  await db.schema
    .createTable('recovery_code')
    .addColumn('login', 'text', c => c.notNull().references('person.login').onDelete('cascade'))
    .addColumn('code_sha256', 'text', c => c.notNull())
    .addPrimaryKeyConstraint('recovery_code_key', ['login', 'code_sha256'])
    .execute()
  await db.schema
    .createTable('sign_in_step')
    .addColumn('token_sha256', 'text', c => c.primaryKey())
    .addColumn('login', 'text', c => c.notNull().references('person.login').onDelete('cascade'))
    .addColumn('step', 'text', c => c.notNull())
    .addColumn('created_at_ms', 'bigint', c => c.notNull())
    .addColumn('tries', 'integer', c => c.notNull())
    .execute()
  await db.schema.createIndex('sign_in_step_by_login').on('sign_in_step').column('login').execute()
}
