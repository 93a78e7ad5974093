import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { expect, onTestFinished, test } from 'vitest'
import { twoDistrictFleet } from '../../test/fleet-fixture.ts'
import { importFleet } from './fleet-import.ts'
import { APPEND_ONLY } from './migration-append-only.ts'
import { openRegistry } from './open-registry.ts'

async function open() {
  const dir = await mkdtemp(join(tmpdir(), 'harbor-append-'))
  const db = await openRegistry(join(dir, 'registry.sqlite'))
  onTestFinished(async () => {
    await db.destroy()
    await rm(dir, { recursive: true, force: true })
  })
  return db
}

test('a line of a history stays as it was written, whatever is asked of the database', async () => {
  const db = await open()
  await importFleet(db, twoDistrictFleet(), () => 'ab')
  const report = { district: '500103', month: '2026-10', made_at_ms: 1, made_by: null, tables: '[]' }
  await db.insertInto('monthly_report').values(report).execute()
  const check = { key: 'k', station: 'yuzhong-1', district: '500103', note: null, actor: 'wang' }
  await db
    .insertInto('stock_check')
    .values({ ...check, filled_at_ms: 1, received_at_ms: 2 })
    .execute()
  await expect(db.updateTable('monthly_report').set({ tables: '[1]' }).execute()).rejects.toThrow(/append-only/)
  await expect(db.deleteFrom('monthly_report').execute()).rejects.toThrow(/append-only/)
  await expect(db.updateTable('stock_check').set({ actor: 'li' }).execute()).rejects.toThrow(/append-only/)
  await expect(db.deleteFrom('stock_check').execute()).rejects.toThrow(/append-only/)
  expect(await db.selectFrom('monthly_report').selectAll().execute()).toEqual([report])
  expect(await db.selectFrom('stock_check').select('actor').execute()).toEqual([{ actor: 'wang' }])
})

test('every history has both guards', async () => {
  const db = await open()
  const { rows } = await sql<{ name: string }>`select name from sqlite_master where type = 'trigger'`.execute(db)
  const names = APPEND_ONLY.flatMap(table => [`${table}_no_update`, `${table}_no_delete`])
  expect(rows.map(({ name }) => name)).toEqual(expect.arrayContaining(names))
})
