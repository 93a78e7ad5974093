import { type Socket, connect } from 'node:net'
import { type Ack, type GatewayAddress, ackSchema, decodeJson, encodeJson, topics } from '@harbor/protocol'
import { type Packet, generate, parser } from 'mqtt-packet'
import { createPacketFrames } from './packet-frames.ts'

/** Where the broker is, and from which address it is called: one address has some 28,000 ports. */
export interface LoadEndpoint {
  host: string
  port: number
  /** One of 127.0.0.0/8; undefined: the system chooses. */
  localAddress: string | undefined
}

/** Who calls. */
export interface LoadCaller {
  address: GatewayAddress
  /** Undefined: without a name, for a broker that asks for none. */
  secret: string | undefined
  keepaliveS: number
}

export interface LoadConnectionEars {
  /** Connected, and what is said to it will be heard. */
  onUp: () => void
  onAck: (ack: Ack) => void
  /** The broker took a message. */
  onTaken: () => void
  /** Once; whoever wants to go on connects anew. */
  onDown: (reason: string) => void
}

/** One gateway's connection: MQTT 3.1.1 on a socket, and nothing else. */
export interface LoadConnection {
  /** Publishes at QoS 1. */
  publish: (topic: string, payload: Uint8Array, retain: boolean) => void
  /** Without a DISCONNECT: as if the network had failed. */
  cut: () => void
}

const MAX_PACKET_ID = 65_535
const PUBACK = 4
const PINGRESP = 13

/** One for all connections of the process: it is given whole packets alone, so nothing of one waits for another. */
const packets = parser({ protocolVersion: 4 })
let parsed: Packet | undefined
packets.on('packet', packet => (parsed = packet))
packets.on('error', () => (parsed = undefined))

function parsePacket(bytes: Buffer): Packet | undefined {
  parsed = undefined
  packets.parse(bytes)
  return parsed
}

/** Connects as a gateway does: with a last will, a clean session, and its three subscriptions. */
export function openLoadConnection(
  { host, port, localAddress }: LoadEndpoint,
  { address, secret, keepaliveS }: LoadCaller,
  ears: LoadConnectionEars,
): LoadConnection {
  const socket: Socket = connect({ host, port, noDelay: true, ...(localAddress !== undefined && { localAddress }) })
  const frames = createPacketFrames()
  let packetId = 0
  let isUp = false
  let isDown = false
  const nextId = () => (packetId = (packetId % MAX_PACKET_ID) + 1)

  const down = (reason: string) => {
    if (isDown) return
    isDown = true
    socket.destroy()
    ears.onDown(reason)
  }
  const hear = (bytes: Buffer) => {
    // Nearly all that comes; neither needs to be parsed.
    const type = (bytes[0] ?? 0) >> 4
    if (type === PUBACK) return ears.onTaken()
    if (type === PINGRESP) return
    const packet = parsePacket(bytes)
    switch (packet?.cmd) {
      case 'connack':
        if (packet.returnCode !== 0) return down(`CONNACK ${packet.returnCode}`)
        socket.write(generate(subscription(address, nextId())))
        return
      case 'suback':
        if (packet.granted.some(granted => granted === 0x80)) return down('SUBACK 128')
        isUp = true
        ears.onUp()
        return
      case 'publish':
        if (packet.qos === 1 && packet.messageId !== undefined)
          socket.write(generate({ cmd: 'puback', messageId: packet.messageId }))
        if (packet.topic.endsWith('/ack')) ears.onAck(decodeJson(ackSchema, bytesOf(packet.payload)))
        return
      case undefined:
        return down('bytes that are no MQTT')
      default:
        return down(`an unexpected ${packet?.cmd}`)
    }
  }

  socket.on('connect', () => socket.write(generate(connectPacket(address, secret, keepaliveS))))
  // Bytes, for no encoding is set.
  socket.on('data', bytes => {
    try {
      for (const packet of frames.take(bytes as Buffer)) hear(packet)
    } catch (error) {
      down(error instanceof Error ? error.message : String(error))
    }
  })
  socket.on('error', error => down((error as NodeJS.ErrnoException).code ?? error.message))
  socket.on('close', () => down('closed'))

  return {
    publish: (topic, payload, retain) => {
      if (!isUp || isDown) return
      socket.write(
        generate({
          cmd: 'publish',
          topic,
          payload: Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength),
          qos: 1,
          messageId: nextId(),
          retain,
          dup: false,
        }),
      )
    },
    cut: () => down('cut'),
  }
}

/** The parser gives bytes; text is what others may hand to `generate`. */
function bytesOf(payload: string | Uint8Array): Uint8Array {
  return typeof payload === 'string' ? Buffer.from(payload) : payload
}

function connectPacket(address: GatewayAddress, secret: string | undefined, keepalive: number): Packet {
  return {
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 4,
    clientId: address.gateway,
    clean: true,
    keepalive,
    ...(secret !== undefined && { username: address.gateway, password: Buffer.from(secret) }),
    will: { topic: topics.status(address), payload: Buffer.from(encodeJson({ online: false })), qos: 1, retain: true },
  }
}

function subscription(address: GatewayAddress, messageId: number): Packet {
  const wanted = [topics.ack(address), topics.configDesired(address), `${topics.ack(address).slice(0, -3)}command/+`]
  return { cmd: 'subscribe', messageId, subscriptions: wanted.map(topic => ({ topic, qos: 1 as const })) }
}
