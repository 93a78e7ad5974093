import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Kysely, sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import { expect, onTestFinished, test } from 'vitest'
import { MIGRATIONS } from './migrations.ts'
import { openRegistry } from './open-registry.ts'
import { openSqlite } from './sqlite-dialect.ts'

test('what was being rebuilt is suspended since then, what was opened again is open, and both say by whom and why', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'harbor-registry-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  const file = join(dir, 'registry.sqlite')
  const before = new Kysely<unknown>({ dialect: openSqlite(file) })
  const earlier = Object.entries(MIGRATIONS).filter(([name]) => name < '0021')
  await new Migrator({
    db: before,
    provider: { getMigrations: () => Promise.resolve(Object.fromEntries(earlier)) },
  }).migrateToLatest()
  await sql`insert into region values ('500103', '渝中区', 'Yuzhong')`.execute(before)
  for (const id of ['again', 'never', 'rebuilt'])
    await sql`insert into station (id, district, name_zh, name_en, lat_deg, lng_deg, facilities)
      values (${id}, '500103', '站', 'S', 29.5, 106.5, '[]')`.execute(before)
  await sql`insert into station_life_cycle values ('rebuilt', 'rebuilding', 1000, 'chief', 'new floor')`.execute(before)
  await sql`insert into station_life_cycle values ('again', 'in_service', 2000, 'chief', 'done')`.execute(before)
  await before.destroy()

  await using db = await openRegistry(file)
  const stations = await db
    .selectFrom('station')
    .select(['id', 'state', 'state_since_ms', 'revision'])
    .orderBy('id')
    .execute()
  expect(stations.map(row => Object.values(row))).toEqual([
    ['again', 'open', 2000, 0],
    ['never', 'open', null, 0],
    ['rebuilt', 'suspended', 1000, 0],
  ])
  const steps = await db.selectFrom('station_step').selectAll().orderBy('station').execute()
  expect(steps.map(row => [row.station, row.from_state, row.to_state, row.actor, row.reason])).toEqual([
    ['again', 'suspended', 'open', 'chief', 'done'],
    ['rebuilt', 'open', 'suspended', 'chief', 'new floor'],
  ])
})
