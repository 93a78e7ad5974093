// Type-checks every workspace, the scripts and the system tests. Prints what tsc prints; exit code 1 when any is wrong.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { ROOT } from './child-process.ts'

const PROJECTS = ['protocol', 'broker', 'gateway', 'server', 'web', 'node-red-flows', 'simulators', '.']

const failed = PROJECTS.filter(project => {
  const tsc = spawnSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', project], {
    cwd: ROOT,
    stdio: 'inherit',
  })
  return tsc.status !== 0
})
if (failed.length > 0) {
  process.stderr.write(`type errors in: ${failed.join(', ')}\n`)
  process.exit(1)
}
