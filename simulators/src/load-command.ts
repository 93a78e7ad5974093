import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { startProblem } from '@harbor/protocol'
import { readConfig } from './config.ts'
import { SimulatorsError } from './errors.ts'
import { readIfThere } from './fleet/atomic-file.ts'
import { checkLoad } from './load/load-check.ts'
import { buildLoadFleet } from './load/load-fleet.ts'
import { type LoadOptions, parseLoadOptions } from './load/load-options.ts'
import { isWhole, progressLine, reportLines } from './load/load-report.ts'
import { runLoad } from './load/load-run.ts'

try {
  const options = parseLoadOptions(process.argv.slice(2))
  if (options.command === 'fleet') await writeFleet(options)
  else await run(options)
} catch (error) {
  console.error(error instanceof SimulatorsError ? error.message : `load: ${startProblem(error)}`)
  process.exitCode = 1
}

async function writeFleet({ plan, only }: LoadOptions): Promise<void> {
  const { fleetFile } = readConfig(process.env)
  const fleet = buildLoadFleet(plan, only)
  await mkdir(dirname(fleetFile), { recursive: true })
  await writeFile(fleetFile, JSON.stringify(fleet), { mode: 0o600 })
  console.log(`${fleetFile}: ${fleet.gateways.length} gateways, ${fleet.devices.length} devices`)
}

async function run({ plan, processes, servers, isAnonymous, isJson }: LoadOptions): Promise<void> {
  const result = await runLoad(plan, processes, {
    stopwatch: () => performance.now(),
    fleetKey: isAnonymous ? undefined : await readKey(),
    onProgress: (counts, phase) => console.error(progressLine(counts, phase)),
  })
  const check =
    servers === undefined
      ? undefined
      : await checkLoad(result.samples, gateway => servers[(gateway % plan.districts) % servers.length] ?? '')
  console.log(
    isJson ? JSON.stringify({ ...result, samples: undefined, check }) : reportLines(plan, result, check).join('\n'),
  )
  if (!isWhole(result, check)) process.exitCode = 1
}

async function readKey(): Promise<string> {
  const file = join(readConfig(process.env).secretsDir, 'demo-fleet-key')
  const key = (await readIfThere(file))?.trim() ?? ''
  if (key === '') throw new SimulatorsError('SIMULATORS_KEY_MISSING', `${file} is missing; npm start makes it`)
  return key
}
