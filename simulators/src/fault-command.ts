import { readConfig } from './config.ts'
import { startProblem } from '@harbor/protocol'
import { runFaultCommand } from './faults/fault-client.ts'

try {
  const { controlFile } = readConfig(process.env)
  for (const line of await runFaultCommand(process.argv.slice(2), controlFile)) console.log(line)
} catch (error) {
  console.error(`fault: ${startProblem(error)}`)
  process.exitCode = 1
}
