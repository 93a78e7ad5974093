import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { expect, it, onTestFinished } from 'vitest'
import { createDuckdbStore } from '../src/telemetry/duckdb-store.ts'

it('loses nothing that a killed process had been told is durable, and has every batch whole', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'harbor-kill-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  // Killed at 3 depths: right after the first batch, within the log, and after more of it.
  for (const batchesBeforeKill of [1, 40, 200]) {
    const file = join(folder, `after-${batchesBeforeKill}.duckdb`)
    const acknowledged = await writeUntilKilled(file, batchesBeforeKill)
    const store = createDuckdbStore({ file, memoryLimitMb: 256, threads: 1 }, { log: pino({ level: 'silent' }) })
    await store.start()
    const answer = await store.series({
      devices: ['d'],
      metric: 'power',
      fromMs: 0,
      toMs: acknowledged * 10 + 10_000,
      limit: 1_000_000,
    })
    await store.stop()
    const times = (answer.series[0]?.points ?? []).map(([timeMs]) => timeMs)
    expect(times.length).toBeGreaterThanOrEqual(acknowledged)
    // The batch whose answer was under way may be there too, but whole: batches are of 100.
    expect(times.length % 100).toBe(0)
    expect(times).toEqual(Array.from({ length: times.length }, (_, n) => n + 1))
  }
})

/** The number of the last reading that the child said is durable before it was killed. */
async function writeUntilKilled(file: string, batches: number): Promise<number> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'duckdb-writer-child.ts'), file])
  onTestFinished(() => void child.kill('SIGKILL'))
  let output = ''
  child.stdout.setEncoding('utf8').on('data', text => {
    output += text
    if (output.split('\n').length > batches) child.kill('SIGKILL')
  })
  await new Promise(resolve => child.once('close', resolve))
  const lines = output.split('\n').slice(0, -1)
  return Number(lines.at(-1))
}
