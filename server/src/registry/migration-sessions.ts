import type { Kysely } from 'kysely'

/** Where and with what somebody is signed in, for themselves to see. Of sessions from before nobody knows. */
export async function widenSessions(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('session').addColumn('network', 'text').execute()
  await db.schema.alterTable('session').addColumn('browser', 'text').execute()
}
