import { spawnSync } from 'node:child_process'
import { ROOT } from './child-process.ts'

/**
 * `INFLUX_URL=… INFLUX_TOKEN=… INFLUX_ORG=… npm run test:influx`: everything that is promised of a store, the setup and the roll-ups, against a
 * real InfluxDB 2. The token may make buckets, tasks and tokens; what is made has names of its own and is removed.
 */
const missing = ['INFLUX_URL', 'INFLUX_TOKEN', 'INFLUX_ORG'].filter(name => !process.env[name])
if (missing.length > 0) {
  process.stderr.write(
    `test:influx: nothing was tested: ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not set; give the address of an InfluxDB 2, a token that may make buckets, tasks and tokens, and the organisation's name\n`,
  )
  process.exitCode = 1
} else {
  const { status } = spawnSync(
    process.execPath,
    ['node_modules/vitest/vitest.mjs', 'run', '--project', 'server', 'server/test/influx-2-keeps-the-contract.test.ts'],
    { cwd: ROOT, stdio: 'inherit' },
  )
  process.exitCode = status ?? 1
}
