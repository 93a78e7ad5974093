import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import { type Metric, PUBLIC_NAMESPACE, STAFF_NAMESPACE, encodeTelemetry, topics } from '@harbor/protocol'
import { type Socket, io } from 'socket.io-client'
import { type Histogram, createHistogram } from '../src/load/histogram.ts'
import { type LoadConnection, openLoadConnection } from '../src/load/load-connection.ts'
import { loadAddress, loadDevice, loadStation } from '../src/load/load-fleet.ts'
import { readingsPerS } from '../src/load/load-report.ts'
import { runLoad } from '../src/load/load-run.ts'
import { gatewaySecret } from '../src/fleet/seed-files.ts'
import { ingestPlan } from './ingest.ts'
import { type Harbor, startHarbor } from './rig.ts'

/** Stations beside the load whose pages are looked at; a page may look at 50. */
const PROBES = 40
/** Between two changes that are looked for. */
const PROBE_EVERY_MS = 250
/** What a page is shown must not be later in 99 of 100 cases. */
const TARGET_MS = 500

export interface LatencyOptions {
  minutes: number
  gateways: number
  /** Readings a second beside the probes: half of what the machine can do at most. */
  rate: number
  pack: number
  print: (line: string) => void
}

/** How long a reading takes to a page, and a fault to a maintainer's page, under load. True when both keep to the target. */
export async function benchLatency(options: LatencyOptions): Promise<boolean> {
  const { gateways, print } = options
  const harbor = await startHarbor({ gateways: gateways + PROBES, districts: 4 })
  const sockets: Socket[] = []
  const probes: LoadConnection[] = []
  try {
    const page = io(`${harbor.webUrl}${PUBLIC_NAMESPACE}`, { transports: ['websocket'], forceNew: true })
    const staff = io(`${harbor.webUrl}${STAFF_NAMESPACE}`, {
      transports: ['websocket'],
      forceNew: true,
      extraHeaders: { cookie: await signIn(harbor) },
    })
    sockets.push(page, staff)
    const numbers = Array.from({ length: PROBES }, (_, index) => gateways + index)
    probes.push(...(await Promise.all(numbers.map(n => openProbe(harbor, n)))))
    await page.timeout(30_000).emitWithAck('look', { box: null, stations: numbers.map(loadStation) })
    const looking = new AbortController()
    let probing: Promise<{ pages: Histogram; alerts: Histogram; missed: number }> | undefined
    const result = await runLoad(ingestPlan(harbor, options), 1, {
      stopwatch: () => performance.now(),
      fleetKey: harbor.fleetKey,
      onRunning: () => (probing = probe({ probes, numbers, page, staff, signal: looking.signal })),
    })
    looking.abort()
    const told = await probing
    if (told === undefined) return false
    const { pages, alerts, missed } = told
    print(`  load beside it: ${readingsPerS(ingestPlan(harbor, options), result).toFixed(0)} readings a second`)
    const line = (what: string, histogram: Histogram) =>
      `  ${what}: ${histogram.count()} times, median ${histogram.quantile(0.5)?.toFixed(0)} ms, p99 ${histogram.quantile(0.99)?.toFixed(0)} ms, longest ${histogram.quantile(1)?.toFixed(0)} ms`
    print(line('reading to the page of a visitor', pages))
    print(line("smoke to the page of a maintainer (the rule's own time is 0)", alerts))
    if (missed > 0) print(`  never seen: ${missed}`)
    return missed === 0 && [pages, alerts].every(histogram => (histogram.quantile(0.99) ?? Infinity) <= TARGET_MS)
  } finally {
    for (const socket of sockets) socket.disconnect()
    for (const probe of probes) probe.cut()
    await harbor.stop()
  }
}

interface Probing {
  probes: readonly LoadConnection[]
  numbers: readonly number[]
  page: Socket
  staff: Socket
  signal: AbortSignal
}

/** Changes one station after another, and takes the time until the pages show it. */
async function probe({ probes, numbers, page, staff, signal }: Probing) {
  const pages = createHistogram()
  const alerts = createHistogram()
  const sentPeople = new Map<string, { value: number; atMs: number }>()
  const sentSmoke = new Map<string, number>()
  page.on('stations', ({ stations }: { stations: { id: string; space: { people?: number } }[] }) => {
    for (const { id, space } of stations) {
      const sent = sentPeople.get(id)
      if (sent === undefined || sent.value !== space.people) continue
      pages.record(performance.now() - sent.atMs)
      sentPeople.delete(id)
    }
  })
  staff.on('alert', ({ station, rule }: { station: string; rule: string }) => {
    const atMs = sentSmoke.get(station)
    if (atMs === undefined || rule !== 'smoke') return
    alerts.record(performance.now() - atMs)
    sentSmoke.delete(station)
  })
  let missed = 0
  for (let round = 0; !signal.aborted; round++) {
    const index = round % PROBES
    const n = numbers[index] ?? 0
    const station = loadStation(n)
    const value = 1 + (Math.floor(round / PROBES) % 200)
    if (sentPeople.has(station)) missed += 1
    sentPeople.set(station, { value, atMs: performance.now() })
    say(probes[index], n, { seq: 2 * round + 1, device: 'people', metric: 'people', value })
    // Each station burns once; the first round is for what has to warm up.
    if (round >= PROBES && round < 2 * PROBES) {
      sentSmoke.set(station, performance.now())
      say(probes[index], n, { seq: 2 * round + 2, device: 'room', metric: 'smoke', value: 1 })
    }
    await wait(PROBE_EVERY_MS)
  }
  await wait(2_000)
  return { pages, alerts, missed: missed + sentPeople.size + sentSmoke.size }
}

interface Word {
  seq: number
  device: 'people' | 'room'
  metric: Metric
  value: number
}

function say(probe: LoadConnection | undefined, n: number, { seq, device, metric, value }: Word): void {
  const readings = [{ device: loadDevice(n, device), metric, timeMs: Date.now(), value }]
  // Nothing is sent again here: what is lost shall be seen as missed.
  probe?.publish(
    topics.telemetry(loadAddress(n, 4)),
    encodeTelemetry({ seq, boot: 'probe', base: seq, readings }),
    false,
  )
}

function openProbe({ mqtt, fleetKey }: Harbor, n: number): Promise<LoadConnection> {
  const address = loadAddress(n, 4)
  return new Promise((resolve, reject) => {
    const connection = openLoadConnection(
      { ...mqtt, localAddress: undefined },
      { address, secret: gatewaySecret(fleetKey, address.gateway), keepaliveS: 600 },
      {
        onUp: () => resolve(connection),
        onAck: () => undefined,
        onTaken: () => undefined,
        onDown: reason => reject(new Error(`a probe is not connected: ${reason}`)),
      },
    )
  })
}

async function signIn({ webUrl, dataDir }: Harbor): Promise<string> {
  const logins = JSON.parse(await readFile(join(dataDir, 'secrets/demo-logins.json'), 'utf8')) as {
    login: string
    password: string
  }[]
  const { login, password } = logins.find(person => person.login === 'admin') ?? {}
  const response = await fetch(`${webUrl}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: webUrl },
    body: JSON.stringify({ login, password }),
  })
  const cookie = response.headers.getSetCookie()[0]?.split(';', 1)[0]
  if (cookie === undefined) throw new Error(`sign-in: ${response.status}`)
  return cookie
}
