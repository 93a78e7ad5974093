import type { MqttClient } from 'mqtt'
import { connectDevice } from '../test/support/devices.ts'
import { startServerDouble } from '../test/support/server-double.ts'
import { createGatewayProcess, pause, plugs, say, until } from './rig.ts'

const DEVICES = 10
/** Each device speaks this often. */
const TALK_MS = 500
/** What is killed stays away for up to this long. */
const MAX_DOWN_MS = 2_000
const KINDS = ['gateway', 'broker', 'server', 'link'] as const

/** Numbers in [0, 1), the same for the same seed (Mulberry32, public domain). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

export interface Kill {
  kind: (typeof KINDS)[number]
  atMs: number
  downMs: number
}

/** What is killed when: the seed alone decides. */
export function planKills(seed: number, { kills, ms }: { kills: number; ms: number }): Kill[] {
  const random = randomOf(seed)
  return Array.from({ length: kills }, () => ({
    kind: KINDS[Math.floor(random() * KINDS.length)] ?? 'link',
    atMs: Math.floor(random() * ms),
    downMs: Math.floor(random() * MAX_DOWN_MS),
  })).sort((a, b) => a.atMs - b.atMs)
}

/** Devices count; whatever is killed at random meanwhile, each number has to be at the server once. */
export async function benchKills({
  seed,
  kills,
  minutes,
}: {
  seed: number
  kills: number
  minutes: number
}): Promise<boolean> {
  const ms = minutes * 60_000
  const plan = planKills(seed, { kills, ms })
  say('seed, kills, minutes', `${seed}, ${kills}, ${minutes}`)
  const server = await startServerDouble({ ackDelayMs: 50, keepsPacks: false })
  const gateway = await createGatewayProcess(plugs(DEVICES))
  await gateway.launch(server.url)
  const devices = await Promise.all(Array.from({ length: DEVICES }, (_, n) => connectDevice(gateway.lanUrl, `d${n}`)))
  for (const device of devices) device.on('error', () => undefined)
  let confirmed = 0
  const publish = (device: MqttClient, topic: string, value: number) => {
    device.publish(topic, JSON.stringify({ ENERGY: { Power: value } }), { qos: 1 }, error => {
      // mqtt.js drops, and says so, what it was given while it sent older messages again and lost the connection.
      if (error) publish(device, topic, value)
      else confirmed += 1
    })
  }
  let said = 0
  const talk = setInterval(() => {
    said += 1
    for (const [n, device] of devices.entries()) publish(device, `tele/plug-${n}/SENSOR`, said)
  }, TALK_MS)

  const startedAtMs = performance.now()
  const done = { gateway: 0, broker: 0, server: 0, link: 0 }
  for (const { kind, atMs, downMs } of plan) {
    await pause(Math.max(0, startedAtMs + atMs - performance.now()))
    done[kind] += 1
    if (kind === 'gateway') {
      await gateway.end('SIGKILL')
      await pause(downMs)
      await gateway.launch(server.url)
    } else if (kind === 'broker') {
      await server.crashBroker()
      await pause(downMs)
      await server.restartBroker()
    } else if (kind === 'server') {
      server.crashServer()
      await pause(downMs)
      server.isServing = true
    } else server.cutLinks()
  }
  await pause(Math.max(0, startedAtMs + ms - performance.now()))
  clearInterval(talk)
  const expected = said * DEVICES
  await until(() => confirmed >= expected, 60_000)
  await until(() => server.stored.size >= expected, 120_000)
  // What would be doubled comes now, if anything.
  await pause(5_000)
  const seen = new Map<string, number>()
  for (const { device, metric, value } of server.stored.values()) {
    if (metric === 'power') seen.set(`${device}:${value}`, (seen.get(`${device}:${value}`) ?? 0) + 1)
  }
  const doubled = [...seen].filter(([, count]) => count > 1)
  const lost = expected - seen.size
  say(
    'killed',
    Object.entries(done)
      .map(([kind, count]) => `${kind} ${count}`)
      .join(', '),
  )
  say('said, confirmed, stored', `${expected}, ${confirmed}, ${server.stored.size}`)
  say('lost, doubled, one reading under two values', `${lost}, ${doubled.length}, ${server.conflicts.length}`)
  for (const [what, count] of doubled.slice(0, 5)) say(`  ${what}`, `${count} times`)
  await Promise.all(devices.map(device => device.endAsync(true)))
  await gateway.remove()
  await server.stop()
  return lost === 0 && doubled.length === 0 && server.conflicts.length === 0
}
