import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Reading } from '@harbor/protocol'
import { pino } from 'pino'
import { expect, it, onTestFinished } from 'vitest'
import { createDuckdbStore } from '../src/telemetry/duckdb-store.ts'
import { PASSWORD, startServer } from './running-server.ts'

const DAY_MS = Date.UTC(2026, 9, 1)
const SPAN = 'from=2026-10-01T00:00:00Z&to=2026-10-02T00:00:00%2B00:00'
const reading = (device: string, timeMs: number): Reading => ({ device, metric: 'power', timeMs, value: 1 })
const COMMAND = join(import.meta.dirname, '../src/telemetry-command.ts')
const run = promisify(execFile)

it('sends administrators a file of their region, says who asked, and leaves nothing behind', async () => {
  await using server = await startServer({
    logins: [{ login: 'yubei-admin', name: 'A', role: 'administrator', districts: ['500112'], password: PASSWORD }],
    readings: [
      reading('yuzhong-room', DAY_MS),
      reading('yubei-fridge-temp', DAY_MS),
      reading('yubei-fridge-temp', DAY_MS - 1),
    ],
  })
  const get = async (login: string, query = SPAN) =>
    fetch(`${server.url}/api/v1/telemetry/export?${query}`, { headers: { cookie: await server.signIn(login) } })
  const all = await get('admin')
  expect(all.headers.get('content-type')).toContain('application/vnd.apache.parquet')
  expect(all.headers.get('content-disposition')).toContain('telemetry-raw-2026-10-01-2026-10-01.parquet')
  expect(await all.text()).toBe(`yuzhong-room ${DAY_MS}\nyubei-fridge-temp ${DAY_MS}\n`)
  expect(await (await get('yubei-admin')).text()).toBe(`yubei-fridge-temp ${DAY_MS}\n`)
  expect((await get('yubei')).status).toBe(403)
  expect((await get('admin', 'from=2026-10-02T00:00:00Z&to=2026-10-01T00:00:00Z')).status).toBe(400)
  expect((await get('admin', 'from=2026-10-02&to=2026-10-01T00:00:00Z')).status).toBe(400)
  expect(await readdir(join(server.dataDir, 'exports'))).toEqual([])
})

it('is written by a command while the server is stopped', { timeout: 90_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'harbor-export-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const store = createDuckdbStore(
    { file: join(folder, 'telemetry.duckdb'), memoryLimitMb: 256, threads: 1 },
    { log: pino({ level: 'silent' }) },
  )
  await store.start()
  await store.write([reading('a', DAY_MS), reading('b', DAY_MS + 1), reading('b', DAY_MS - 1)])
  const file = join(folder, 'october.parquet')
  const args = ['export', '--from', '2026-10-01T00:00:00Z', '--to', '2026-11-01T00:00:00Z', '--file', file]
  const env = { PATH: process.env['PATH'] ?? '', DATA_DIR: folder }
  await expect(run(process.execPath, [COMMAND, ...args], { env })).rejects.toMatchObject({
    stderr: expect.stringContaining('is another server running on this folder?'),
  })
  await store.stop()
  const { stdout } = await run(process.execPath, [COMMAND, ...args], { env })
  expect(stdout).toBe(`${file}: 2 rows, ${(await stat(file)).size} bytes\n`)
  await expect(run(process.execPath, [COMMAND, 'export'], { env })).rejects.toMatchObject({
    stderr: expect.stringContaining('usage: npm run -s telemetry'),
  })
})
