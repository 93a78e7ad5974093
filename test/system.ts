import { execFile } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import { type Fleet, gatewayConfigSchema } from '@harbor/protocol'
import { connectAsync } from 'mqtt'
import { type Listener, ROOT, type Running, startProcess, stopProcess } from '../scripts/child-process.ts'
import { registryEnv } from '../server/test/test-registry.ts'
import { ensureSecrets, readDemoLogins } from '../scripts/secrets.ts'

/** The processes a test can kill one by one. */
export type ProcessName = 'broker' | 'server' | 'gateway' | 'simulators'

const ENTRIES: Record<ProcessName, string> = {
  broker: 'broker/src/main.ts',
  server: 'server/src/main.ts',
  gateway: 'gateway/src/main.ts',
  simulators: 'simulators/src/main.ts',
}

/** A running system of real processes on free ports of the loopback, in a folder of its own. */
export interface System extends AsyncDisposable {
  readonly dataDir: string
  /** The server, without a trailing slash. */
  readonly webUrl: string
  readonly mqttUrl: string
  /** The gateway's listener for the station's devices. */
  readonly lanUrl: string
  secretOf: (gateway: string) => string
  /** kill -9, then the same process again on the same port; resolves when it listens. */
  killAndRestart: (name: ProcessName) => Promise<void>
  /** A GET as a signed-in member of staff; throws on any status but 200. */
  get: (path: string) => Promise<unknown>
  /** A POST as the same; throws on any status that is no success. */
  post: (path: string, body: unknown) => Promise<unknown>
  /** A PUT as the same. */
  put: (path: string, body: unknown) => Promise<unknown>
  /** Login and password of a person of the demo. */
  loginOf: (login: string) => { login: string; password: string }
  /** A process' log so far, for a failing test to show. */
  logOf: (name: ProcessName) => string
}

export interface SystemOptions {
  /** Absent or true: a gateway process runs; false: the test speaks for the gateways itself. */
  hasGateway?: boolean
  /** The fleet's devices live by themselves; otherwise the test speaks for them. */
  withSimulators?: boolean
  /** Nothing goes in the clear: TLS everywhere, and the gateways show certificates in place of secrets. */
  withTls?: boolean
  /** The pages that the server serves; absent: those of the last build. */
  webDir?: string
  /** More settings, for all of its processes. */
  env?: Record<string, string>
}

