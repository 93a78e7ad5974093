import { appendFile, cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate } from 'node:timers/promises'
import type { Reading } from '@harbor/protocol'
import { sql } from 'kysely'
import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { backUp } from '../src/backup/backup.ts'
import { MANIFEST, readManifest } from '../src/backup/manifest.ts'
import { restore } from '../src/backup/restore.ts'
import { moveToPostgres } from '../src/registry/move-to-postgres.ts'
import { openRegistry } from '../src/registry/open-registry.ts'
import { createTableSum } from '../src/registry/table-sum.ts'
import { createDuckdbStore } from '../src/telemetry/duckdb-store.ts'
import { NO_POSTGRES, type PostgresServer, postgresPrograms, startPostgres } from './postgres-server.ts'
import type { RunningServer } from './running-server.ts'
import { startFileScopes } from './scopes/running-scopes.ts'

const LIMIT_MS = 120_000
const LOG = pino({ level: 'silent' })
/** An installation that a real server wrote, with readings and a photo; it runs, but for its telemetry. */
let running: RunningServer
let dataDir: string
/** A folder of the test's own. */
let dir: string
/** A full backup of it, which no test changes. */
let saved: string

const READINGS: readonly Reading[] = Array.from({ length: 5_000 }, (_, n) => ({
  device: `device-${n % 7}`,
  metric: 'temperature',
  timeMs: Date.UTC(2026, 10, 20) + n * 60_000,
  value: (n % 90) / 4,
}))

beforeAll(async () => {
  running = await startFileScopes()
  dataDir = running.dataDir
  await using store = await telemetry(dataDir)
  await store.write(READINGS)
  await mkdir(join(dataDir, 'photos/ab'), { recursive: true })
  await writeFile(join(dataDir, 'photos/ab/one.jpg'), Buffer.alloc(3_000, 7))
}, LIMIT_MS)
afterAll(() => running[Symbol.asyncDispose]())
beforeEach(async context => {
  dir = await mkdtemp(join(tmpdir(), 'harbor-backup-'))
  context.onTestFinished(() => rm(dir, { recursive: true, force: true }))
  saved = join(dir, 'saved')
})

async function telemetry(folder: string) {
  const store = createDuckdbStore(
    { file: join(folder, 'telemetry.duckdb'), memoryLimitMb: 256, threads: 1 },
    { log: LOG },
  )
  await store.start()
  return Object.assign(store, { [Symbol.asyncDispose]: () => store.stop() })
}

const save = (options: Partial<Parameters<typeof backUp>[0]> = {}) =>
  backUp({
    to: saved,
    dataDir,
    registry: join(dataDir, 'registry.sqlite'),
    isTelemetryElsewhere: false,
    isWithoutTelemetry: false,
    nowMs: Date.UTC(2026, 10, 24),
    ...options,
  })
const target = () => join(dir, 'restored')
const bringBack = () => restore({ from: saved, dataDir: target(), registry: join(target(), 'registry.sqlite') })

/** Each table's name with count and checksum. */
function sumsOf(file: string): Map<string, string> {
  const db = new DatabaseSync(file, { readOnly: true })
  try {
    const tables = db.prepare("select name from sqlite_master where type = 'table' order by name").all()
    return new Map(
      tables.map(({ name }) => {
        const rows = db.prepare(`select * from "${String(name)}"`).all()
        const sum = createTableSum(Object.keys(rows[0] ?? {}))
        rows.forEach(sum.add)
        return [String(name), sum.text()]
      }),
    )
  } finally {
    db.close()
  }
}

test(
  'a backup of a running server’s registry, its readings and photos is restored as it was',
  async () => {
    const manifest = await save()
    expect(manifest).toMatchObject({ registry: { kind: 'sqlite' }, telemetry: 'duckdb' })
    await bringBack()
    const before = sumsOf(join(saved, 'registry.sqlite'))
    expect([...before.values()].filter(sum => !sum.startsWith('0 ')).length).toBeGreaterThan(40)
    expect(sumsOf(join(target(), 'registry.sqlite'))).toEqual(before)
    expect((await stat(join(target(), 'registry.sqlite'))).mode & 0o077).toBe(0)
    expect(await readFile(join(target(), 'photos/ab/one.jpg'))).toEqual(Buffer.alloc(3_000, 7))
    await using registry = await openRegistry(join(target(), 'registry.sqlite'))
    expect(await registry.selectFrom('station').select('id').execute()).not.toEqual([])
    await using store = await telemetry(target())
    const { series } = await store.series({
      devices: ['device-3'],
      metric: 'temperature',
      fromMs: Date.UTC(2026, 10, 20),
      toMs: Date.UTC(2026, 10, 24),
      limit: 10_000,
    })
    const expected = READINGS.filter(({ device }) => device === 'device-3').map(({ timeMs, value }) => [timeMs, value])
    expect(series[0]?.points).toEqual(expected)
  },
  LIMIT_MS,
)

