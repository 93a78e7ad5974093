import { once } from 'node:events'
import { type AddressInfo, type Socket, createServer } from 'node:net'
import { type DecodedTelemetry, decodeTelemetry, encodeJson, parseTopic, topics } from '@harbor/protocol'
import { Aedes, type AedesPublishPacket } from 'aedes'
import { expect, it, onTestFinished } from 'vitest'
import type { LoadPlan } from '../src/load/load-plan.ts'
import { isWhole } from '../src/load/load-report.ts'
import { runLoad } from '../src/load/load-run.ts'

/** A broker with a server that acknowledges what follows without a gap, and forgets now and then that a pack came at all. */
async function startPeer(forgetEvery: number) {
  const aedes = await Aedes.createBroker()
  const sockets = new Set<Socket>()
  const listener = createServer(socket => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    aedes.handle(socket)
  }).listen(0, '127.0.0.1')
  await once(listener, 'listening')
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise<void>(resolve => aedes.close(resolve))
    listener.close()
  })
  /** By gateway and run: what is durable up to where. */
  const runs = new Map<string, { upTo: number; beyond: Set<number> }>()
  const times = new Map<string, Set<number>>()
  let came = 0
  await aedes.subscribe(
    'harbor/v1/+/+/telemetry',
    (packet: AedesPublishPacket, done: () => void) => {
      done()
      came += 1
      if (came % forgetEvery === 0) return
      const parsed = parseTopic(packet.topic)
      if (parsed?.kind === 'telemetry') take(parsed.address, decodeTelemetry(Buffer.from(packet.payload)))
    },
    () => undefined,
  )
  const take = (address: { district: string; gateway: string }, { seq, boot, base, readings }: DecodedTelemetry) => {
    const key = `${address.gateway} ${boot}`
    const run = runs.get(key) ?? { upTo: (base ?? seq) - 1, beyond: new Set<number>() }
    runs.set(key, run)
    run.beyond.add(seq)
    while (run.beyond.delete(run.upTo + 1)) run.upTo += 1
    const stored = times.get(address.gateway) ?? new Set<number>()
    times.set(address.gateway, stored)
    for (const { timeMs } of readings) stored.add(timeMs)
    if (run.upTo === 0) return
    aedes.publish(
      {
        cmd: 'publish',
        topic: topics.ack(address),
        payload: Buffer.from(encodeJson({ boot, seq: run.upTo })),
        qos: 1,
        retain: false,
        dup: false,
      },
      () => undefined,
    )
  }
  return { port: (listener.address() as AddressInfo).port, times }
}

it('brings every pack to the server in the end, through a storm of reconnects, a backlog and packs that were lost', async () => {
  const { port, times } = await startPeer(50)
  const plan: LoadPlan = {
    brokers: [{ host: '127.0.0.1', port }],
    gateways: 40,
    districts: 4,
    intervalMs: 200,
    moments: 2,
    jitter: 0.3,
    connectsPerS: 400,
    backlogPacks: 20,
    storm: { atMs: 500, offlineMs: 300, share: 0.5 },
    durationMs: 1_500,
    drainMs: 60_000,
    seed: 'storm',
    sampleEvery: 1,
  }
  const result = await runLoad(plan, 2, { stopwatch: () => performance.now(), fleetKey: undefined })
  expect(isWhole(result, undefined)).toBe(true)
  expect(result.acked).toBe(result.due)
  expect(result.due).toBeGreaterThan(40 * (20 + 5))
  expect(result.resent).toBeGreaterThan(0)
  expect(result.connects).toBeGreaterThan(40)
  expect(result.samples).toHaveLength(40)
  for (const { gateway, timesMs } of result.samples) {
    const stored = times.get(`gw-load-${String(gateway).padStart(6, '0')}`)
    expect(timesMs.filter(timeMs => stored?.has(timeMs) !== true)).toEqual([])
    expect(new Set(timesMs).size).toBe(timesMs.length)
  }
}, 120_000)
