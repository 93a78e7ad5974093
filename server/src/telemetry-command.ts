import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { HarborError, hasCode, startProblem } from '@harbor/protocol'
import { destination, pino } from 'pino'
import { readSettings } from './config.ts'
import { createMetrics } from './metrics/metrics.ts'
import { telemetryOf } from './telemetry-of-settings.ts'

const USAGE = `usage: npm run -s telemetry -- export --from 2026-10-01T00:00:00Z --to 2026-11-01T00:00:00Z --file october.parquet [--level raw|quarter|hour]
Takes the settings of the server (DATA_DIR, INFLUX_URL and so on). A file has one owner: with the embedded store the server has to be stopped;
while it runs, administrators get the same from /api/v1/telemetry/export.`

const LEVELS = ['raw', 'quarter', 'hour'] as const

const read = (args: string[]) => {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      from: { type: 'string' },
      to: { type: 'string' },
      file: { type: 'string' },
      level: { type: 'string', default: 'raw' },
    },
  })
  const { from, to, file } = values
  const level = LEVELS.find(name => name === values.level)
  const [fromMs, toMs] = [Date.parse(from ?? ''), Date.parse(to ?? '')]
  const isRight = positionals.join() === 'export' && fromMs < toMs && file !== undefined && level !== undefined
  if (!isRight) throw new HarborError('USAGE', USAGE)
  return { fromMs, toMs, level, file: resolve(file) }
}

try {
  const query = read(process.argv.slice(2))
  const settings = readSettings(process.env, dirname(dirname(fileURLToPath(import.meta.url))))
  const log = pino({ level: 'warn', name: 'telemetry' }, destination({ fd: 2, sync: true }))
  const deps = { clock: Date.now, random: Math.random, log, metrics: createMetrics() }
  const store = await telemetryOf(settings, deps)
  await store.start()
  try {
    const { rows, sizeBytes } = await store.exportTo(query)
    process.stdout.write(`${query.file}: ${rows} rows, ${sizeBytes} bytes\n`)
  } finally {
    await store.stop()
  }
} catch (error) {
  process.stderr.write(hasCode(error, 'USAGE') ? `${error.message}\n` : `telemetry: ${startProblem(error)}\n`)
  process.exitCode = 1
}