test(
  'while a server has the readings open a full copy is refused, and one without them works and says so',
  async () => {
    const store = await telemetryInOtherProcess()
    try {
      await expect(save()).rejects.toThrow(/stop it for the copy, or add --without-telemetry/)
      await rm(saved, { recursive: true })
      expect(await save({ isWithoutTelemetry: true })).toMatchObject({ telemetry: 'left out' })
    } finally {
      await store.end()
    }
    expect((await readManifest(saved)).files.map(({ path }) => path)).not.toContain('telemetry.duckdb')
  },
  LIMIT_MS,
)

test(
  'a copy that is taken in the middle of writing has all of a transaction or none of it',
  async () => {
    await mkdir(join(dir, 'busy'))
    await using db = await openRegistry(join(dir, 'busy/registry.sqlite'))
    const run = { isOver: false }
    const writer = (async () => {
      for (let n = 0; !run.isOver; n++) {
        // SQLite answers at once: without this nobody else would ever have their turn.
        await setImmediate()
        await db.transaction().execute(async tx => {
          for (const key of [`${n}`, `${n}-twin`])
            await tx
              .insertInto('fault_state')
              .values({ key, state: 'x'.repeat(500), saved_at_ms: n })
              .execute()
        })
      }
    })()
    for (let round = 0; round < 5; round++) {
      const to = join(dir, `copy-${round}`)
      await save({ to, dataDir: join(dir, 'busy'), registry: join(dir, 'busy/registry.sqlite') })
      const copy = new DatabaseSync(join(to, 'registry.sqlite'), { readOnly: true })
      const keys = copy
        .prepare('select key from fault_state')
        .all()
        .map(({ key }) => String(key))
      copy.close()
      const whole = keys.filter(key => !key.endsWith('-twin')).flatMap(key => [key, `${key}-twin`])
      expect(keys.toSorted()).toEqual(whole.toSorted())
    }
    run.isOver = true
    await writer
  },
  LIMIT_MS,
)

