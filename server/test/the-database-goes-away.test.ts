import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hasCode } from '@harbor/protocol'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { readSettings } from '../src/config.ts'
import { openRegistry } from '../src/registry/open-registry.ts'
import { registryPlaceOf } from '../src/registry/registry-place.ts'
import { NO_POSTGRES, type PostgresServer, postgresPrograms, startPostgres } from './postgres-server.ts'
import { startServer } from './running-server.ts'

const hasPostgres = postgresPrograms() !== undefined
/** For a start, a stop and a reconnection on a machine that does much else. */
const LIMIT_MS = 60_000

describe.skipIf(!hasPostgres)(`a server whose PostgreSQL ends${hasPostgres ? '' : `: ${NO_POSTGRES}`}`, () => {
  let postgres: PostgresServer
  beforeAll(async () => {
    postgres = await startPostgres()
  }, 2 * LIMIT_MS)
  afterAll(() => postgres.stop())

  const placeOf = (database: string) => ({ url: postgres.url(database), poolSize: 2, log: pino({ level: 'silent' }) })

  test(
    'answers 503 meanwhile, says in its health which part is away, and goes on by itself afterwards',
    async () => {
      await postgres.createDatabase('away')
      await using server = await startServer({ env: { DATABASE_URL: postgres.url('away') } })
      const cookie = await server.signIn('admin')
      const alerts = () => server.request('GET', '/api/v1/alerts', { cookie })
      const health = async () =>
        ((await server.request('GET', '/healthz')).body as { parts: { registry: unknown } }).parts.registry
      expect((await alerts()).status).toBe(200)

      await postgres.halt()
      const answer = await alerts()
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5'])
      expect(answer.body).toMatchObject({ error: { code: 'unavailable' } })
      await vi.waitFor(
        async () =>
          expect(await health()).toMatchObject({ ok: false, detail: expect.stringContaining('does not answer') }),
        { timeout: LIMIT_MS, interval: 200 },
      )
      // What needs no database is answered as ever.
      expect((await server.request('GET', '/api/v1/stations/yuzhong-1')).status).toBe(200)

      await postgres.resume()
      await vi.waitFor(async () => expect((await alerts()).status).toBe(200), { timeout: LIMIT_MS, interval: 200 })
      await vi.waitFor(async () => expect(await health()).toMatchObject({ ok: true }), {
        timeout: LIMIT_MS,
        interval: 200,
      })
    },
    4 * LIMIT_MS,
  )

  test(
    'loses no write that it was told of and keeps none that failed, over three ends in the middle of writing',
    async () => {
      await postgres.createDatabase('writes')
      await using db = await openRegistry(placeOf('writes'))
      const told: string[] = []
      const refused: string[] = []
      const run = { isOver: false }
      const writer = async (who: string) => {
        for (let n = 0; !run.isOver; n++) {
          const key = `${who}${n}`
          const both = (['', '-twin'] as const).map(suffix => ({ key: key + suffix, state: '', saved_at_ms: 1 }))
          await db
            .transaction()
            .execute(async tx => {
              for (const row of both) await tx.insertInto('fault_state').values(row).execute()
            })
            .then(
              () => told.push(key),
              (error: unknown) => {
                expect(hasCode(error, 'REGISTRY_AWAY')).toBe(true)
                refused.push(key)
              },
            )
          if (refused.includes(key)) await new Promise(resolve => setTimeout(resolve, 20))
        }
      }
      const writers = ['a', 'b', 'c'].map(writer)
      for (let round = 0; round < 3; round++) {
        const before = told.length
        await vi.waitFor(() => expect(told.length).toBeGreaterThan(before + 20), { timeout: LIMIT_MS })
        await postgres.halt()
        await postgres.resume()
      }
      const before = told.length
      await vi.waitFor(() => expect(told.length).toBeGreaterThan(before + 5), { timeout: LIMIT_MS })
      run.isOver = true
      await Promise.all(writers)
      expect(refused.length).toBeGreaterThan(0)
      const rows = await db.selectFrom('fault_state').select('key').execute()
      const keys = new Set(rows.map(({ key }) => key))
      for (const key of told) expect([key, keys.has(key), keys.has(`${key}-twin`)]).toEqual([key, true, true])
      // One whose confirmation was cut may be there, but then whole.
      for (const key of refused) expect(keys.has(key)).toBe(keys.has(`${key}-twin`))
    },
    4 * LIMIT_MS,
  )

  test('waits for a free connection rather than opening more than the setting says', async () => {
    await postgres.createDatabase('few')
    await using db = await openRegistry(placeOf('few'))
    await using watcher = await openRegistry(placeOf('few'))
    const many = Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        db
          .insertInto('fault_state')
          .values({ key: `${n}`, state: '', saved_at_ms: 1 })
          .execute(),
      ),
    )
    const [row] = await watcher
      .selectFrom('pg_stat_activity' as never)
      .select(eb => eb.fn.countAll<number>().as('count'))
      .where('datname' as never, '=', 'few' as never)
      .execute()
    await many
    // Two of each of the two pools.
    expect(row?.count).toBeLessThanOrEqual(4)
    expect(await db.selectFrom('fault_state').select('key').execute()).toHaveLength(50)
  })

  test('is not reached at the start: the line says where, and neither who nor with which password', async () => {
    const away = { ...placeOf('nowhere'), url: 'postgres://harbor:geheim@127.0.0.1:9/nowhere' }
    const error = await openRegistry(away).catch((reason: unknown) => reason)
    expect(hasCode(error, 'REGISTRY_AWAY')).toBe(true)
    expect(String(error)).toContain('127.0.0.1:9/nowhere')
    expect(String(error)).not.toMatch(/geheim|harbor:/)
  })

  test('has its password in a secret, which stands before the one in the address', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'harbor-place-'))
    onTestFinished(() => rm(dataDir, { recursive: true, force: true }))
    await writeFile(join(dataDir, 'database-password'), 'aus der Datei\n')
    const env = {
      DATA_DIR: dataDir,
      SECRETS_DIR: dataDir,
      DATABASE_URL: 'postgres://harbor@127.0.0.1:9/x',
      DATABASE_POOL_SIZE: '7',
    }
    const place = await registryPlaceOf(readSettings(env, dataDir), pino({ level: 'silent' }))
    expect(place).toMatchObject({ password: 'aus der Datei', poolSize: 7 })
  })
})
