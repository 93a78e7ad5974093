import type { Kysely } from 'kysely'

/**
 * Which mail address of a person is their own: known once they gave back the code of a letter sent there. Of addresses given before
 * this step nobody knows; their people are asked.
 */
export async function confirmMail(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('tell_mail')
    .addColumn('login', 'text', c => c.primaryKey())
    .addColumn('address', 'text', c => c.notNull())
    .addColumn('code_sha256', 'text')
    .addColumn('expires_at_ms', 'bigint')
    .addColumn('tries', 'integer', c => c.notNull())
    .addColumn('letters', 'integer', c => c.notNull())
    .addColumn('letters_since_ms', 'bigint', c => c.notNull())
    .addColumn('last_letter_ms', 'bigint', c => c.notNull())
    .addColumn('confirmed_at_ms', 'bigint')
    .execute()
}
