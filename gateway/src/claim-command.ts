import { randomBytes } from 'node:crypto'
import { startProblem } from '@harbor/protocol'
import packageJson from '../package.json' with { type: 'json' }
import { createAskServer } from './claim/ask-server.ts'
import { parseClaimArguments } from './claim/claim-arguments.ts'
import { claimBox } from './claim/claim-box.ts'
import { readHardware } from './claim/hardware.ts'
import { readSettings } from './config.ts'

/** `TOKEN [--server URL]`: the exit code is 1 when the box is not a gateway afterwards. */
export async function claimCommand(args: readonly string[]): Promise<void> {
  try {
    const { gatewayDir } = readSettings(process.env)
    const { token, serverUrl } = parseClaimArguments(args)
    const ask = createAskServer({ serverUrl, onRetry: line => process.stderr.write(`claim: ${line}\n`) })
    const hardware = await readHardware(packageJson.version)
    const { gateway, station, district } = await claimBox({ gatewayDir, token, hardware }, { ask, randomBytes })
    process.stdout.write(`claimed ${gateway} for station ${station} in ${district}; start the gateway now\n`)
  } catch (error) {
    process.stderr.write(`claim: ${startProblem(error)}\n`)
    process.exitCode = 1
  }
}

if (import.meta.main) await claimCommand(process.argv.slice(2))
