import { spawnSync } from 'node:child_process'
import { join, resolve } from 'node:path'
import { parseSettings, setting, startProblem } from '@harbor/protocol'
import { z } from 'zod'
import { type Listener, ROOT } from './child-process.ts'
import { ensureSecrets, readDemoLogins } from './secrets.ts'
import { type Supervisor, createSupervisor } from './supervisor.ts'
import { ensureWebBuilt } from './web-build.ts'

/** What the start itself decides by; each process reads the rest of the environment on its own. */
const settingsSchema = z.object({
  DATA_DIR: setting.text('./data'),
  SECRETS_DIR: z.string().optional(),
  DEMO: setting.flag(true),
  MQTT_URL: z
    .url({ protocol: /^(mqtts?|wss?)$/, error: 'expected an address such as mqtt://127.0.0.1:1883' })
    .optional(),
})

const say = (line: string) => process.stdout.write(`${line}\n`)
let supervisor: Supervisor | undefined
let stopping = false

const stopped = stopOnSignal()
try {
  await start()
} catch (error) {
  // A start that Ctrl-C cut short has not failed.
  if (!stopping) {
    process.stderr.write(`${startProblem(error)}\n`)
    await supervisor?.stop()
    process.exit(1)
  }
}
await stopped

/** Resolves, with all processes ended, after Ctrl-C, SIGTERM or a closed terminal. */
async function stopOnSignal(): Promise<void> {
  await new Promise<void>(done => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => done())
  })
  stopping = true
  say('stopping')
  await supervisor?.stop()
  process.exit(0)
}

async function start(): Promise<void> {
  const settings = parseSettings(settingsSchema, process.env)
  const dataDir = resolve(ROOT, settings.DATA_DIR)
  const secretsDir = settings.SECRETS_DIR === undefined ? join(dataDir, 'secrets') : resolve(ROOT, settings.SECRETS_DIR)
  const env: Record<string, string> = {
    DATA_DIR: dataDir,
    SECRETS_DIR: secretsDir,
    DEMO: settings.DEMO ? '1' : '0',
    GATEWAY_DIR: join(dataDir, 'gateways'),
  }
  ensureSecrets(secretsDir, settings.DEMO)
  ensureWebBuilt(ROOT, say)
  if (settings.DEMO) seedDemo(env)

  supervisor = createSupervisor(join(dataDir, 'logs'), say)
  if (settings.MQTT_URL === undefined) {
    const broker = await supervisor.start({
      name: 'broker',
      entry: 'broker/src/main.ts',
      env,
      onRestart: listeners => ({ MQTT_PORT: portOf(listeners, 'mqtt'), MQTT_WS_PORT: portOf(listeners, 'mqtt-ws') }),
    })
    env['MQTT_URL'] = urlOf(broker, 'mqtt')
  }
  const server = await supervisor.start({
    name: 'server',
    entry: 'server/src/main.ts',
    env,
    onRestart: listeners => ({ HTTP_PORT: portOf(listeners, 'web') }),
  })
  env['SERVER_URL'] = urlOf(server, 'web').replace(/\/$/, '')
  const nodeRed = supervisor.start({
    name: 'node-red',
    entry: 'node-red-flows/src/main.ts',
    env,
    onRestart: listeners => ({ NODE_RED_PORT: portOf(listeners, 'node-red') }),
  })
  // Watched below; a failure must not count as unhandled while the fleet is started.
  nodeRed.catch(() => undefined)
  if (settings.DEMO) await startFleet(env, supervisor)
  await nodeRed
  greet(settings.DEMO, secretsDir, env['SERVER_URL'])
}

/** The demo's stations: the real gateway code, and the devices that talk to it. */
async function startFleet(env: Record<string, string>, supervisor: Supervisor): Promise<void> {
  await supervisor.start({ name: 'gateway', entry: 'gateway/src/main.ts', env: { ...env, GATEWAY_LAN_PORT: '0' } })
  await supervisor.start({ name: 'simulators', entry: 'simulators/src/main.ts', env })
}

function seedDemo(env: Record<string, string>): void {
  const seed = spawnSync(process.execPath, [join(ROOT, 'simulators/src/seed-command.ts')], {
    env: { ...process.env, ...env },
    encoding: 'utf8',
  })
  if (seed.status !== 0) throw new Error(`making the demo fleet failed: ${seed.stderr.trim()}`)
}

function greet(demo: boolean, secretsDir: string, url: string): void {
  if (!demo) return
  for (const { login, password, role } of readDemoLogins(secretsDir)) say(`login ${login} ${password} (${role})`)
  say(
    `finder ${url}/ · console ${url}/console/ · break something: npm run fault -- cq-500103-01 fridge compressor-dead`,
  )
  say('Ctrl-C stops everything; the data stays')
}

function urlOf(listeners: readonly Listener[], name: string): string {
  const listener = listeners.find(candidate => candidate.name === name)
  if (listener === undefined) throw new Error(`no "ready ${name}" line was printed`)
  return listener.url
}

function portOf(listeners: readonly Listener[], name: string): string {
  return new URL(urlOf(listeners, name)).port
}
