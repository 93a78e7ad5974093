// `npm run doctor [-- --json]`: what is wrong with this installation, and what to do. Changes nothing; exit code 1 when something fails.
import { collectFindings } from './doctor/doctor.ts'

const findings = await collectFindings(process.env)
if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify(findings, null, 1)}\n`)
else {
  for (const { state, about, detail, remedy } of findings) {
    process.stdout.write(`${state.padEnd(4)} ${about}: ${detail}\n`)
    if (remedy !== undefined) process.stdout.write(`     -> ${remedy}\n`)
  }
}
process.exit(findings.some(({ state }) => state === 'FAIL') ? 1 : 0)
