import { randomBytes, randomUUID } from 'node:crypto'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runProcess } from '@harbor/protocol'
import { destination, pino } from 'pino'
import { startApp } from './app.ts'
import { MQTT_BUS_DEFAULTS, createMqttBus, serverClientId } from './bus/mqtt-bus.ts'
import { readSettings } from './config.ts'
import { createMetrics } from './metrics/metrics.ts'
import { readSecret } from './registry/secret-file.ts'
import { telemetryOf } from './telemetry-of-settings.ts'

await runProcess('server', process, async env => {
  const settings = readSettings(env, dirname(dirname(fileURLToPath(import.meta.url))))
  const log = pino({ level: settings.logLevel, name: 'server' }, destination({ fd: 2, sync: true }))
  const metrics = createMetrics()
  const bus = createMqttBus(
    {
      ...MQTT_BUS_DEFAULTS,
      url: settings.mqttUrl,
      username: 'server',
      password: await readSecret(settings.secretsDir, 'mqtt-server'),
      caFile: settings.mqttCaFile,
      clientId: serverClientId(settings.ingestDistricts ?? []),
    },
    { log, metrics },
  )
  const app = await startApp(settings, {
    bus,
    store: await telemetryOf(settings, { clock: Date.now, random: Math.random, log, metrics }),
    metrics,
    log,
    nowMs: Date.now,
    random: Math.random,
    randomBytes,
    newId: randomUUID,
  })
  if (app.firstAdministratorCode !== undefined) {
    process.stdout.write(
      `first administrator: open ${app.url}console/ and enter the code ${app.firstAdministratorCode}\n`,
    )
  }
  return { listeners: [{ name: 'web', url: app.url }], stop: app.stop }
})
