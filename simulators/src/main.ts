import { rm } from 'node:fs/promises'
import { runProcess } from '@harbor/protocol'
import { destination, pino } from 'pino'
import { readConfig } from './config.ts'
import { createFaultBoard } from './faults/fault-board.ts'
import { createFaultServer } from './faults/fault-server.ts'
import { writeIfChanged } from './fleet/atomic-file.ts'
import { readFleet } from './fleet/read-fleet.ts'
import { createSimulation } from './simulation.ts'

await runProcess('simulators', process, async env => {
  const config = readConfig(env)
  const log = pino({ name: 'simulators', level: config.logLevel }, destination({ fd: 2, sync: true }))
  const fleet = await readFleet(config.fleetFile)
  const { gatewayDir, metersFile, seed, season } = config
  const simulation = createSimulation({ fleet, gatewayDir, metersFile, seed, season }, { log, clock: Date.now })
  const board = createFaultBoard(fleet, simulation.stations)
  const faults = createFaultServer({ host: config.host, port: config.port }, { board, log })
  const url = await faults.start()
  await simulation.start()
  await writeIfChanged(config.controlFile, `${JSON.stringify({ url })}\n`, 0o600)
  return {
    listeners: [{ name: 'simulators', url }],
    stop: async () => {
      await rm(config.controlFile, { force: true })
      await Promise.all([faults.stop(), simulation.stop()])
    },
  }
})
