import { installProblem, runUnderProjectNode } from './bootstrap.mjs'

const problem = installProblem()
if (problem === undefined) runUnderProjectNode('scripts/doctor.ts')
else {
  process.stdout.write(`FAIL packages: ${problem}\n`)
  process.exit(1)
}
