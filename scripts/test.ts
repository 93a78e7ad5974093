// All that must hold: lint, format, types, the web's build, and every test. Ends with the line `N passed, N failed`.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { errorText } from '@harbor/protocol'
import { z } from 'zod'
import { ROOT } from './child-process.ts'
import { ensureWebBuilt } from './web-build.ts'

const vitestReportSchema = z.object({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  numPendingTests: z.int(),
  testResults: z.array(z.object({ status: z.string(), assertionResults: z.array(z.object({ status: z.string() })) })),
})

/** Far beyond what all of it takes: a test that leaves something running must not hold everybody up for ever. */
const RUN_LIMIT_MS = 20 * 60_000

const say = (line: string) => process.stdout.write(`${line}\n`)
let passed = 0
let failed = 0
let skipped = 0

check('lint', () => run('node_modules/oxlint/bin/oxlint', ['--deny-warnings']))
check('format', () => run('node_modules/prettier/bin/prettier.cjs', ['--check', '--log-level', 'warn', '.']))
check('types', () => run('scripts/typecheck.ts', []))
check('web build', () => {
  try {
    ensureWebBuilt(ROOT, say)
    return true
  } catch (error) {
    say(errorText(error))
    return false
  }
})
runVitest()
if (skipped > 0) say(`${skipped} skipped: each says why in its title`)
say(`${passed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)

function check(name: string, holds: () => boolean): void {
  const startedAtMs = performance.now()
  const ok = holds()
  say(`${ok ? 'ok' : 'FAILED'} ${name} (${((performance.now() - startedAtMs) / 1000).toFixed(1)} s)`)
  if (ok) passed += 1
  else failed += 1
}

function run(script: string, args: string[]): boolean {
  const { status } = spawnSync(process.execPath, [join(ROOT, script), ...args], {
    cwd: ROOT,
    stdio: 'inherit',
    timeout: RUN_LIMIT_MS,
    killSignal: 'SIGKILL',
  })
  return status === 0
}

/** Runs all test projects and adds their figures; a file that cannot even be loaded counts as one failure. */
function runVitest(): void {
  const dir = mkdtempSync(join(tmpdir(), 'harbor-test-'))
  const report = join(dir, 'report.json')
  const ok = run('node_modules/vitest/vitest.mjs', [
    'run',
    ...process.argv.slice(2),
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ])
  try {
    const result = vitestReportSchema.parse(JSON.parse(readFileSync(report, 'utf8')))
    const unloaded = result.testResults.filter(file => file.status === 'failed' && file.assertionResults.length === 0)
    passed += result.numPassedTests
    skipped += result.numPendingTests
    failed += result.numFailedTests + unloaded.length
    // An error outside any test (an unhandled rejection) fails the run without failing a test.
    if (!ok && result.numFailedTests + unloaded.length === 0) failed += 1
  } catch (error) {
    say(`the test run left no report: ${errorText(error)}`)
    failed += 1
  }
  rmSync(dir, { recursive: true, force: true })
}
