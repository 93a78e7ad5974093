import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { runProcess } from '@harbor/protocol'
import { destination, pino } from 'pino'
import { readConfig } from './config.ts'
import { createWeatherService } from './devices/weather-service.ts'
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
  const weather =
    config.mqttUrl === undefined
      ? undefined
      : createWeatherService(
          {
            mqttUrl: config.mqttUrl,
            secret: (await readFile(join(config.secretsDir, 'mqtt-weather'), 'utf8')).trim(),
            districts: fleet.regions.map(({ district }) => district),
            seed,
            season,
          },
          { clock: Date.now, log },
        )
  const board = createFaultBoard(fleet, simulation.stations)
  const faults = createFaultServer({ host: config.host, port: config.port }, { board, log })
  const url = await faults.start()
  await simulation.start()
  weather?.start()
  await writeIfChanged(config.controlFile, `${JSON.stringify({ url })}\n`, 0o600)
  return {
    listeners: [{ name: 'simulators', url }],
    stop: async () => {
      await rm(config.controlFile, { force: true })
      await Promise.all([faults.stop(), simulation.stop(), weather?.stop()])
    },
  }
})
