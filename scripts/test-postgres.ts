// The server's tests, and one of the whole system, with the registry on PostgreSQL: starts one of its own and ends it.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { pino } from 'pino'
import { openRegistry } from '../server/src/registry/open-registry.ts'
import { NO_POSTGRES, postgresPrograms, startPostgres } from '../server/test/postgres-server.ts'
import { TEMPLATE } from '../server/test/test-database.ts'
import { ROOT } from './child-process.ts'

if (postgresPrograms() === undefined) {
  process.stderr.write(`npm run test:postgres ${NO_POSTGRES}\n`)
  process.exit(1)
}
const given = process.argv.slice(2)
const postgres = await startPostgres()
let isOk = true
try {
  await postgres.createDatabase(TEMPLATE)
  const place = { url: postgres.url(TEMPLATE), poolSize: 2, log: pino({ level: 'silent' }) }
  await (await openRegistry(place)).destroy()
  const run = (args: readonly string[]) =>
    spawnSync(process.execPath, [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', ...args], {
      cwd: ROOT,
      stdio: 'inherit',
      env: { ...process.env, HARBOR_TEST_DATABASE_URL: postgres.url('postgres') },
    }).status === 0
  if (given.length > 0) isOk = run(given)
  else {
    isOk = run(['--project', 'server'])
    isOk =
      run([
        '--project',
        'system',
        'test/feed-tells-each-event-once.test.ts',
        'test/nothing-lost-nothing-twice.test.ts',
      ]) && isOk
  }
} finally {
  await postgres.stop()
}
process.exit(isOk ? 0 : 1)
