import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { GatewayConfig } from '@harbor/protocol'
import { openOutbox } from '../src/outbox/open-outbox.ts'
import type { Outbox } from '../src/outbox/outbox.ts'
import { writeGatewayFolder } from '../test/support/devices.ts'

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))

/** How a gateway is to be started on a small box: without the two compilers that would take 10 MB to save little of its time. */
export const NODE_FLAGS = [
  '--max-semi-space-size=1',
  '--max-old-space-size=64',
  '--optimize-for-size',
  '--no-opt',
  '--no-maglev',
]

const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined }

/** A figure with its unit, one line. */
export function say(what: string, figure: string): void {
  process.stdout.write(`${what.padEnd(58)} ${figure}\n`)
}

/** What the figures were measured on. */
export function sayMachine(): void {
  const [cpu] = cpus()
  say('machine', `${cpus().length} x ${cpu?.model.trim() ?? 'unknown'}, node ${process.versions.node}`)
}

/** A station with `count` Tasmota plugs, plug-0 to plug-{count - 1}. */
export function plugs(count: number): GatewayConfig {
  return {
    version: 1,
    gateway: 'gw-500103-01',
    station: 'cq-500103-01',
    district: '500103',
    timeZone: 'Asia/Shanghai',
    devices: Array.from({ length: count }, (_, n) => ({
      id: `plug-${n}`,
      vendor: 'tasmota' as const,
      address: `plug-${n}`,
    })),
  }
}

/** A gateway as a process of its own, in a folder of its own. */
export interface GatewayProcess {
  folder: string
  lanUrl: string
  /** Fails when it is not up within a minute. */
  launch: (mqttUrl: string) => Promise<void>
  end: (signal: 'SIGKILL' | 'SIGTERM') => Promise<void>
  /** Resident memory now and at its highest, bytes, as the system counts it. */
  memory: () => { nowBytes: number; peakBytes: number }
  /** CPU time used so far, ms. */
  cpuMs: () => number
  pid: () => number
  /** While the process is not running: its outbox. */
  withOutbox: <T>(work: (outbox: Outbox) => T) => T
  remove: () => Promise<void>
}

export async function createGatewayProcess(
  config: GatewayConfig,
  env: Record<string, string> = {},
): Promise<GatewayProcess> {
  const dir = await mkdtemp(join(tmpdir(), 'gateway-bench-'))
  const folder = await writeGatewayFolder(dir, config)
  const port = await freePort()
  let child: ChildProcess | undefined

  const running = (): number => {
    if (child?.pid === undefined) throw new Error('bench: the gateway is not running')
    return child.pid
  }
  const kilobytes = (name: string): number => {
    const found = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${running()}/status`, 'utf8'))
    return Number(found?.[1]) * 1_024
  }
  const end = async (signal: 'SIGKILL' | 'SIGTERM') => {
    const ending = child
    child = undefined
    if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return
    const ended = once(ending, 'exit')
    ending.kill(signal)
    await ended
  }
  return {
    folder,
    lanUrl: `mqtt://127.0.0.1:${port}`,
    launch: async mqttUrl => {
      const started = spawn(process.execPath, [...NODE_FLAGS, MAIN], {
        env: {
          PATH: process.env['PATH'],
          NODE_COMPILE_CACHE: join(tmpdir(), 'harbor-gateway-bench-cache'),
          GATEWAY_DIR: dir,
          MQTT_URL: mqttUrl,
          GATEWAY_LAN_PORT: String(port),
          LOG_LEVEL: 'error',
          ...env,
        },
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      child = started
      const ready = once(started.stdout, 'data')
      const gone = once(started, 'exit').then(() => Promise.reject(new Error('bench: the gateway did not start')))
      await Promise.race([ready, gone])
      gone.catch(() => undefined)
    },
    end,
    memory: () => ({ nowBytes: kilobytes('VmRSS'), peakBytes: kilobytes('VmHWM') }),
    cpuMs: () => {
      const fields = readFileSync(`/proc/${running()}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
      // proc(5): utime and stime, in ticks of 10 ms.
      return (Number(fields[11]) + Number(fields[12])) * 10
    },
    pid: running,
    withOutbox: work => {
      const outbox = openOutbox(
        join(folder, 'outbox.sqlite'),
        { maxBytes: 512 * 2 ** 20 },
        { clock: Date.now, log: SILENT },
      )
      try {
        return work(outbox)
      } finally {
        outbox.close()
      }
    },
    remove: async () => {
      await end('SIGKILL')
      await rm(dir, { recursive: true })
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise<void>(resolve => void server.close(() => resolve()))
  return port
}

export function pause(ms: number): Promise<void> {
  return new Promise(resolve => void setTimeout(resolve, ms))
}

/** Waits until `isDone`, looking every 50 ms; false when it is not within `limitMs`. */
export async function until(isDone: () => boolean, limitMs: number): Promise<boolean> {
  const startedAtMs = performance.now()
  while (!isDone()) {
    if (performance.now() - startedAtMs > limitMs) return false
    await pause(50)
  }
  return true
}

/** Puts `count` readings of `devices` devices, one each 10 s up to now, into the outbox. */
export function fillOutbox(gateway: GatewayProcess, devices: number, count: number): void {
  const startMs = Date.now() - (count / devices) * 10_000
  gateway.withOutbox(outbox => {
    for (let from = 0; from < count; from += 2_000) {
      const readings = Array.from({ length: Math.min(2_000, count - from) }, (_, k) => {
        const n = from + k
        // Tenths of a watt, as plugs say them.
        const value = ((n * 7_919) % 20_000) / 10
        return {
          device: `plug-${n % devices}`,
          metric: 'power' as const,
          timeMs: startMs + Math.floor(n / devices) * 10_000,
          value,
        }
      })
      outbox.commit({ readings, messages: [], atMs: Date.now() })
    }
  })
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
