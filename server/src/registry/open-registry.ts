import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { errorText, hasCode } from '@harbor/protocol'
import { Kysely, sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import { RegistryError } from '../errors.ts'
import { MIGRATIONS } from './migrations.ts'
import { type PostgresPlace, openPostgres, postgresPlugins } from './postgres-dialect.ts'
import { placeText } from './postgres-pool.ts'
import type { RegistryTables } from './schema.ts'
import { openSqlite } from './sqlite-dialect.ts'

/** The registry's query layer. Whoever holds it must `destroy()` it once. */
export type RegistryDb = Kysely<RegistryTables>

/** Where a registry is: a file of SQLite (made if missing, with its folder), or a database of PostgreSQL (which must be there). */
export type RegistryPlace = string | PostgresPlace

/**
 * Opens the registry and brings its tables up to date.
 *
 * @throws RegistryError `REGISTRY_NEWER` when a newer release has written it, `REGISTRY_AWAY` when its database does not answer,
 * `REGISTRY_UNUSABLE` for all else. No message has a password.
 */
export async function openRegistry(place: RegistryPlace): Promise<RegistryDb> {
  const name = typeof place === 'string' ? place : placeText(place.url)
  let db: RegistryDb | undefined
  try {
    db = typeof place === 'string' ? openFile(place) : await openDatabase(place)
    await migrate(db, name)
    return db
  } catch (cause) {
    await db?.destroy()
    if (cause instanceof RegistryError && cause.code === 'REGISTRY_NEWER') throw cause
    const code = hasCode(cause, 'REGISTRY_AWAY') ? 'REGISTRY_AWAY' : 'REGISTRY_UNUSABLE'
    throw new RegistryError(code, `opening the registry ${name}: ${errorText(cause)}`, { cause })
  }
}

function openFile(file: string): RegistryDb {
  mkdirSync(dirname(file), { recursive: true })
  // Hashes of passwords and sessions are in it: for its owner alone, and SQLite gives its side files the same rights.
  closeSync(openSync(file, 'a', 0o600))
  return new Kysely<RegistryTables>({ dialect: openSqlite(file) })
}

/** Opens a database as it is, its tables untouched. @throws as {@link openRegistry}, in the database's own words. */
export async function openDatabase(place: PostgresPlace): Promise<RegistryDb> {
  const db = new Kysely<RegistryTables>({ dialect: openPostgres(place), plugins: postgresPlugins() })
  try {
    const { rows } = await sql<{ server_encoding: string }>`show server_encoding`.execute(db)
    if (rows[0]?.server_encoding === 'UTF8') return db
    throw new RegistryError(
      'REGISTRY_UNUSABLE',
      `its encoding is ${rows[0]?.server_encoding}, expected UTF8: make it with createdb --encoding=UTF8 --template=template0`,
    )
  } catch (error) {
    await db.destroy()
    throw error
  }
}

/** Brings the tables up to date; `db` may be a transaction on PostgreSQL. @throws as {@link openRegistry}, in the database's own words. */
export async function migrate(db: RegistryDb, name: string): Promise<void> {
  const unknown = (await appliedSteps(db)).filter(step => !Object.hasOwn(MIGRATIONS, step))
  if (unknown.length > 0) {
    throw new RegistryError(
      'REGISTRY_NEWER',
      `the registry ${name} was written by a newer release (${unknown.join(', ')} is unknown to this one); ` +
        'start that release, or set DATA_DIR or DATABASE_URL to another place',
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
