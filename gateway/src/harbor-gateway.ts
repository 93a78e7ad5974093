#!/usr/bin/env node
import { CLAIM_USAGE } from './claim/claim-arguments.ts'
import { claimCommand } from './claim-command.ts'
import { healthCommand } from './health-command.ts'

const [command, ...args] = process.argv.slice(2)
if (command === 'claim') await claimCommand(args)
else if (command === 'health') await healthCommand()
else if (command === 'start') await import('./main.ts')
else {
  process.stderr.write(`expected one of\n  ${CLAIM_USAGE}\n  harbor-gateway start\n  harbor-gateway health\n`)
  process.exitCode = 1
}
