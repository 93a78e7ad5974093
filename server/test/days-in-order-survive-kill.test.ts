import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { expect, it, onTestFinished } from 'vitest'
import { createDuckdbStore } from '../src/telemetry/duckdb-store.ts'
import { DAY_MS, KEEPS_ALL, LEVEL_MS } from '../src/telemetry/levels.ts'

it('has each durable reading once in all levels, though the process was killed while it put days in order, again and again', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'harbor-kill-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const file = join(folder, 'telemetry.duckdb')
  // The same file each time: what the last one left is where the next begins; its batches are repeats at first.
  for (const batchesBeforeKill of [3, 25, 60, 90]) {
    const durable = await writeUntilKilled(file, batchesBeforeKill)
    const store = createDuckdbStore({ file, memoryLimitMb: 256, threads: 1 }, { log: pino({ level: 'silent' }) })
    await store.start()
    const query = { devices: ['d'], metric: 'power', fromMs: 0, toMs: 5 * DAY_MS, limit: 1_000_000 } as const
    const values = async () => {
      const { series } = await store.series(query)
      return (series[0]?.points ?? []).map(([, value = 0]) => value).toSorted((a, b) => a - b)
    }
    const before = await values()
    await store.maintain({ nowMs: 10 * DAY_MS, keepFromMs: KEEPS_ALL })
    const after = await values()
    const hours = await store.series({ ...query, everyMs: LEVEL_MS.hour })
    await store.stop()
    expect(before.length).toBeGreaterThanOrEqual(durable)
    expect(before).toEqual(before.map((_, n) => n))
    expect(after).toEqual(before)
    expect(hours.series[0]?.points.reduce((sum, [, , , , count = 0]) => sum + count, 0)).toBe(before.length)
  }
}, 120_000)

/** How many readings the child said are durable before it was killed. */
async function writeUntilKilled(file: string, batches: number): Promise<number> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'duckdb-tidying-child.ts'), file])
  onTestFinished(() => void child.kill('SIGKILL'))
  let output = ''
  child.stdout.setEncoding('utf8').on('data', text => {
    output += text
    if (output.split('\n').length > batches) child.kill('SIGKILL')
  })
  await new Promise(resolve => child.once('close', resolve))
  return Number(output.split('\n').slice(0, -1).at(-1))
}
