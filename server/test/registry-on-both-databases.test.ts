import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hasCode } from '@harbor/protocol'
import * as fc from 'fast-check'
import { sql } from 'kysely'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { putEvent } from '../src/alerts/event-outbox.ts'
import { createSessions } from '../src/people/sessions.ts'
import { accountsAfter, setGatewayAccounts } from '../src/registry/accounts.ts'
import { loadDirectory } from '../src/registry/directory.ts'
import { importFleet } from '../src/registry/fleet-import.ts'
import { APPEND_ONLY } from '../src/registry/migration-append-only.ts'
import { MIGRATIONS } from '../src/registry/migrations.ts'
import { type RegistryDb, type RegistryPlace, openRegistry, probeRegistry } from '../src/registry/open-registry.ts'
import { twoDistrictFleet } from './fleet-fixture.ts'
import { NO_POSTGRES, type PostgresServer, postgresPrograms, startPostgres } from './postgres-server.ts'

let postgres: PostgresServer | undefined
let dir: string
let place: RegistryPlace
let db: RegistryDb
/** As a second server has it: with a file there is only one. */
let other: RegistryDb
let number = 0

const hasPostgres = postgresPrograms() !== undefined
beforeAll(async () => {
  if (hasPostgres) postgres = await startPostgres()
}, 120_000)
afterAll(() => postgres?.stop())

const PLACES: readonly [name: string, place: () => Promise<RegistryPlace>][] = [
  ['SQLite', () => Promise.resolve(join(dir, 'registry.sqlite'))],
  [
    hasPostgres ? 'PostgreSQL' : `PostgreSQL: ${NO_POSTGRES}`,
    async () => {
      const name = `registry_${(number += 1)}`
      await postgres?.createDatabase(name)
      return { url: postgres?.url(name) ?? '', poolSize: 4, log: pino({ level: 'silent' }) }
    },
  ],
]

