import { type AddressInfo, type Server, type Socket, createServer } from 'node:net'
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
  /** Ends the server at once: what it had not stored is lost, and what it knew of the gateways' runs. It serves no more. */
  crashServer: () => void
  /** Ends the broker at once; it listens again at the same address after `restartBroker`. */
  crashBroker: () => Promise<void>
  restartBroker: () => Promise<void>
  /** Breaks every connection, without a word. */
  cutLinks: () => void
  stop: () => Promise<void>
}

export interface ServerDoubleOptions {
  /** How long storing takes. */
  ackDelayMs?: number
  /** Keeps every pack in `packs`; false where there are too many. */
  keepsPacks?: boolean
  /** Each reading as it is stored for the first time. */
  onStored?: (reading: Reading) => void
}

export async function startServerDouble({
  ackDelayMs = 20,
  keepsPacks = true,
  onStored = () => undefined,
}: ServerDoubleOptions = {}): Promise<ServerDouble> {
  let broker: Aedes
  let server: Server
  const sockets = new Set<Socket>()
  let runs = new Map<string, { durable: number; ahead: Set<number> }>()
  const timers = new Set<NodeJS.Timeout>()
  let random = 1

  const listen = async (port: number): Promise<number> => {
    const opened = await Aedes.createBroker()
    broker = opened
    broker.on('publish', take)
    server = createServer(socket => {
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket))
      opened.handle(socket)
    })
    await new Promise<void>(resolve => void server.listen(port, '127.0.0.1', resolve))
    return (server.address() as AddressInfo).port
  }
  const close = async () => {
    const closed = new Promise<void>(resolve => void server.close(() => resolve()))
    cutLinks()
    await new Promise<void>(resolve => void broker.close(() => resolve()))
    await closed
  }
  const cutLinks = () => {
    for (const socket of sockets) socket.destroy()
  }
  const forget = () => {
    for (const timer of timers) clearTimeout(timer)
    timers.clear()
    runs = new Map()
  }
  const store = (readings: readonly Reading[]) => {
    for (const reading of readings) {
      const identity = `${reading.device}:${reading.metric}:${reading.timeMs}`
      const known = double.stored.get(identity)
      if (known === undefined) {
        double.stored.set(identity, reading)
        onStored(reading)
      } else if (known.value !== reading.value) double.conflicts.push(identity)
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
    if (keepsPacks) double.packs.push(pack)
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
      const payload = Buffer.from(encodeJson({ boot: pack.boot, seq: run.durable, atMs: Date.now() }))
      broker.publish(
        { cmd: 'publish', topic: topics.ack(topic.address), payload, qos: 1, retain: false, dup: false },
        () => undefined,
      )
    }, ackDelayMs)
    timers.add(timer)
  }
  const port = await listen(0)
  const double: ServerDouble = {
    url: `mqtt://127.0.0.1:${port}`,
    packs: [],
    stored: new Map(),
    conflicts: [],
    statuses: [],
    isServing: true,
    lossShare: 0,
    crashServer: () => {
      double.isServing = false
      forget()
    },
    crashBroker: close,
    restartBroker: async () => {
      await listen(port)
    },
    cutLinks,
    stop: async () => {
      forget()
      if (server.listening) await close()
    },
  }
  return double
}
