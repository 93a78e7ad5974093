import { type AddressInfo, createServer } from 'node:net'
import {
  type DecodedTelemetry,
  type GatewayStatus,
  type Reading,
  decodeJson,
  decodeTelemetry,
  encodeJson,
  gatewayStatusSchema,
  parseTopic,
  topics,
} from '@harbor/protocol'
import { Aedes, type AedesPublishPacket } from 'aedes'

/** The far end of the uplink in one process: a broker, and a server that stores readings and acknowledges them later. */
export interface ServerDouble {
  url: string
  /** Each telemetry message as it came. */
  packs: DecodedTelemetry[]
  /** Stored readings by identity: a second write changes nothing. */
  stored: Map<string, Reading>
  /** Identities that came with two different values: never. */
  conflicts: string[]
  statuses: GatewayStatus[]
  /** Whether it stores and acknowledges; false: it is a broker alone. */
  isServing: boolean
  /** Share of packs that are lost on the way. */
  lossShare: number
  stop: () => Promise<void>
}

/** `ackDelayMs`: how long storing takes. */
export async function startServerDouble(ackDelayMs = 20): Promise<ServerDouble> {
  const broker = await Aedes.createBroker()
  const server = createServer(broker.handle)
  await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', resolve))
  const runs = new Map<string, { durable: number; ahead: Set<number> }>()
  const timers = new Set<NodeJS.Timeout>()
  let random = 1
  const double: ServerDouble = {
    url: `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`,
    packs: [],
    stored: new Map(),
    conflicts: [],
    statuses: [],
    isServing: true,
    lossShare: 0,
    stop: async () => {
      for (const timer of timers) clearTimeout(timer)
      const closed = new Promise<void>(resolve => void server.close(() => resolve()))
      await new Promise<void>(resolve => void broker.close(() => resolve()))
      await closed
    },
  }
  const store = (readings: readonly Reading[]) => {
    for (const reading of readings) {
      const identity = `${reading.device}:${reading.metric}:${reading.timeMs}`
      const known = double.stored.get(identity)
      if (known !== undefined && known.value !== reading.value) double.conflicts.push(identity)
      else double.stored.set(identity, reading)
    }
  }
  const take = (packet: AedesPublishPacket) => {
    const topic = parseTopic(packet.topic)
    if (topic?.kind === 'status') {
      double.statuses.push(decodeJson(gatewayStatusSchema, packet.payload as Buffer))
    }
    if (topic?.kind !== 'telemetry' || !double.isServing) return
    random = (random * 48_271) % 2_147_483_647
    if (random / 2_147_483_647 < double.lossShare) return
    const pack = decodeTelemetry(packet.payload as Buffer)
    double.packs.push(pack)
    const timer = setTimeout(() => {
      timers.delete(timer)
      store(pack.readings)
      const run = runs.get(pack.boot) ?? { durable: (pack.base ?? pack.seq) - 1, ahead: new Set<number>() }
      runs.set(pack.boot, run)
      run.ahead.add(pack.seq)
      // All below the base is durable, as a server knows that was restarted in between.
      run.durable = Math.max(run.durable, (pack.base ?? 1) - 1)
      while (run.ahead.delete(run.durable + 1)) run.durable += 1
      if (run.durable < 1) return
      const payload = Buffer.from(encodeJson({ boot: pack.boot, seq: run.durable }))
      broker.publish(
        { cmd: 'publish', topic: topics.ack(topic.address), payload, qos: 1, retain: false, dup: false },
        () => undefined,
      )
    }, ackDelayMs)
    timers.add(timer)
  }
  broker.on('publish', take)
  return double
}