describe.each(PLACES)('a registry on %s', (name, placeOf) => {
  const isSqlite = name === 'SQLite'
  describe.skipIf(!isSqlite && !hasPostgres)('keeps what both promise', () => {
    beforeEach(async () => {
      dir = await mkdtemp(join(tmpdir(), 'harbor-both-'))
      place = await placeOf()
      db = await openRegistry(place)
      other = isSqlite ? db : await openRegistry(place)
    }, 60_000)
    afterEach(async () => {
      await db.destroy()
      if (other !== db) await other.destroy()
      await rm(dir, { recursive: true, force: true })
    })

    test('has seen every step in order, and a second opening finds nothing to do', async () => {
      const steps = async () =>
        (await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db)).rows
      expect((await steps()).map(step => step.name)).toEqual(Object.keys(MIGRATIONS))
      await using again = await openRegistry(place)
      expect(await probeRegistry(again, 1)).toMatchObject({ ok: true })
      expect(await steps()).toHaveLength(Object.keys(MIGRATIONS).length)
    })

    test('is refused when a newer release has written it, naming the step that is not known', async () => {
      await sql`insert into kysely_migration (name, timestamp) values ('9999_future', '2030-01-01')`.execute(db)
      await expect(openRegistry(place)).rejects.toSatisfy(
        error => hasCode(error, 'REGISTRY_NEWER') && error.message.includes('9999_future'),
      )
    })

    test('takes a fleet in twice and holds it once', async () => {
      await importFleet(db, twoDistrictFleet(), () => 'ab')
      await importFleet(db, twoDistrictFleet(), () => 'ab')
      const { stations, devices } = await loadDirectory(db)
      expect([stations.size, devices.size]).toEqual([2, twoDistrictFleet().devices.length])
    })

    test('refuses an edit of a history in the database itself, yet an act that meets no row is none', async () => {
      const report = { district: '500103', month: '2026-10', made_at_ms: 1, made_by: null, tables: '[]' }
      await db.insertInto('monthly_report').values(report).execute()
      await expect(db.updateTable('monthly_report').set({ tables: '[1]' }).execute()).rejects.toThrow(/append-only/)
      await expect(db.deleteFrom('monthly_report').execute()).rejects.toThrow(/append-only/)
      for (const table of APPEND_ONLY) await sql`delete from ${sql.table(table)} where 1 = 0`.execute(db)
      expect(await db.selectFrom('monthly_report').selectAll().execute()).toEqual([report])
    })

    test('sorts text by its bytes, finds nothing in an empty list, and gives numbers as numbers', async () => {
      const names = ['b', 'A', 'a', 'B', 'ä', '渝', '_', '1', 'a-b', 'ab']
      for (const key of names)
        await db
          .insertInto('fault_state')
          .values({ key, state: '{}', saved_at_ms: 2 ** 52 })
          .execute()
      const rows = await db.selectFrom('fault_state').selectAll().orderBy('key').execute()
      expect(rows.map(({ key }) => key)).toEqual(
        names.toSorted((one, two) => Buffer.compare(Buffer.from(one), Buffer.from(two))),
      )
      expect(await db.selectFrom('fault_state').select('key').where('key', 'in', []).execute()).toEqual([])
      const sums = await db
        .selectFrom('fault_state')
        .select(eb => [eb.fn.countAll().as('count'), eb.fn.sum('saved_at_ms').as('sum'), eb('key', '=', 'a').as('isA')])
        .groupBy('key')
        .orderBy('key')
        .executeTakeFirstOrThrow()
      expect(sums).toEqual({ count: 1, sum: 2 ** 52, isA: 0 })
    })

    test('reads a field of a document the same way', async () => {
      const { rows } = await sql<{ field: string; none: string | null }>`
        select json_extract('{"appliance":"渝-1"}', '$.appliance') as field, json_extract('{}', '$.appliance') as none`.execute(
        db,
      )
      expect(rows).toEqual([{ field: '渝-1', none: null }])
    })

    test('takes text with U+0000, as whoever sends it pleases', async () => {
      await db.insertInto('fault_state').values({ key: 'a\0b', state: 'x', saved_at_ms: 1 }).execute()
      const found = await db.selectFrom('fault_state').select('state').where('key', '=', 'a\0b').execute()
      expect(found).toEqual([{ state: 'x' }])
    })

    test('undoes a transaction that fails, and the next one works', async () => {
      const write = (fail: boolean) =>
        db.transaction().execute(async tx => {
          await tx.insertInto('fault_state').values({ key: 'k', state: 'x', saved_at_ms: 1 }).execute()
          if (fail) throw new RangeError('on purpose')
        })
      await expect(write(true)).rejects.toThrow('on purpose')
      await expect(
        db.transaction().execute(async tx => {
          await tx.insertInto('fault_state').values({ key: 'k', state: 'x', saved_at_ms: 1 }).execute()
          await sql`select * from no_such_table`.execute(tx)
        }),
      ).rejects.toThrow(/no_such_table/)
      await write(false)
      await expect(write(false)).rejects.toThrow(/unique/i)
      expect(await db.selectFrom('fault_state').select('key').execute()).toEqual([{ key: 'k' }])
    })

    test('numbers events without a gap or a double, whoever of two servers writes, and nobody sees a later one first', async () => {
      const seen: number[][] = []
      const run = { isWriting: true }
      const watch = (async () => {
        while (run.isWriting) {
          const rows = await other.selectFrom('event_feed').select('seq').orderBy('seq').execute()
          seen.push(rows.map(({ seq }) => seq))
        }
      })()
      const write = (by: RegistryDb, id: string) =>
        by
          .transaction()
          .execute(tx => putEvent(tx, { kind: 'alert-raised', id, subject: id, district: '500103', atMs: 1, data: {} }))
      await Promise.all(Array.from({ length: 40 }, (_, n) => write(n % 2 === 0 ? db : other, `e${n}`)))
      run.isWriting = false
      await watch
      const feed = await db.selectFrom('event_feed').select('seq').orderBy('seq').execute()
      expect(feed.map(({ seq }) => seq)).toEqual(Array.from({ length: 40 }, (_, n) => n + 1))
      for (const rows of seen) expect(rows).toEqual(Array.from({ length: rows.length }, (_, n) => n + 1))
    })

    test('gives each change of an account a revision of its own, also when two servers change at once', async () => {
      await importFleet(db, twoDistrictFleet(), () => 'ab')
      await fc.assert(
        fc.asyncProperty(
          fc.array(
            fc.tuple(fc.boolean(), fc.constantFrom('gw-yuzhong-1', 'gw-yubei-1'), fc.integer({ min: 0, max: 9 })),
            {
              minLength: 1,
              maxLength: 12,
            },
          ),
          async changes => {
            await Promise.all(
              changes.map(([isOther, gateway, secret]) =>
                (isOther ? other : db).transaction().execute(tx =>
                  setGatewayAccounts(tx, [
                    {
                      gateway,
                      district: gateway === 'gw-yubei-1' ? '500112' : '500103',
                      secretSha256: `${secret}`.repeat(64),
                    },
                  ]),
                ),
              ),
            )
            const accounts = await accountsAfter(db, 0, 100)
            const revisions = accounts.map(({ revision }) => revision)
            expect(new Set(revisions).size).toBe(accounts.length)
          },
        ),
        { numRuns: 15 },
      )
    })

    test('keeps "at most twenty" when thirty sign in at once on two servers', async () => {
      await db
        .insertInto('person')
        .values({ login: 'wang', name: '王', role: 'maintainer', password_hash: '', created_at_ms: 0 })
        .execute()
      let token = 0
      const randomBytes = () => Buffer.alloc(32, (token += 1))
      const [here, there] = [db, other].map(by => createSessions({ db: by, nowMs: () => 1_000, randomBytes }))
      await Promise.all(Array.from({ length: 30 }, (_, n) => (n % 2 === 0 ? here : there)?.begin('wang')))
      expect(await db.selectFrom('session').select('login').execute()).toHaveLength(20)
    })

    test('has one winner when many take the last of something at once', async () => {
      await db.insertInto('health_probe').values({ id: 1, at_ms: 0 }).execute()
      const take = async (by: RegistryDb, who: number) =>
        by.transaction().execute(async tx => {
          const { at_ms: takenBy } = await tx.selectFrom('health_probe').selectAll().executeTakeFirstOrThrow()
          if (takenBy !== 0) return false
          await tx.updateTable('health_probe').set({ at_ms: who }).where('id', '=', 1).execute()
          return true
        })
      const won = await Promise.all(Array.from({ length: 20 }, (_, n) => take(n % 2 === 0 ? db : other, n + 1)))
      expect(won.filter(Boolean)).toHaveLength(1)
      const { at_ms: winner } = await db.selectFrom('health_probe').selectAll().executeTakeFirstOrThrow()
      expect(won[winner - 1]).toBe(true)
    })
  })
})
