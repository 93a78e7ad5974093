import { join } from 'node:path'
import { runProcess } from '@harbor/protocol'
import { destination, pino } from 'pino'
import packageJson from '../package.json' with { type: 'json' }
import { prepareBox } from './bundle/prepare-box.ts'
import { readSettings } from './config.ts'
import { createHost } from './host.ts'
import { SOFTWARE_FOLDER } from './launch/launch-files.ts'
import { EXIT_FOR_SOFTWARE } from './launch/launch-state.ts'
import { createServiceManager } from './watchdog/service-manager.ts'
import { CHECK_MS, createWatchdog } from './watchdog/watchdog.ts'

/** What an end in order says to whoever started the process. */
let exitCode = 0
const { env, stdout, stderr } = process
const on = process.on.bind(process)
const exit = (code: number) => process.exit(code === 0 ? exitCode : code)
const endForSoftware = () => {
  exitCode = EXIT_FOR_SOFTWARE
  process.kill(process.pid, 'SIGTERM')
}

await runProcess('gateway', { env, on, exit, stdout, stderr }, async env => {
  const settings = readSettings(env)
  const log = pino({ level: settings.LOG_LEVEL, base: { process: 'gateway' } }, destination({ fd: 2, sync: true }))
  const { gatewayDir, GATEWAY_BUNDLE_DIR: bundleDir, GATEWAY_LAUNCHED: launchedAs } = settings
  await prepareBox({ gatewayDir, bundleDir, version: packageJson.version, log })
  const host = createHost(
    {
      gatewayDir,
      host: settings.HOST,
      lanPort: settings.GATEWAY_LAN_PORT,
      mqttUrl: settings.MQTT_URL,
      configTrialMs: settings.GATEWAY_CONFIG_TRIAL_MS,
      outboxBytes: settings.GATEWAY_OUTBOX_MB * 2 ** 20,
      backlogReadingsPerS: settings.GATEWAY_BACKLOG_READINGS_PER_S,
      version: packageJson.version,
      powerDir: settings.GATEWAY_POWER_DIR,
      ...(launchedAs !== undefined && {
        launch: { as: launchedAs, dir: join(gatewayDir, SOFTWARE_FOLDER), endProcess: endForSoftware },
      }),
    },
    { clock: Date.now, stopwatch: () => performance.now(), random: Math.random, log },
  )
  const { NOTIFY_SOCKET: socket, WATCHDOG_USEC: limitUs, GATEWAY_HEALTH_FILE: healthFile } = settings
  const watchdog = createWatchdog(
    { everyMs: limitUs === 0 ? CHECK_MS : limitUs / 2_000, isWatched: limitUs !== 0, healthFile },
    {
      check: host.check,
      manager: socket === undefined ? undefined : createServiceManager(socket),
      stopwatch: () => performance.now(),
      log,
    },
  )
  const listeners = await host.start()
  await watchdog.start()
  const stop = async () => {
    await watchdog.stop()
    await host.stop()
  }
  return { listeners, stop }
})
