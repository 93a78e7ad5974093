import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Kysely, sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import { expect, onTestFinished, test } from 'vitest'
import { MIGRATIONS } from './migrations.ts'
import { openRegistry } from './open-registry.ts'
import { openSqlite } from './sqlite-dialect.ts'

/** A registry as a release before wrote it, with an alert in each state and their histories. */
async function earlierRegistry(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'harbor-registry-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  const file = join(dir, 'registry.sqlite')
  const db = new Kysely<unknown>({ dialect: openSqlite(file) })
  const earlier = Object.entries(MIGRATIONS).filter(([name]) => name < '0004')
  await new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(Object.fromEntries(earlier)) },
  }).migrateToLatest()
  await sql`insert into region values ('500103', '渝中区', 'Yuzhong')`.execute(db)
  await sql`insert into station (id, district, name_zh, name_en, lat_deg, lng_deg, facilities)
    values ('s', '500103', '站', 'S', 29.5, 106.5, '[]')`.execute(db)
  await sql`insert into appliance values ('fridge', 's', 'fridge', null, null)`.execute(db)
  await sql`insert into rule_override values ('fridge_too_warm', 'small', 60)`.execute(db)
  const evidence = '{"device":"d","metric":"temperature","threshold":8,"observed":9}'
  for (const [id, state, rule] of [
    ['a', 'raised', 'x'],
    ['b', 'acknowledged', 'y'],
    ['c', 'resolved', 'x'],
  ] as const) {
    await sql`insert into alert (id, station, district, appliance, rule, rule_version, severity, state, raised_at_ms, evidence)
      values (${id}, 's', '500103', 'fridge', ${rule}, 1, 'P2', ${state}, 1000, ${evidence})`.execute(db)
    await sql`insert into alert_transition values (${id}, 1, 'raised', 1000, null, ${evidence})`.execute(db)
  }
  await sql`insert into alert_transition values ('b', 2, 'acknowledged', 2000, 'wang', null)`.execute(db)
  await db.destroy()
  return file
}

test('alerts of an earlier release and their histories are taken along, and open ones stay open', async () => {
  const file = await earlierRegistry()
  await using db = await openRegistry(file)
  const rows = await db.selectFrom('alert').selectAll().orderBy('id').execute()
  expect(rows.map(row => [row.id, row.state, row.subject, row.scope, row.revision, row.standing_since_ms])).toEqual([
    ['a', 'raised', 'appliance:fridge', 'appliance', 1, 1000],
    ['b', 'acknowledged', 'appliance:fridge', 'appliance', 2, 1000],
    ['c', 'resolved', 'appliance:fridge', 'appliance', 1, 1000],
  ])
  const steps = await db.selectFrom('alert_transition').select(['alert', 'seq', 'actor']).orderBy('alert').execute()
  expect(steps).toHaveLength(4)
  expect(await db.selectFrom('rule_override').selectAll().execute()).toEqual([
    { rule: 'fridge_too_warm', model: 'small', appliance: '', time_scale: 60, numbers: null, set_by: null },
  ])
  expect(steps.find(({ seq }) => seq === 2)).toEqual({ alert: 'b', seq: 2, actor: 'wang' })
})

test('the database itself still keeps one open alert of a fault, and steps only of alerts that are there', async () => {
  await using db = await openRegistry(await earlierRegistry())
  const again = sql`insert into alert (id, station, district, scope, subject, rule, rule_version, severity, state, revision,
    raised_at_ms, standing_since_ms, evidence)
    values ('again', 's', '500103', 'appliance', 'appliance:fridge', 'x', 1, 'P2', 'suppressed', 1, 1, 1, '{}')`
  await expect(again.execute(db)).rejects.toThrow(/UNIQUE/)
  const stray = sql`insert into alert_transition values ('nobody', 1, 'raised', 1, null, null, null)`
  await expect(stray.execute(db)).rejects.toThrow(/FOREIGN KEY/)
})

test('a step that is cut off in the middle leaves the tables as they were, and is done at the next start', async () => {
  const file = await earlierRegistry()
  const broken = new Kysely<unknown>({ dialect: openSqlite(file) })
  // A table in its way makes the step fail when half is done.
  await sql`create table maintenance (id text)`.execute(broken)
  await broken.destroy()
  await expect(openRegistry(file)).rejects.toThrow(/maintenance/)
  const mended = new Kysely<unknown>({ dialect: openSqlite(file) })
  await sql`drop table maintenance`.execute(mended)
  await mended.destroy()
  await using db = await openRegistry(file)
  expect(await db.selectFrom('alert').select('id').execute()).toHaveLength(3)
})
