import { randomBytes, randomUUID } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { type Reading, encodeTelemetry, topics } from '@harbor/protocol'
import { destination, pino } from 'pino'
import { startApp } from '../../src/app.ts'
import { readSettings } from '../../src/config.ts'
import { createMetrics } from '../../src/metrics/metrics.ts'
import { importFleet } from '../../src/registry/fleet-import.ts'
import { openRegistry } from '../../src/registry/open-registry.ts'
import { telemetryOf } from '../../src/telemetry-of-settings.ts'
import { createMemoryBus } from '../../test/memory-bus.ts'
import { writeSigningKey } from '../../test/signing-key.ts'
import type { ServerAnswer, ServerOrder } from './messages.ts'
import { randomOf, syntheticCountry } from './country.ts'

/*
 * The server under test, in a process of its own: the whole of it, with the embedded store. Only the broker is left out:
 * what a gateway would have published comes in by the same handler.
 */

const [dataDir = '', sizeText = '', seedText = ''] = process.argv.slice(2)
const size = Number(sizeText)
const seed = Number(seedText)
const tell = (answer: ServerAnswer) => process.send?.(answer)

await mkdir(join(dataDir, 'secrets'), { recursive: true })
await writeSigningKey(join(dataDir, 'secrets'))
await writeFile(join(dataDir, 'secrets/visitor-key'), `${'ab'.repeat(32)}\n`)
await writeFile(join(dataDir, 'secrets/second-factor-key'), `${'ab'.repeat(32)}\n`)
await writeFile(join(dataDir, 'secrets/push-key'), Buffer.alloc(32, 7).toString('base64url'))
const fleet = syntheticCountry(size, seed)
const registry = await openRegistry(join(dataDir, 'registry.sqlite'))
await importFleet(registry, fleet, () => 'ab'.repeat(32))
await registry.destroy()
const counters = fleet.devices
  .filter(({ id }) => id.endsWith('-people'))
  .map(({ id, gateway }) => ({
    device: id,
    gateway,
    station: gateway.slice(3),
    district: gateway.slice(5, 11),
    seq: 0,
  }))
const stations = fleet.stations.map(({ id, latDeg, lngDeg, district }) => ({ id, latDeg, lngDeg, district }))
fleet.stations.length = 0
fleet.appliances.length = 0
fleet.devices.length = 0
fleet.gateways.length = 0
globalThis.gc?.()

const log = pino({ level: 'error' }, destination({ fd: 2, sync: true }))
const metrics = createMetrics()
const settings = readSettings({ DATA_DIR: dataDir, HTTP_PORT: '0' }, import.meta.dirname)
const bus = createMemoryBus()
const rssBeforeMb = rssMb()
const startedMs = performance.now()
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
const startS = (performance.now() - startedMs) / 1_000
let indexS: number | undefined
while (indexS === undefined) {
  const answer = await fetch(`${app.url}api/v1/stations/search?q=x`)
  await answer.arrayBuffer()
  if (answer.status === 200) indexS = (performance.now() - startedMs) / 1_000
  else await new Promise(resolve => setTimeout(resolve, 50))
}
globalThis.gc?.()
tell({ kind: 'ready', url: app.url, startS, indexS, rssBeforeMb, rssMb: rssMb(), stations })

let changing: NodeJS.Timeout | undefined
let changed = 0
const random = randomOf(seed + 1)

/** Lets counters of people of one city report, each time another number. */
function change(perSecond: number, city: string): void {
  const there = counters.filter(({ district }) => district.startsWith(city))
  const everyMs = 20
  const beganMs = performance.now()
  let made = 0
  changing = setInterval(() => {
    // By the clock: a timer that comes late makes up for it.
    for (const due = ((performance.now() - beganMs) * perSecond) / 1_000; made < due; made += 1) {
      const counter = there[Math.floor(random() * there.length)]
      if (counter === undefined) return
      counter.seq += 1
      changed += 1
      const reading: Reading = {
        device: counter.device,
        metric: 'people',
        timeMs: Date.now(),
        value: Math.floor(random() * 30),
      }
      bus
        .receive(
          topics.telemetry({ district: counter.district, gateway: counter.gateway }),
          encodeTelemetry({ seq: counter.seq, boot: `boot-${seed}`, readings: [reading] }),
        )
        .catch((error: unknown) => log.error({ error }, 'a reading was not taken'))
    }
  }, everyMs)
}

const turns = monitorEventLoopDelay({ resolution: 5 })
turns.enable()
let cpuBefore = process.cpuUsage()
process.on('message', (order: ServerOrder) => {
  if (order.kind === 'change') change(order.perSecond, order.city)
  if (order.kind === 'rest') clearInterval(changing)
  if (order.kind === 'measure') {
    const { user, system } = process.cpuUsage(cpuBefore)
    const stallMs = Math.round(turns.max / 1e6)
    if (order.collect === true) globalThis.gc?.()
    const heapMb = Math.round(process.memoryUsage().heapUsed / 1e6)
    tell({ kind: 'measured', cpuS: (user + system) / 1e6, rssMb: rssMb(), heapMb, changed, stallMs })
    cpuBefore = process.cpuUsage()
    // Collecting is no stall of the server's; its end is seen by the next look at the clock.
    setTimeout(() => turns.reset(), 50)
    changed = 0
  }
  if (order.kind === 'stop') {
    clearInterval(changing)
    app.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    )
  }
})

function rssMb(): number {
  return Math.round(process.memoryUsage().rss / 1e6)
}
