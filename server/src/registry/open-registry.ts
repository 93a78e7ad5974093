import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { errorText } from '@harbor/protocol'
import { Kysely, sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import { RegistryError } from '../errors.ts'
import { MIGRATIONS } from './migrations.ts'
import type { RegistryTables } from './schema.ts'
import { openSqlite } from './sqlite-dialect.ts'

/** The registry's query layer. Whoever holds it must `destroy()` it once. */
export type RegistryDb = Kysely<RegistryTables>

/**
 * Opens the registry at `file` (made if missing, with its folder) and brings its tables up to date.
 *
 * @throws RegistryError `REGISTRY_NEWER` when a newer release has written it, `REGISTRY_UNUSABLE` for all else.
 */
export async function openRegistry(file: string): Promise<RegistryDb> {
  let db: RegistryDb | undefined
  try {
    mkdirSync(dirname(file), { recursive: true })
    // Hashes of passwords and sessions are in it: for its owner alone, and SQLite gives its side files the same rights.
    closeSync(openSync(file, 'a', 0o600))
    db = new Kysely<RegistryTables>({ dialect: openSqlite(file) })
    await migrate(db, file)
    return db
  } catch (cause) {
    await db?.destroy()
    if (cause instanceof RegistryError) throw cause
    throw new RegistryError('REGISTRY_UNUSABLE', `opening the registry ${file}: ${errorText(cause)}`, { cause })
  }
}

async function migrate(db: RegistryDb, file: string): Promise<void> {
  const unknown = (await appliedSteps(db)).filter(name => !Object.hasOwn(MIGRATIONS, name))
  if (unknown.length > 0) {
    throw new RegistryError(
      'REGISTRY_NEWER',
      `the registry ${file} was written by a newer release (${unknown.join(', ')} is unknown to this one); ` +
        'start that release, or set DATA_DIR to another folder',
    )
  }
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve({ ...MIGRATIONS }) } })
  const { error } = await migrator.migrateToLatest()
  if (error !== undefined) throw error
}

/** The steps that this database has seen; none when it is new. */
async function appliedSteps(db: RegistryDb): Promise<string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true })
  if (!tables.some(table => table.name === 'kysely_migration')) return []
  const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(db)
  return rows.map(row => row.name)
}

/** Whether the registry takes writes: proven by one. */
export async function probeRegistry(db: RegistryDb, nowMs: number): Promise<{ ok: boolean; detail: string }> {
  try {
    await db
      .insertInto('health_probe')
      .values({ id: 1, at_ms: nowMs })
      .onConflict(conflict => conflict.column('id').doUpdateSet({ at_ms: nowMs }))
      .execute()
    return { ok: true, detail: 'writable' }
  } catch (error) {
    return { ok: false, detail: errorText(error) }
  }
}
