import type { Kysely } from 'kysely'
import { guardHistories } from './migration-append-only.ts'

/** Profiles and what configs were made of; claim tokens in batches. */
export async function createProfiles(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('profile')
    .addColumn('id', 'text', c => c.primaryKey())
    .addColumn('name_zh', 'text', c => c.notNull())
    .addColumn('name_en', 'text', c => c.notNull())
    .execute()
  await db.schema
    .createTable('profile_version')
    .addColumn('profile', 'text', c => c.notNull().references('profile.id'))
    .addColumn('version', 'integer', c => c.notNull())
    .addColumn('text', 'text', c => c.notNull())
    .addColumn('document', 'text', c => c.notNull())
    .addColumn('note', 'text', c => c.notNull())
    .addColumn('saved_at_ms', 'bigint', c => c.notNull())
    .addColumn('saved_by', 'text', c => c.notNull())
    .addPrimaryKeyConstraint('profile_version_of', ['profile', 'version'])
    .execute()
  await guardHistories(db, ['profile_version'])
  for (const [name, type] of MADE_OF) await db.schema.alterTable('gateway_config').addColumn(name, type).execute()
  await db.schema
    .createIndex('gateway_config_by_profile')
    .on('gateway_config')
    .columns(['profile', 'gateway'])
    .execute()
  await db.schema
    .createTable('claim_batch')
    .addColumn('id', 'text', c => c.primaryKey())
    .addColumn('name', 'text', c => c.notNull())
    .addColumn('created_at_ms', 'bigint', c => c.notNull())
    .addColumn('created_by', 'text', c => c.notNull())
    .addColumn('expires_at_ms', 'bigint', c => c.notNull())
    .addColumn('profile', 'text')
    .addColumn('profile_version', 'integer')
    .addColumn('revoked_at_ms', 'bigint')
    .addColumn('revoked_by', 'text')
    .execute()
  for (const [name, type] of OF_TOKEN) await db.schema.alterTable('claim_token').addColumn(name, type).execute()
  await db.schema.createIndex('claim_token_by_batch').on('claim_token').column('batch').execute()
}

const MADE_OF = [
  ['profile', 'text'],
  ['profile_version', 'integer'],
  ['overrides', 'text'],
] as const

const OF_TOKEN = [
  ['prefix', 'text'],
  ['batch', 'text'],
  ['profile', 'text'],
  ['profile_version', 'integer'],
  ['revoked_at_ms', 'bigint'],
] as const