/** Starts broker, server and gateway for `fleet`, and its simulators where they are wanted. */
export async function startSystem(
  fleet: Fleet,
  { hasGateway = true, withSimulators = false, withTls = false, webDir, env: more = {} }: SystemOptions = {},
): Promise<System> {
  const dataDir = await mkdtemp(join(tmpdir(), 'harbor-system-'))
  const secretsDir = join(dataDir, 'secrets')
  ensureSecrets(secretsDir, true)
  const fleetKey = (await readFile(join(secretsDir, 'demo-fleet-key'), 'utf8')).trim()
  const secretOf = (gateway: string) => createHmac('sha256', fleetKey).update(gateway).digest('hex')
  await writeFleet(dataDir, fleet, secretOf)

  const env: Record<string, string> = {
    DATA_DIR: dataDir,
    SECRETS_DIR: secretsDir,
    GATEWAY_DIR: join(dataDir, 'gateways'),
    DEMO: '1',
    LOG_LEVEL: 'info',
    MQTT_PORT: '0',
    MQTT_WS_PORT: '0',
    HTTP_PORT: '0',
    GATEWAY_LAN_PORT: '0',
    SIMULATORS_PORT: '0',
    // The registry that this run tests on.
    ...(await registryEnv(dataDir)),
    ...(webDir !== undefined && { WEB_DIR: webDir }),
    ...more,
  }
  if (withTls) Object.assign(env, await makeCertificates(dataDir, fleet))
  const running = new Map<ProcessName, Running>()
  const logs = new Map<ProcessName, string[]>()
  const start = async (name: ProcessName): Promise<Listener[]> => {
    const log = logs.get(name) ?? []
    logs.set(name, log)
    const process = startProcess(
      { name, entry: ENTRIES[name], env },
      // The last lines are enough to see why; a chatty process must not fill the test's memory.
      { log: line => log.push(line) > 500 && log.shift() },
    )
    running.set(name, process)
    return process.ready
  }
  const stop = async () => {
    await Promise.all([...running.values()].map(process => stopProcess(process, 4_000)))
    await rm(dataDir, { recursive: true, force: true })
  }

  try {
    const mqttUrl = urlOf(await start('broker'), withTls ? 'mqtts' : 'mqtt')
    env['MQTT_URL'] = mqttUrl
    env[withTls ? 'MQTTS_PORT' : 'MQTT_PORT'] = new URL(mqttUrl).port
    const webUrl = urlOf(await start('server'), 'web').replace(/\/$/, '')
    env['HTTP_PORT'] = new URL(webUrl).port
    if (hasGateway) await start('gateway')
    else await untilAccepted(mqttUrl, fleet, secretOf)
    const lanUrl = hasGateway ? await lanUrlOf(dataDir, fleet) : ''
    // One gateway in the process, so it may keep the port it got: devices on a real LAN know one address.
    if (hasGateway && fleet.gateways.length === 1) env['GATEWAY_LAN_PORT'] = new URL(lanUrl).port
    if (withSimulators) await start('simulators')
    const loginOf = (login: string) => {
      const person = readDemoLogins(secretsDir).find(candidate => candidate.login === login)
      if (person === undefined) throw new Error(`the demo has no person called ${login}`)
      return { login, password: person.password }
    }
    let cookie: string | undefined
    const request = async (
      path: string,
      init: { method?: string; headers?: Record<string, string>; body?: string },
    ) => {
      cookie ??= await signIn(webUrl, loginOf('admin'))
      const response = await fetch(`${webUrl}${path}`, { ...init, headers: { ...init.headers, cookie } })
      if (!response.ok) throw new Error(`${init.method ?? 'GET'} ${path}: ${response.status} ${await response.text()}`)
      return response.headers.get('content-type')?.includes('json') ? response.json() : response.text()
    }
    const json = (method: string, body: unknown) => ({
      method,
      headers: { 'content-type': 'application/json', origin: webUrl },
      body: JSON.stringify(body),
    })
    return {
      dataDir,
      webUrl,
      mqttUrl,
      lanUrl,
      secretOf,
      loginOf,
      logOf: name => (logs.get(name) ?? []).join('\n'),
      killAndRestart: async name => {
        const process = running.get(name)
        process?.child.kill('SIGKILL')
        await process?.ended
        await start(name)
      },
      get: path => request(path, {}),
      post: (path, body) => request(path, json('POST', body)),
      put: (path, body) => request(path, json('PUT', body)),
      [Symbol.asyncDispose]: stop,
    }
  } catch (error) {
    const tails = [...logs].map(([name, lines]) => `--- ${name}\n${lines.slice(-5).join('\n')}`)
    await stop()
    throw new Error(`the system did not start\n${tails.join('\n')}`, { cause: error })
  }
}

/** A gateway tries again until the broker has its account; a test that speaks for one waits here instead. */
async function untilAccepted(mqttUrl: string, fleet: Fleet, secretOf: (gateway: string) => string): Promise<void> {
  const deadlineMs = Date.now() + 30_000
  for (const { id } of fleet.gateways) {
    for (;;) {
      try {
        const client = await connectAsync(mqttUrl, { username: id, password: secretOf(id), reconnectPeriod: 0 }, false)
        await client.endAsync()
        break
      } catch (error) {
        if (Date.now() > deadlineMs) throw new Error(`the broker does not know ${id}`, { cause: error })
        await setTimeout(50)
      }
    }
  }
}

