import { spawn } from 'node:child_process'
import { existsSync, globSync } from 'node:fs'
import { join } from 'node:path'
import { RegistryError } from '../errors.ts'
import { openDatabase } from './open-registry.ts'
import type { PostgresPlace } from './postgres-dialect.ts'
import { placeText, withPassword } from './postgres-pool.ts'

/** Where Debian keeps the programs of each version. */
const DEBIAN_FOLDERS = '/usr/lib/postgresql/*/bin'
/** Of what a program said, so much goes into a message. */
const SAID_CHARACTERS = 500

/**
 * Writes all of a database to a file, as it stood at one moment, while servers go on (pg_dump, its own format).
 *
 * @throws RegistryError `REGISTRY_UNUSABLE` in the program's own words, or when it is not installed.
 */
export async function dumpPostgres(place: PostgresPlace, file: string): Promise<void> {
  await run('pg_dump', place, ['--format=custom', '--no-owner', '--no-privileges', '--file', file])
}

/** Brings such a file into an empty database, all of it or nothing. @throws as {@link dumpPostgres}, also when it is not empty. */
export async function restorePostgres(place: PostgresPlace, file: string): Promise<void> {
  await refuseTables(place)
  const options = ['--single-transaction', '--exit-on-error', '--no-owner', '--no-privileges']
  await run('pg_restore', place, [...options, file])
}

/** @throws RegistryError `REGISTRY_UNUSABLE` when the database has a table already. */
export async function refuseTables(place: PostgresPlace): Promise<void> {
  await using db = await openDatabase(place)
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true })
  if (tables.length === 0) return
  throw new RegistryError(
    'REGISTRY_UNUSABLE',
    `the database ${placeText(place.url)} has ${tables.length} tables already, expected an empty one: make a new one with createdb`,
  )
}

async function run(program: string, place: PostgresPlace, args: readonly string[]): Promise<void> {
  const path = find(program)
  if (path === undefined) {
    throw new RegistryError(
      'REGISTRY_UNUSABLE',
      `${program} is not here: install PostgreSQL's programs (Debian package postgresql-client), not older than the server`,
    )
  }
  const address = new URL(withPassword(place.url, place.password))
  // Not in the arguments: those are for everybody on this machine to read.
  const password = decodeURIComponent(address.password)
  address.password = ''
  const child = spawn(path, [...args, '--dbname', address.href], {
    env: { ...process.env, ...(password !== '' && { PGPASSWORD: password }) },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', text => (said = (said + text).slice(0, SAID_CHARACTERS)))
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  if (code !== 0)
    throw new RegistryError('REGISTRY_UNUSABLE', `${program}: ${said.trim().replaceAll(/\s*\n\s*/g, '; ')}`)
}

/** The newest of them: an older one refuses a newer server. */
function find(program: string): string | undefined {
  const version = (folder: string) => Number(/postgresql\/(\d+)/.exec(folder)?.[1] ?? 0)
  const folders = globSync(DEBIAN_FOLDERS).toSorted((one, two) => version(two) - version(one))
  const onPath = (process.env['PATH'] ?? '').split(':')
  return [...folders, ...onPath].map(folder => join(folder, program)).find(existsSync)
}
