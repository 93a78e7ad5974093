import { join } from 'node:path'
import { startProblem } from '@harbor/protocol'
import { destination, pino } from 'pino'
import { readSettings } from './config.ts'
import { moveToPostgres } from './registry/move-to-postgres.ts'
import { registryPlaceOf } from './registry/registry-place.ts'

try {
  const settings = readSettings(process.env, join(import.meta.dirname, '..'))
  const log = pino({ level: settings.logLevel, name: 'move' }, destination({ fd: 2, sync: true }))
  const place = await registryPlaceOf(settings, log)
  if (typeof place === 'string')
    throw new Error('set DATABASE_URL to the empty database that the registry is to move to')
  const file = join(settings.dataDir, 'registry.sqlite')
  const tables = await moveToPostgres(file, place)
  const rows = tables.reduce((sum, table) => sum + table.rows, 0)
  console.log(`moved ${rows} rows of ${tables.length} tables; each table was read back and is the same`)
  console.log(`${file} is as it was: keep it until you have seen the server run`)
  console.log('now start the server with the same DATABASE_URL')
} catch (error) {
  process.stderr.write(`migrate:to-postgres: ${startProblem(error)}\n`)
  process.exit(1)
}
