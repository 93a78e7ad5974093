import { type AddressInfo, type Server, createServer } from 'node:net'
import { isLegalFilter } from '@harbor/protocol'
import { Aedes, type Client, type PublishPacket } from 'aedes'
import { gatewayError } from '../errors.ts'
import type { LanMessage } from '../intake/intake.ts'
import type { Session } from '../intake/replays.ts'
import { GuardedStream } from './guarded-stream.ts'

/** Packets above this end the connection. Chosen: well above a hub's device list, far below what would hurt the box. */
export const MAX_PACKET_BYTES = 1_536 * 1024
/** Connections at once; chosen: a station has some 20 devices and a hub. */
const MAX_CONNECTIONS = 128
/** Retained topics kept for the devices, and the largest of them; beyond, a message passes without being retained. */
const MAX_RETAINED_TOPICS = 1_000
const MAX_RETAINED_BYTES = 64 * 1024

export interface LanOptions {
  host: string
  /** 0: any free port. */
  port: number
}

export interface LanDeps {
  /** Takes a device's message; `done` without an error lets it be acknowledged. */
  accept: (message: LanMessage, done: (error?: Error) => void) => void
  /** A client has connected; `close` when it is gone, in order or not. */
  open: (client: string) => Session
  close: (session: Session, isOrderly: boolean) => void
  onOversized: (client: string, sizeBytes: number) => void
  /** What is said on such a topic is for `accept` alone: no other client hears it, and nothing of it is retained. */
  isPrivate: (topic: string) => boolean
}

/** The MQTT broker of the station's own network. */
export interface LanListener {
  /** Listens, and resolves with the URL. */
  start: () => Promise<string>
  /** Tells the devices something; whoever is not connected does not hear of it. */
  publish: (topic: string, payload: string) => void
  stop: () => Promise<void>
}

/**
 * Devices speak to it as they come from the shop: no account, their own topics. It also carries their messages to each
 * other (a Zigbee hub needs that), keeps a bounded number of retained ones, and no sessions.
 */
export function createLanListener({ host, port }: LanOptions, deps: LanDeps): LanListener {
  let broker: Aedes | undefined
  let server: Server | undefined
  let isStopping = false
  const retained = new Set<string>()
  const sessions = new Map<Client, Session>()

  // Aedes calls this before it writes the PUBACK: what is committed here is durable when the device hears of it.
  const authorizePublish = (client: Client | null, packet: PublishPacket, callback: (error?: Error | null) => void) => {
    // A gateway that ends closes its clients; their last wills would say that the devices were gone.
    if (isStopping) return callback(gatewayError('GATEWAY_STOPPING', 'lan: the gateway is stopping'))
    if (packet.topic.startsWith('$')) {
      return callback(gatewayError('GATEWAY_LAN_REFUSED', "lan: topics that begin with $ are the broker's own"))
    }
    const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload
    if (deps.isPrivate(packet.topic)) {
      packet.retain = false
      packet.payload = Buffer.alloc(0)
    }
    limitRetained(packet)
    deps.accept(
      {
        topic: packet.topic,
        payload,
        qos: packet.qos,
        dup: packet.dup,
        messageId: packet.messageId,
        session: sessionOf(client),
      },
      error => callback(error ?? null),
    )
  }

  const sessionOf = (client: Client | null): Session => {
    const known = client === null ? undefined : sessions.get(client)
    if (known !== undefined) return known
    const opened = deps.open(client?.id ?? 'a last will')
    // The last will of a client that is gone comes after its end, and is nobody's session any more.
    if (client !== null && !client.closed) sessions.set(client, opened)
    return opened
  }

  const limitRetained = (packet: PublishPacket) => {
    if (!packet.retain) return
    if (packet.payload.length === 0) retained.delete(packet.topic)
    else if (packet.payload.length > MAX_RETAINED_BYTES) packet.retain = false
    else if (retained.has(packet.topic) || retained.size < MAX_RETAINED_TOPICS) retained.add(packet.topic)
    else packet.retain = false
  }

  return {
    start: async () => {
      broker = await Aedes.createBroker({
        // As it comes Aedes falls over under a flood: its emitter's queue recurses. 0 takes each message at once; the
        // commit that every publication waits for is the back-pressure.
        concurrency: 0,
        preConnect: (_client, packet, callback) => {
          if (packet.clientId === '' && packet.clean === false) {
            // [MQTT-3.1.3-8]
            return callback(gatewayError('GATEWAY_LAN_REFUSED', 'lan: an empty client id needs a clean session'), false)
          }
          // No sessions: nothing queues for a device that is away, and no old command reaches it when it is back.
          packet.clean = true
          callback(null, true)
        },
        authorizePublish,
        authorizeSubscribe: (_client, subscription, callback) =>
          callback(null, isLegalFilter(subscription.topic) ? subscription : null),
      })
      // A client that breaks the protocol loses its connection; what it sent of readings is counted where it is decoded.
      broker.on('clientDisconnect', client => {
        const session = sessions.get(client)
        if (session === undefined) return
        sessions.delete(client)
        deps.close(session, client.conn instanceof GuardedStream && client.conn.hasDisconnected)
      })
      broker.on('clientError', () => undefined)
      broker.on('connectionError', () => undefined)
      const { handle } = broker
      // A PUBACK leaves in two writes; with Nagle's algorithm the second waits for the device's delayed ACK: 40 ms for each message.
      const listening = createServer({ noDelay: true }, socket => {
        const from = `${socket.remoteAddress ?? '?'}`
        handle(new GuardedStream(socket, MAX_PACKET_BYTES, sizeBytes => deps.onOversized(from, sizeBytes)))
      })
      server = listening
      listening.maxConnections = MAX_CONNECTIONS
      await new Promise<void>((resolve, reject) => {
        listening.once('error', reject)
        listening.listen(port, host, () => {
          listening.off('error', reject)
          resolve()
        })
      })
      const address = listening.address() as AddressInfo
      return `mqtt://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`
    },
    publish: (topic, payload) => {
      if (isStopping) return
      // QoS 1, lowered to what each device subscribed with; an error here is a connection that ends, and it is said again.
      const packet = {
        cmd: 'publish',
        topic,
        payload: Buffer.from(payload),
        qos: 1,
        retain: false,
        dup: false,
      } as const
      broker?.publish(packet, () => undefined)
    },
    stop: async () => {
      isStopping = true
      const [closingServer, closingBroker] = [server, broker]
      server = undefined
      broker = undefined
      const closed =
        closingServer?.listening === true
          ? new Promise<void>(resolve => void closingServer.close(() => resolve()))
          : Promise.resolve()
      if (closingBroker !== undefined) await new Promise<void>(resolve => void closingBroker.close(() => resolve()))
      await closed
    },
  }
}
