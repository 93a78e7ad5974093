import { existsSync } from 'node:fs'
import { type DatabaseSync, type SQLOutputValue } from 'node:sqlite'
import { errorText } from '@harbor/protocol'
import { type Kysely, sql } from 'kysely'
import { RegistryError } from '../errors.ts'
import { MIGRATIONS } from './migrations.ts'
import { migrate, openDatabase } from './open-registry.ts'
import type { PostgresPlace } from './postgres-dialect.ts'
import { placeText, withoutNul } from './postgres-pool.ts'
import type { RegistryTables } from './schema.ts'
import { openAlone } from './sqlite-dialect.ts'
import { type TableSum, createTableSum } from './table-sum.ts'

/** Rows of a statement: our widest table has some sixty columns, and PostgreSQL takes 65,535 values. */
const ROWS_AT_ONCE = 500
/** Kysely's own, which the migrations write in the target themselves. */
const BOOKKEEPING = ['kysely_migration', 'kysely_migration_lock']

type Row = Record<string, SQLOutputValue>
type Tx = Kysely<RegistryTables>

/** A table that was moved. */
export interface MovedTable {
  name: string
  rows: number
}

/**
 * Moves a registry's file into an empty database of PostgreSQL: tables, rows and proof in one transaction, so that a kill in the middle leaves
 * the database as empty as it was. The file is only read; nobody else may have it open.
 *
 * @throws RegistryError `REGISTRY_UNUSABLE` when the server runs, the file is another release's, the database has tables already, or a table there is
 * not what the file has; `REGISTRY_AWAY` when the database does not answer.
 */
export async function moveToPostgres(file: string, place: PostgresPlace): Promise<MovedTable[]> {
  const doing = `moving ${file} to ${placeText(place.url)}`
  if (!existsSync(file)) throw new RegistryError('REGISTRY_UNUSABLE', `${doing}: there is no such file`)
  let source: DatabaseSync | undefined
  try {
    source = openAlone(file)
    refuseOtherRelease(source)
    const from = source
    await using db = await openDatabase(place)
    return await db.transaction().execute(tx => move(tx, from))
  } catch (cause) {
    const code = cause instanceof RegistryError ? cause.code : 'REGISTRY_UNUSABLE'
    throw new RegistryError(code, `${doing}: ${errorText(cause)}`, { cause })
  } finally {
    source?.close()
  }
}

async function move(tx: Tx, source: DatabaseSync): Promise<MovedTable[]> {
  const there = await tx.introspection.getTables({ withInternalKyselyTables: true })
  if (there.length > 0) {
    throw new RegistryError(
      'REGISTRY_UNUSABLE',
      `it has ${there.length} tables already, expected an empty database: make a new one with createdb`,
    )
  }
  await migrate(tx, 'being moved')
  const moved: MovedTable[] = []
  const tables = inOrderOfReferences(source)
  // What a migration puts into an empty database is in the file already, perhaps changed since.
  for (const table of tables.toReversed()) {
    if (await hasRows(tx, table)) await sql`delete from ${sql.table(table)}`.execute(tx)
  }
  for (const table of tables) moved.push({ name: table, rows: await copyTable(tx, source, table) })
  return moved
}

async function copyTable(tx: Tx, source: DatabaseSync, table: string): Promise<number> {
  const columns = columnsOf(source, table)
  const sent = createTableSum(columns)
  let batch: Row[] = []
  const flush = async () => {
    if (batch.length === 0) return
    await tx
      .insertInto(table as never)
      .values(batch as never)
      .execute()
    batch = []
  }
  try {
    for (const row of source.prepare(`select * from "${table}"`).iterate()) {
      const asThere = Object.fromEntries(columns.map(column => [column, withoutNul(row[column] ?? null)])) as Row
      sent.add(asThere)
      if (batch.push(asThere) >= ROWS_AT_ONCE) await flush()
    }
    await flush()
  } catch (cause) {
    throw new RegistryError('REGISTRY_UNUSABLE', `table ${table}: ${errorText(cause)}`, { cause })
  }
  const got = await sumThere(tx, { table, columns })
  if (got.text() !== sent.text()) {
    throw new RegistryError(
      'REGISTRY_UNUSABLE',
      `table ${table}: the copy is not what the file has: ${got.text()} there, ${sent.text()} here`,
    )
  }
  return sent.rows()
}

/** Reads the copy back, a piece at a time. */
async function sumThere(tx: Tx, { table, columns }: { table: string; columns: readonly string[] }): Promise<TableSum> {
  const sum = createTableSum(columns)
  await sql`declare moved no scroll cursor for select * from ${sql.table(table)}`.execute(tx)
  for (;;) {
    const { rows } = await sql<Row>`fetch ${sql.lit(ROWS_AT_ONCE)} from moved`.execute(tx)
    if (rows.length === 0) break
    rows.forEach(sum.add)
  }
  await sql`close moved`.execute(tx)
  return sum
}

async function hasRows(tx: Tx, table: string): Promise<boolean> {
  const { rows } = await sql`select 1 from ${sql.table(table)} limit 1`.execute(tx)
  return rows.length > 0
}

function refuseOtherRelease(source: DatabaseSync): void {
  const steps = source.prepare('select name from kysely_migration order by name').all()
  const ours = Object.keys(MIGRATIONS)
  if (JSON.stringify(steps.map(({ name }) => name)) === JSON.stringify(ours)) return
  throw new RegistryError(
    'REGISTRY_UNUSABLE',
    `the file is of another release (its last step is ${String(steps.at(-1)?.['name'])}, ours ${String(ours.at(-1))}): start this one's server with it once, stop it, then move`,
  )
}

function columnsOf(source: DatabaseSync, table: string): string[] {
  return source
    .prepare(`select name from pragma_table_info('${table}') order by cid`)
    .all()
    .map(({ name }) => String(name))
}

/** Every table of ours, each after those that it refers to. @throws RegistryError when two refer to each other, which ours never do. */
function inOrderOfReferences(source: DatabaseSync): string[] {
  const names = source
    .prepare("select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by name")
    .all()
    .map(({ name }) => String(name))
    .filter(name => !BOOKKEEPING.includes(name))
  const needs = new Map(
    names.map(name => {
      const referred = source.prepare(`select "table" as name from pragma_foreign_key_list('${name}')`).all()
      return [name, referred.map(row => String(row['name'])).filter(other => other !== name)] as const
    }),
  )
  const ordered: string[] = []
  while (ordered.length < names.length) {
    const next = names.filter(
      name => !ordered.includes(name) && needs.get(name)?.every(other => ordered.includes(other)),
    )
    if (next.length === 0) throw new RegistryError('REGISTRY_UNUSABLE', 'tables refer to each other in a circle')
    ordered.push(...next)
  }
  return ordered
}
