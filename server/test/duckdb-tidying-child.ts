import { pino } from 'pino'
import { createDuckdbStore } from '../src/telemetry/duckdb-store.ts'
import { DAY_MS, KEEPS_ALL } from '../src/telemetry/levels.ts'

/**
 * Run as a process by a test that kills it: writes batches of 100 readings of device `d`, each to one of four days in turn, to the file named
 * by its argument, and puts days in order all the while. Prints how many readings are durable after each batch.
 */
const file = process.argv[2]
if (file === undefined) throw new Error('usage: duckdb-tidying-child.ts FILE')
// Its parent holds the other end: it must not outlive a test run that was cut short.
process.stdin.resume().on('close', () => process.exit(0))
const store = createDuckdbStore({ file, memoryLimitMb: 256, threads: 1 }, { log: pino({ level: 'silent' }) })
await store.start()
const tidy = async (): Promise<never> => {
  for (;;) await store.maintain({ nowMs: 10 * DAY_MS, keepFromMs: KEEPS_ALL })
}
void tidy()
for (let batch = 0; ; batch += 1) {
  await store.write(
    Array.from({ length: 100 }, (_, n) => {
      const number = batch * 100 + n
      return { device: 'd', metric: 'power' as const, timeMs: (batch % 4) * DAY_MS + number, value: number }
    }),
  )
  process.stdout.write(`${(batch + 1) * 100}\n`)
}
