import { spawn } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { configDesiredSchema, topics } from '@harbor/protocol'
import { connectAsync } from 'mqtt'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { ROOT, type Running, startProcess, stopProcess } from '../scripts/child-process.ts'
import { ensureSecrets, readDemoLogins } from '../scripts/secrets.ts'
import { type BrokerAccount, FOREIGN_BROKERS } from './foreign-brokers.ts'

const DISTRICTS = ['500161', '500162']
const GATEWAYS = 6
const PATIENCE = { timeout: 60_000, interval: 200 }

/** A command of the load generator; its answer and its exit code. */
async function load(
  args: readonly string[],
  env: Record<string, string>,
): Promise<{ said: string; code: number | null }> {
  const child = spawn(process.execPath, [join(ROOT, 'simulators/src/load-command.ts'), ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const ended = new Promise<number | null>(resolve => child.on('exit', resolve))
  return { said: await text(child.stdout), code: await ended }
}

/** Two servers that share secrets and fleet, each with a district and a registry of its own. */
async function startServers(folder: string, mqttUrl: string): Promise<{ running: Running; url: string }[]> {
  return Promise.all(
    DISTRICTS.map(async district => {
      const dataDir = join(folder, district)
      await mkdir(join(dataDir, 'demo'), { recursive: true })
      await writeFile(join(dataDir, 'demo/fleet.json'), await readFile(join(folder, 'demo/fleet.json')))
      const env = {
        DATA_DIR: dataDir,
        SECRETS_DIR: join(folder, 'secrets'),
        DEMO: '1',
        HTTP_PORT: '0',
        MQTT_URL: mqttUrl,
        INGEST_DISTRICTS: district,
        LOG_LEVEL: 'warn',
      }
      const running = startProcess({ name: `server ${district}`, entry: 'server/src/main.ts', env })
      onTestFinished(() => stopProcess(running, 4_000))
      const [listener] = await running.ready
      return { running, url: (listener?.url ?? '').replace(/\/$/, '') }
    }),
  )
}

async function metricsOf(url: string): Promise<(name: string) => number> {
  const lines = (await (await fetch(`${url}/metrics`)).text()).split('\n')
  return name => Number(lines.find(line => line.startsWith(`${name} `))?.slice(name.length + 1) ?? Number.NaN)
}

describe.each(FOREIGN_BROKERS)('over $name instead of our own broker', ({ name, isHere, start }) => {
  test.skipIf(!isHere())(
    'two servers with a district each take, store and acknowledge what is theirs, and a config reaches its gateway',
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'harbor-any-broker-'))
      onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
      const secretsDir = join(folder, 'secrets')
      ensureSecrets(secretsDir, true)
      const secret = async (file: string) => (await readFile(join(secretsDir, file), 'utf8')).trim()
      const fleetKey = await secret('demo-fleet-key')
      const ids = Array.from({ length: GATEWAYS }, (_, n) => `gw-load-${String(n).padStart(6, '0')}`)
      const accounts: BrokerAccount[] = [
        { name: 'server', password: await secret('mqtt-server') },
        ...ids.map(id => ({ name: id, password: createHmac('sha256', fleetKey).update(id).digest('hex') })),
      ]
      const env = { DATA_DIR: folder, SECRETS_DIR: secretsDir }
      const size = ['--gateways', String(GATEWAYS), '--districts', String(DISTRICTS.length)]
      expect((await load(['fleet', ...size], env)).code).toBe(0)
      await using broker = await start(accounts)
      const servers = await startServers(folder, broker.url)
      await vi.waitFor(async () => {
        for (const { url } of servers) expect((await metricsOf(url))('harbor_bus_connected')).toBe(1)
      }, PATIENCE)

      // Readings and their acknowledgements; the command compares what was acknowledged with what both servers have.
      const urls = servers.map(({ url }) => url).join()
      const options = ['--mqtt', broker.url, '--server', urls, '--interval', '0.5', '--minutes', '0.1', '--drain', '60']
      const { said, code } = await load(['run', ...size, ...options, '--json'], env)
      const result = JSON.parse(said) as { due: number; acked: number; check: Record<string, number> }
      expect([name, result.acked, code]).toEqual([name, result.due, 0])
      expect(result.due).toBeGreaterThan(GATEWAYS)
      expect(result.check).toMatchObject({ gateways: GATEWAYS, missing: 0, doubles: 0 })
      // Each has its own half, and nothing of the other's.
      const readings = (result.due / DISTRICTS.length) * 20
      for (const { url } of servers) {
        const stored = (await metricsOf(url))('harbor_ingest_readings_stored_total')
        expect(Math.abs(stored - readings)).toBeLessThanOrEqual(0.2 * readings)
        expect((await metricsOf(url))('harbor_ingest_rejected_total{reason="unknown_device"}')).toBe(0)
      }

      const [gateway, district] = [ids[0] ?? '', DISTRICTS[0] ?? '']
      const [first] = servers
      const admin = readDemoLogins(secretsDir).find(({ login }) => login === 'admin')
      const headers = { 'content-type': 'application/json', origin: first?.url ?? '' }
      const signedIn = await fetch(`${first?.url}/api/v1/session`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ login: 'admin', password: admin?.password }),
      })
      const cookie = signedIn.headers.getSetCookie()[0]?.split(';', 1)[0] ?? ''
      const give = (query: string) =>
        fetch(`${first?.url}/api/v1/fleet/gateways/${gateway}/config${query}`, {
          method: 'POST',
          headers: { ...headers, cookie },
          body: JSON.stringify({ devices: [{ id: 'load-000000-room', vendor: 'esphome', address: 'room' }] }),
        })
      // It has fewer devices than are registered: that is asked twice.
      const asked = (await (await give('')).json()) as { error: { details: { confirm: string } } }
      const given = await give(`?confirm=${asked.error.details.confirm}`)
      expect([given.status, await given.text()]).toEqual([
        expect.toSatisfy((status: number) => status < 300),
        expect.any(String),
      ])
      // Connected after it was published: the broker has kept it.
      const { password = '' } = accounts.find(account => account.name === gateway) ?? {}
      const client = await connectAsync(broker.url, {
        username: gateway,
        password,
        clientId: gateway,
        protocolVersion: 4,
      })
      onTestFinished(() => client.endAsync(true))
      const configs: string[] = []
      client.on('message', (_topic, payload) => configs.push(String(payload)))
      await client.subscribeAsync(topics.configDesired({ district, gateway }), { qos: 1 })
      await vi.waitFor(() => expect(configs.length).toBeGreaterThan(0), PATIENCE)
      expect(configDesiredSchema.safeParse(configs[0]).success).toBe(true)
    },
    300_000,
  )
})
