import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Client } from 'pg'
import { pino } from 'pino'
import { afterAll } from 'vitest'
import { AS_FROM_SQLITE } from '../src/registry/postgres-pool.ts'
import { TEMPLATE } from './test-database.ts'
import { type RegistryDb, type RegistryPlace, openRegistry } from '../src/registry/open-registry.ts'

/** Set by `npm run test:postgres`: a database of a PostgreSQL in which the tests may make others. Unset: tests run on SQLite. */
const SERVER = process.env['HARBOR_TEST_DATABASE_URL']

/** Whether the tests' registries are on PostgreSQL. */
export const isOnPostgres = SERVER !== undefined

const made = new Set<string>()
if (SERVER !== undefined) {
  afterAll(async () => {
    for (const database of made) await ask(`drop database if exists "${database}" with (force)`)
    made.clear()
  })
}

/** Gives a folder the registry of another, which nobody has open; its file is copied with the folder itself. */
export async function copyTestRegistry(fromDir: string, toDir: string): Promise<void> {
  if (SERVER === undefined) return
  await registryEnv(fromDir)
  const database = databaseOf(toDir)
  await ask(`create database "${database}" template "${databaseOf(fromDir)}" strategy file_copy`)
  made.add(database)
}

const databaseOf = (dataDir: string) => `t_${createHash('sha256').update(dataDir).digest('hex').slice(0, 20)}`

/** Settings that lead a server with this folder to its registry: none on SQLite. The same folder has the same registry. */
export async function registryEnv(dataDir: string): Promise<{ DATABASE_URL?: string }> {
  if (SERVER === undefined) return {}
  const database = databaseOf(dataDir)
  if (!made.has(database)) {
    await ask(`create database "${database}" template "${TEMPLATE}" strategy file_copy`)
    made.add(database)
  }
  const url = new URL(SERVER)
  url.pathname = `/${database}`
  return { DATABASE_URL: url.href }
}

/** Where the registry of a folder is. */
export async function testRegistryPlace(dataDir: string): Promise<RegistryPlace> {
  const { DATABASE_URL: url } = await registryEnv(dataDir)
  return url === undefined ? join(dataDir, 'registry.sqlite') : { url, poolSize: 4, log: pino({ level: 'silent' }) }
}

/** Opens the registry of a folder, on the database that this run tests. */
export async function openTestRegistry(dataDir: string): Promise<RegistryDb> {
  return openRegistry(await testRegistryPlace(dataDir))
}

/** A reading of rows beside the server, past all of its code: as whoever steals the data sees them. */
type Ask = (text: string) => Promise<Record<string, unknown>[]>

async function beside<T>(dataDir: string, read: (ask: Ask) => Promise<T>): Promise<T> {
  const place = await testRegistryPlace(dataDir)
  if (typeof place === 'string') {
    const file = new DatabaseSync(place, { readOnly: true })
    try {
      return await read(text => Promise.resolve(file.prepare(text).all()))
    } finally {
      file.close()
    }
  }
  const client = new Client({ connectionString: place.url, types: AS_FROM_SQLITE })
  await client.connect()
  try {
    return await read(async text => (await client.query<Record<string, unknown>>(text)).rows)
  } finally {
    await client.end()
  }
}

/** The rows that a query gives, as whoever steals the data sees them. */
export async function rowsIn(dataDir: string, text: string): Promise<Record<string, unknown>[]> {
  return beside(dataDir, ask => ask(text))
}

/** All rows of all tables. @param conditionOf what stands behind a table's name, such as ` where …` */
export async function tablesIn(
  dataDir: string,
  conditionOf: (table: string) => string = () => '',
): Promise<Map<string, Record<string, unknown>[]>> {
  const names = isOnPostgres
    ? "select table_name as name from information_schema.tables where table_schema = 'public'"
    : "select name from sqlite_master where type = 'table'"
  return beside(dataDir, async ask => {
    const tables = (await ask(names)).map(({ name }) => String(name)).sort()
    const rows = new Map<string, Record<string, unknown>[]>()
    for (const table of tables) rows.set(table, await ask(`select * from "${table}"${conditionOf(table)}`))
    return rows
  })
}

/** All that is written in it, as text: with SQLite what lies in the files, what was deleted too. */
export async function everythingIn(dataDir: string): Promise<string> {
  if (!isOnPostgres) {
    const files = ['registry.sqlite', 'registry.sqlite-wal'].map(name => readFile(join(dataDir, name), 'latin1'))
    return (await Promise.all(files)).join('')
  }
  return JSON.stringify([...(await tablesIn(dataDir)).values()])
}

/** Another worker may copy the template at the same time, and only one can: so it is tried again. */
async function ask(text: string): Promise<void> {
  for (let triesLeft = 50; ; triesLeft -= 1) {
    const client = new Client({ connectionString: SERVER })
    await client.connect()
    try {
      await client.query(text)
      return
    } catch (error) {
      if (triesLeft === 0 || !/being accessed by other users/.test(String(error))) throw error
      await new Promise(resolve => setTimeout(resolve, 20 + 30 * (50 - triesLeft)))
    } finally {
      await client.end()
    }
  }
}
