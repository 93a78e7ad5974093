import type { Kysely } from 'kysely'

/** Monthly reports, and who is sent them. */
export async function createReports(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('monthly_report')
    .addColumn('district', 'text', c => c.notNull())
    .addColumn('month', 'text', c => c.notNull())
    .addColumn('made_at_ms', 'bigint', c => c.notNull())
    .addColumn('made_by', 'text')
    .addColumn('tables', 'text', c => c.notNull())
    .addPrimaryKeyConstraint('monthly_report_key', ['district', 'month'])
    .execute()
  await db.schema
    .createTable('report_mailing')
    .addColumn('login', 'text', c => c.notNull().references('person.login'))
    .addColumn('district', 'text', c => c.notNull())
    .addPrimaryKeyConstraint('report_mailing_key', ['login', 'district'])
    .execute()
}