async function signIn(webUrl: string, person: { login: string; password: string }): Promise<string> {
  const response = await fetch(`${webUrl}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: webUrl },
    body: JSON.stringify(person),
  })
  const cookie = response.headers.getSetCookie()[0]?.split(';', 1)[0]
  if (!response.ok || cookie === undefined) throw new Error(`sign-in: ${response.status} ${await response.text()}`)
  return cookie
}

async function writeFleet(dataDir: string, fleet: Fleet, secretOf: (gateway: string) => string): Promise<void> {
  await mkdir(join(dataDir, 'demo'), { recursive: true })
  await writeFile(join(dataDir, 'demo', 'fleet.json'), JSON.stringify(fleet))
  for (const { id, station, district } of fleet.gateways) {
    const dir = join(dataDir, 'gateways', id)
    await mkdir(dir, { recursive: true })
    const devices = fleet.devices
      .filter(device => device.gateway === id)
      .map(({ gateway: _, ...device }) => ({
        ...device,
        applianceKind: fleet.appliances.find(one => one.id === device.appliance)?.kind,
      }))
    const config = gatewayConfigSchema.parse({ version: 1, gateway: id, station, district, devices })
    await writeFile(join(dir, 'config.json'), JSON.stringify(config))
    await writeFile(join(dir, 'secret'), secretOf(id), { mode: 0o600 })
  }
}

/** An authority, the broker's certificate and one for each gateway, whose secret is taken away; returns what the processes are told. */
async function makeCertificates(dataDir: string, fleet: Fleet): Promise<Record<string, string>> {
  const run = promisify(execFile)
  const ca = (...args: string[]) =>
    run(process.execPath, [join(ROOT, 'broker/src/ca-command.ts'), ...args], {
      env: { ...process.env, DATA_DIR: dataDir },
    })
  const dir = join(dataDir, 'ca')
  await ca('init')
  await ca('server', '127.0.0.1')
  for (const { id } of fleet.gateways) {
    await ca('gateway', id)
    const folder = join(dataDir, 'gateways', id)
    await copyFile(join(dir, 'gateways', `${id}.pem`), join(folder, 'client.pem'))
    await copyFile(join(dir, 'gateways', `${id}.key`), join(folder, 'client.key'))
    await rm(join(folder, 'secret'))
  }
  await copyFile(join(dir, 'ca.pem'), join(dataDir, 'gateways', 'ca.pem'))
  return {
    MQTT_PLAIN: '0',
    MQTTS_PORT: '0',
    MQTTS_WS_PORT: '0',
    TLS_CERT_FILE: join(dir, 'server.pem'),
    TLS_KEY_FILE: join(dir, 'server.pem'),
    TLS_CLIENT_CA_FILE: join(dir, 'ca.pem'),
    TLS_CRL_FILE: join(dir, 'crl.pem'),
    MQTT_CA_FILE: join(dir, 'ca.pem'),
  }
}

async function lanUrlOf(dataDir: string, fleet: Fleet): Promise<string> {
  const gateway = fleet.gateways[0]
  if (gateway === undefined) throw new Error('the fleet has no gateway')
  const lan = JSON.parse(await readFile(join(dataDir, 'gateways', gateway.id, 'lan.json'), 'utf8')) as { url: string }
  return lan.url
}

function urlOf(listeners: readonly Listener[], name: string): string {
  const listener = listeners.find(candidate => candidate.name === name)
  if (listener === undefined) throw new Error(`no "ready ${name}" line`)
  return listener.url
}

/** The folder of real payloads and traces beside the checkout, or undefined where it is not there. */
export function sharedDataDir(): string | undefined {
  const dir = process.env['HARBOR_SHARED_DATA'] ?? join(import.meta.dirname, '..', '..', 'shared', 'data')
  return existsSync(dir) ? dir : undefined
}