describe('a restore refuses', () => {
  test('a folder with anything in it as the place to save to', async () => {
    await mkdir(saved)
    await writeFile(join(saved, 'mine'), '')
    await expect(save()).rejects.toThrow(/is not empty/)
  })

  test('a backup that was broken off', async () => {
    await save({ isWithoutTelemetry: true })
    await rm(join(saved, MANIFEST))
    await expect(bringBack()).rejects.toThrow(/is no whole backup/)
  })

  test.each([
    ['a byte more', (file: string) => appendFile(file, 'x')],
    [
      'another byte',
      async (file: string) => {
        const bytes = await readFile(file)
        bytes[9_000] = (bytes[9_000] ?? 0) ^ 1
        await writeFile(file, bytes)
      },
    ],
    ['nothing', (file: string) => rm(file)],
  ])('a damaged one: %s in place of its registry; nothing is written', async (_, damage) => {
    await save({ isWithoutTelemetry: true })
    await damage(join(saved, 'registry.sqlite'))
    await expect(bringBack()).rejects.toThrow(/is damaged: registry.sqlite/)
    await expect(stat(target())).rejects.toThrow(/ENOENT/)
  })

  test('one of a newer release, by its format and by its steps', async () => {
    const manifest = await save({ isWithoutTelemetry: true })
    const write = (changed: object) => writeFile(join(saved, MANIFEST), JSON.stringify({ ...manifest, ...changed }))
    await write({ format: 2, somethingNew: true })
    await expect(bringBack()).rejects.toThrow(/has format 2, this release knows 1/)
    await write({ registry: { kind: 'sqlite', steps: [...manifest.registry.steps, '9999_future'] } })
    await expect(bringBack()).rejects.toThrow(/of a newer release \(9999_future/)
    await write({ files: [{ path: '../elsewhere', sizeBytes: 0, sha256: '0'.repeat(64) }] })
    await expect(bringBack()).rejects.toThrow(/manifest.json: files/)
    await expect(stat(target())).rejects.toThrow(/ENOENT/)
  })

  test('a place that has an installation already, and leaves it alone', async () => {
    await save({ isWithoutTelemetry: true })
    await bringBack()
    const before = await readFile(join(target(), 'registry.sqlite'))
    await expect(bringBack()).rejects.toThrow(/has registry.sqlite, photos.* already/)
    expect(await readFile(join(target(), 'registry.sqlite'))).toEqual(before)
  })

  test('one of a file for a database, saying the way round', async () => {
    await save({ isWithoutTelemetry: true })
    const registry = { url: 'postgres://harbor@127.0.0.1:9/x', poolSize: 2, log: LOG }
    await expect(restore({ from: saved, dataDir: target(), registry })).rejects.toThrow(/npm run migrate:to-postgres/)
  })
})

test(
  'the commands do the same and say what is in it and what is not',
  async () => {
    const first = await command('backup', ['--to', saved], { DATA_DIR: dataDir })
    expect(first).toMatchObject({ code: 0, said: expect.stringMatching(/^saved in .*: \d+ files/) })
    expect(first.said).toContain('not in it: the secrets')
    const second = await command('restore', ['--from', saved], { DATA_DIR: target() })
    expect(second).toMatchObject({ code: 0, said: expect.stringMatching(/^restored from /) })
    expect(await command('restore', [], { DATA_DIR: target() })).toMatchObject({
      code: 1,
      said: 'restore: name the folder: npm run restore -- --from FOLDER\n',
    })
  },
  LIMIT_MS,
)

const hasPostgres = postgresPrograms() !== undefined
describe.skipIf(!hasPostgres)(`a backup of a PostgreSQL${hasPostgres ? '' : `: ${NO_POSTGRES}`}`, () => {
  let postgres: PostgresServer
  beforeAll(async () => {
    postgres = await startPostgres()
  }, LIMIT_MS)
  afterAll(() => postgres.stop())

  test(
    'is restored as it was into an empty database, and into no other',
    async () => {
      for (const name of ['full', 'empty']) await postgres.createDatabase(name)
      const [full, empty] = ['full', 'empty'].map(name => ({ url: postgres.url(name), poolSize: 2, log: LOG }))
      if (full === undefined || empty === undefined) throw new Error('two places')
      await cp(join(dataDir, 'photos'), join(dir, 'installed/photos'), { recursive: true })
      const source = join(dir, 'source.sqlite')
      const file = new DatabaseSync(join(dataDir, 'registry.sqlite'), { readOnly: true })
      file.prepare('vacuum into ?').run(source)
      file.close()
      const tables = await moveToPostgres(source, full)
      // A server that goes on is in nobody's way.
      await using live = await openRegistry(full)
      const manifest = await save({ dataDir: join(dir, 'installed'), registry: full })
      expect(manifest).toMatchObject({ registry: { kind: 'postgres' }, telemetry: 'absent' })
      const back = () => restore({ from: saved, dataDir: target(), registry: empty })
      await back()
      await using restored = await openRegistry(empty)
      for (const { name } of tables) {
        const of = async (db: typeof live) => {
          const rows = await db
            .selectFrom(name as 'station')
            .selectAll()
            .execute()
          const sum = createTableSum(Object.keys(rows[0] ?? {}).toSorted())
          rows.forEach(sum.add)
          return sum.text()
        }
        expect([name, await of(restored)]).toEqual([name, await of(live)])
      }
      await expect(sql`truncate station_change`.execute(restored)).rejects.toThrow(/append-only/)
      expect(await readFile(join(target(), 'photos/ab/one.jpg'))).toEqual(Buffer.alloc(3_000, 7))
      await rm(target(), { recursive: true })
      await expect(back()).rejects.toThrow(/tables already, expected an empty one/)
      await expect(bringBack()).rejects.toThrow(/set DATABASE_URL to an empty database/)
    },
    LIMIT_MS,
  )
})

async function command(act: string, args: readonly string[], env: Record<string, string>) {
  const script = join(import.meta.dirname, '../src/backup-command.ts')
  const child = spawn(process.execPath, [script, act, ...args], { env: { PATH: process.env['PATH'], ...env } })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', text => (said += text))
  const code = await new Promise(resolve => child.once('close', resolve))
  return { code, said }
}

/** DuckDB's lock is between processes. */
async function telemetryInOtherProcess(): Promise<{ end: () => Promise<void> }> {
  const script = `
    const { DuckDBInstance } = await import('@duckdb/node-api')
    globalThis.held = await DuckDBInstance.create(process.argv[1])
    process.stdout.write('open')
    setInterval(() => held, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, join(dataDir, 'telemetry.duckdb')], {
    cwd: import.meta.dirname,
  })
  await new Promise(resolve => child.stdout.once('data', resolve))
  return {
    end: () =>
      new Promise(resolve => {
        child.once('exit', () => resolve())
        child.kill('SIGKILL')
      }),
  }
}
