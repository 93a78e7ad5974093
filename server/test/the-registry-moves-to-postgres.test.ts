import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Client } from 'pg'
import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { moveToPostgres } from '../src/registry/move-to-postgres.ts'
import { AS_FROM_SQLITE } from '../src/registry/postgres-pool.ts'
import { NO_POSTGRES, type PostgresServer, postgresPrograms, startPostgres } from './postgres-server.ts'
import { startServer } from './running-server.ts'
import { scopeFleet } from './scopes/scope-records.ts'
import { startFileScopes } from './scopes/running-scopes.ts'

const hasPostgres = postgresPrograms() !== undefined
const LIMIT_MS = 60_000
/** What a real server wrote: a record of each kind at each place, and some by its own API. */
let filled: string
/** A folder of a test's own, with a copy of it. */
let dataDir: string
let postgres: PostgresServer
let database: string
let number = 0

beforeAll(async () => {
  if (!hasPostgres) return
  postgres = await startPostgres()
  filled = await mkdtemp(join(tmpdir(), 'harbor-move-'))
  const server = await startFileScopes()
  await server.signIn('admin')
  await server.stop()
  await copyFile(join(server.dataDir, 'registry.sqlite'), join(filled, 'registry.sqlite'))
  await rm(server.dataDir, { recursive: true, force: true })
}, 2 * LIMIT_MS)
afterAll(async () => {
  await postgres?.stop()
  if (filled !== undefined) await rm(filled, { recursive: true, force: true })
})
beforeEach(async context => {
  if (!hasPostgres) return
  dataDir = await mkdtemp(join(tmpdir(), 'harbor-move-'))
  context.onTestFinished(() => rm(dataDir, { recursive: true, force: true }))
  await copyFile(join(filled, 'registry.sqlite'), join(dataDir, 'registry.sqlite'))
  database = `moved_${(number += 1)}`
  await postgres.createDatabase(database)
})

const place = () => ({ url: postgres.url(database), poolSize: 2, log: pino({ level: 'silent' }) })
const file = () => join(dataDir, 'registry.sqlite')
const move = () => moveToPostgres(file(), place())

async function ask(text: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: postgres.url(database), types: AS_FROM_SQLITE })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(text)).rows
  } finally {
    await client.end()
  }
}
const tablesThere = () => ask("select table_name from information_schema.tables where table_schema = 'public'")
const sha256 = async (path: string) =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex')

describe.skipIf(!hasPostgres)(`moving to PostgreSQL${hasPostgres ? '' : `: ${NO_POSTGRES}`}`, () => {
  test(
    'takes every row of every table along, value by value, and leaves the file alone',
    async () => {
      const before = await sha256(file())
      const moved = await move()
      expect(await sha256(file())).toBe(before)
      const source = new DatabaseSync(file(), { readOnly: true })
      try {
        expect(moved.filter(({ rows }) => rows > 0).length).toBeGreaterThan(40)
        for (const { name, rows } of moved) {
          const here = source.prepare(`select * from "${name}"`).all()
          const there = await ask(`select * from "${name}"`)
          const written = (all: readonly Record<string, unknown>[]) =>
            all.map(row => JSON.stringify(Object.entries(row).toSorted(([a], [b]) => (a < b ? -1 : 1)))).toSorted()
          expect(here).toHaveLength(rows)
          expect([name, written(there)]).toEqual([name, written(here)])
        }
      } finally {
        source.close()
      }
    },
    2 * LIMIT_MS,
  )

  test(
    'leaves a server that answers as before, with who was signed in, and that goes on writing',
    async () => {
      const env = { DATABASE_URL: postgres.url(database) }
      const paths = [
        '/api/v1/stations',
        '/api/v1/alerts?state=all',
        '/api/v1/work-orders',
        '/api/v1/people',
        '/api/v1/register',
      ]
      await mkdir(join(dataDir, 'before'))
      await copyFile(file(), join(dataDir, 'before/registry.sqlite'))
      const answers = async (server: Awaited<ReturnType<typeof startServer>>, cookie: string) =>
        Promise.all(paths.map(async path => [path, (await server.request('GET', path, { cookie })).status] as const))
      await using first = await startServer({
        dataDir: join(dataDir, 'before'),
        fleet: scopeFleet(),
        env: { DATABASE_URL: '' },
      })
      const cookie = await first.signIn('admin')
      const before = await answers(first, cookie)
      await first.stop()
      await moveToPostgres(join(dataDir, 'before/registry.sqlite'), place())
      await using second = await startServer({ dataDir: join(dataDir, 'after'), fleet: scopeFleet(), env })
      expect(await answers(second, cookie)).toEqual(before)
      expect(before.map(([, status]) => status)).toContain(200)
      expect((await second.request('DELETE', '/api/v1/session', { cookie })).status).toBe(204)
    },
    2 * LIMIT_MS,
  )

  test(
    'refuses while a server has the file open, and a database that has anything',
    async () => {
      const open = new DatabaseSync(file())
      open.prepare('select count(*) from station').get()
      await expect(move()).rejects.toThrow(/a server has it open: stop it first/)
      expect(await tablesThere()).toEqual([])
      open.close()
      await ask('create table mine (id text)')
      await expect(move()).rejects.toThrow(/1 tables already, expected an empty database/)
      await ask('drop table mine')
      await move()
      await expect(move()).rejects.toThrow(/expected an empty database/)
    },
    LIMIT_MS,
  )

  test('refuses the file of an earlier release, which the server has to bring up to date first', async () => {
    const older = new DatabaseSync(file())
    older.exec("delete from kysely_migration where name > '0030'")
    older.close()
    await expect(move()).rejects.toThrow(/of another release.*start this one's server with it once/)
    expect(await tablesThere()).toEqual([])
  })

  test('that meets a value which has no place there leaves the database empty and names the table', async () => {
    const bent = new DatabaseSync(file())
    bent.exec('update station set capacity = 0.5')
    bent.close()
    await expect(move()).rejects.toThrow(/table station: /)
    expect(await tablesThere()).toEqual([])
  })

  test(
    'that is killed in the middle leaves the database empty, and is simply run again',
    async () => {
      const many = new DatabaseSync(file())
      many.exec(`with recursive n(i) as (values(1) union all select i + 1 from n where i < 60000)
        insert into fault_state select 'many-' || i, '{}', i from n`)
      many.close()
      const command = () =>
        spawn(process.execPath, [join(import.meta.dirname, '../src/move-command.ts')], {
          env: { PATH: process.env['PATH'], DATA_DIR: dataDir, DATABASE_URL: postgres.url(database) },
          stdio: ['ignore', 'pipe', 'pipe'],
        })
      const killed = command()
      const ended = new Promise(resolve => killed.once('exit', resolve))
      const writing = () =>
        ask(
          `select 1 from pg_stat_activity where datname = '${database}' and query like 'insert into%' and state <> 'idle'`,
        )
      await vi.waitFor(async () => expect(await writing()).not.toEqual([]), { timeout: LIMIT_MS, interval: 5 })
      killed.kill('SIGKILL')
      await ended
      await vi.waitFor(async () => expect(await tablesThere()).toEqual([]), { timeout: LIMIT_MS })

      const again = command()
      let said = ''
      again.stdout.setEncoding('utf8').on('data', text => (said += text))
      expect(await new Promise(resolve => again.once('exit', resolve))).toBe(0)
      expect(said).toMatch(/^moved \d{5,} rows of \d+ tables; each table was read back and is the same\n/)
      expect(said).toContain('now start the server with the same DATABASE_URL')
    },
    4 * LIMIT_MS,
  )
})
