import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { arch, cpus, release, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { buildLoadFleet, loadDistricts } from '../src/load/load-fleet.ts'

const ROOT = join(import.meta.dirname, '../..')
/** How long a process may take until it listens: a server takes a country's fleet in at its first start. */
const START_LIMIT_MS = 240_000
const STOP_LIMIT_MS = 10_000

/** One process of ours under measurement. */
export interface Measured {
  name: string
  child: ChildProcess
  /** By name, as in its `ready NAME URL` lines. */
  urls: ReadonlyMap<string, string>
  stop: () => Promise<void>
}

/** A broker and a server with a fleet of the load, in a folder of their own. */
export interface Harbor {
  broker: Measured
  server: Measured
  dataDir: string
  mqtt: { host: string; port: number }
  /** Without a trailing slash. */
  webUrl: string
  /** The broker's `/metrics`. */
  brokerMetricsUrl: string
  fleetKey: string
  stop: () => Promise<void>
}

export interface HarborOptions {
  gateways: number
  districts: number
  /** Of all districts, those of this one; undefined: all. */
  only?: readonly string[]
  /** Options of Node for both, such as --cpu-prof. */
  nodeOptions?: readonly string[]
  env?: Record<string, string>
  /** Secrets of an installation that this one is a part of. */
  secretsDir?: string
}

/** Starts a process and resolves when it listens. Its log goes nowhere but for its last words, when it fails. */
export async function startMeasured(
  name: string,
  entry: string,
  { env, nodeOptions = [] }: { env: Record<string, string>; nodeOptions?: readonly string[] },
): Promise<Measured> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...nodeOptions, join(ROOT, entry)], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    // The channel ends it when this process is gone, however it went.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const urls = new Map<string, string>()
  let lastWords = ''
  createInterface({ input: child.stderr as NodeJS.ReadableStream }).on('line', line => (lastWords = line))
  const ended = new Promise<void>(resolve => child.once('close', () => resolve()))
  const stop = async () => {
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS)
    await ended
    clearTimeout(timer)
  }
  const ready = new Promise<void>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`${name} is not ready: ${lastWords}`)), START_LIMIT_MS)
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', line => {
      const [word, listener, url] = line.split(' ')
      if (word !== 'ready' || listener === undefined || url === undefined) return
      urls.set(listener, url)
      clearTimeout(late)
      setImmediate(resolve)
    })
    void ended.then(() => reject(new Error(`${name} ended: ${lastWords}`)))
  })
  try {
    await ready
  } catch (error) {
    await stop()
    throw error
  }
  return { name, child, urls, stop }
}

/** Makes the secrets of an installation. */
export async function makeSecrets(secretsDir: string): Promise<void> {
  const child = spawn(process.execPath, [join(ROOT, 'scripts/secrets-command.ts')], {
    env: { ...process.env, SECRETS_DIR: secretsDir, DEMO: '1' },
    stdio: 'inherit',
  })
  await new Promise<void>((resolve, reject) =>
    child.once('exit', code => (code === 0 ? resolve() : reject(new Error(`secrets: exit code ${code}`)))),
  )
}

export async function startHarbor(options: HarborOptions): Promise<Harbor> {
  const { gateways, districts, only, nodeOptions } = options
  const dataDir = await mkdtemp(join(tmpdir(), 'harbor-bench-'))
  const started: Measured[] = []
  const stop = async () => {
    for (const measured of started.toReversed()) await measured.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
  try {
    const secretsDir = options.secretsDir ?? join(dataDir, 'secrets')
    if (options.secretsDir === undefined) await makeSecrets(secretsDir)
    await mkdir(join(dataDir, 'demo'), { recursive: true })
    await writeFile(join(dataDir, 'demo/fleet.json'), JSON.stringify(buildLoadFleet({ gateways, districts }, only)))
    const env = {
      DATA_DIR: dataDir,
      SECRETS_DIR: secretsDir,
      LOG_LEVEL: 'warn',
      DEMO: '1',
      MQTT_PORT: '0',
      MQTT_WS_PORT: '0',
      HTTP_PORT: '0',
      MQTT_MAX_CONNECTIONS: '19000',
      ...(only !== undefined && { INGEST_DISTRICTS: only.join() }),
      ...options.env,
    }
    const broker = await startMeasured('broker', 'broker/src/main.ts', { env, nodeOptions: nodeOptions ?? [] })
    started.push(broker)
    const mqttUrl = new URL(urlOf(broker, 'mqtt'))
    const server = await startMeasured('server', 'server/src/main.ts', {
      env: { MQTT_URL: mqttUrl.href, ...env },
      nodeOptions: nodeOptions ?? [],
    })
    started.push(server)
    return {
      broker,
      server,
      dataDir,
      mqtt: { host: mqttUrl.hostname, port: Number(mqttUrl.port) },
      webUrl: urlOf(server, 'web').replace(/\/$/, ''),
      brokerMetricsUrl: new URL('/metrics', urlOf(broker, 'mqtt-ws').replace(/^ws/, 'http')).href,
      fleetKey: (await readFile(join(secretsDir, 'demo-fleet-key'), 'utf8')).trim(),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

export function urlOf(measured: Measured, listener: string): string {
  const url = measured.urls.get(listener)
  if (url === undefined) throw new Error(`${measured.name} printed no "ready ${listener}"`)
  return url
}

/** Processor time and memory of a process, as Linux counts them. */
export interface Usage {
  /** User and system time since its start, in ms. */
  cpuMs: number
  rssBytes: number
}

/** Ticks of /proc/PID/stat a second: USER_HZ, 100 on every Linux that Node runs on. */
const TICK_MS = 10

export async function usageOf({ child }: Pick<Measured, 'child'>): Promise<Usage> {
  const stat = await readFile(`/proc/${child.pid}/stat`, 'utf8')
  // After the name, which may hold spaces, in brackets: fields 3 on (proc(5)).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const status = await readFile(`/proc/${child.pid}/status`, 'utf8')
  const rssKb = Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0)
  return { cpuMs: (Number(fields[11]) + Number(fields[12])) * TICK_MS, rssBytes: rssKb * 1_024 }
}

/** The machine and what runs on it, in one line. */
export function machineLine(): string {
  const [cpu] = cpus()
  return `${cpus().length} × ${cpu?.model.trim() ?? 'unknown'}, ${(totalmem() / 2 ** 30).toFixed(0)} GB, Linux ${release()} ${arch()}, Node ${process.versions.node}; broker, server and load on it together`
}

/** The middle of some values, and how far they lie apart. */
export function medianOf(values: readonly number[]): { median: number; low: number; high: number } {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (index: number) => sorted[index] ?? Number.NaN
  const half = Math.floor(sorted.length / 2)
  const median = sorted.length % 2 === 1 ? at(half) : (at(half - 1) + at(half)) / 2
  return { median, low: at(0), high: at(sorted.length - 1) }
}

/** The districts of part `n` of `parts`, by turns: as the load gives its districts to its brokers. */
export function districtsOfPart(districts: number, n: number, parts: number): string[] {
  return loadDistricts(districts).filter((_, index) => index % parts === n)
}
