import { pino } from 'pino'
import { createDuckdbStore } from '../src/telemetry/duckdb-store.ts'

/**
 * Run as a process by tests that kill it: writes batches of 100 readings of device `d` to the file named by its argument,
 * one a millisecond from 1 on, and prints the number of the last reading after each batch that is durable.
 */
const file = process.argv[2]
if (file === undefined) throw new Error('usage: duckdb-writer-child.ts FILE')
// Its parent holds the other end: it must not outlive a test run that was cut short.
process.stdin.resume().on('close', () => process.exit(0))
const store = createDuckdbStore({ file, memoryLimitMb: 256, threads: 1 }, { log: pino({ level: 'silent' }) })
await store.start()
for (let last = 100; ; last += 100) {
  await store.write(
    Array.from({ length: 100 }, (_, n) => {
      const number = last - 99 + n
      return { device: 'd', metric: 'power' as const, timeMs: number, value: number }
    }),
  )
  process.stdout.write(`${last}\n`)
}
