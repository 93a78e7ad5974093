/** What came of some bytes: those that may go on to the parser, or why the stream is to be ended. */
export type Scan = { pass: Buffer } | { fatal: string }

/** Looks at the bytes of one connection, in order. */
export interface PacketGuard {
  scan: (bytes: Buffer) => Scan
}

export interface PacketGuardConfig {
  /** Bytes of the first packet, which has to be a CONNECT. */
  connectBytes: number
  /** Bytes of any later packet. */
  packetBytes: number
  /** Where the stand-in of a PUBLISH that was too large is published. */
  standInTopic: string
}

/** MQTT 3.1.1, table 2.1. */
const CONNECT = 1
const PUBLISH = 3
/** One byte of type and flags, up to four of length (2.2.3). */
const MAX_LENGTH_BYTES = 4

/**
 * Bounds the size of a packet before anything has buffered it: it reads the fixed headers of the stream and lets the rest pass.
 *
 * A PUBLISH that is too large is skipped while it arrives, and a tiny one with the same QoS and packet id goes on in its
 * place: so it is acknowledged in its turn (3.3.5 leaves only that or ending the connection), and its sender does not send it
 * again and again. Any other packet of that size ends the stream.
 */
export function createPacketGuard(config: PacketGuardConfig): PacketGuard {
  const topic = Buffer.from(config.standInTopic)
  let held: Buffer = Buffer.alloc(0)
  let isFirst = true
  let restBytes = 0
  let isSkipping = false

  return {
    scan: chunk => {
      const bytes = held.length === 0 ? chunk : Buffer.concat([held, chunk])
      held = Buffer.alloc(0)
      const pieces: Buffer[] = []
      let at = 0
      while (at < bytes.length) {
        if (restBytes > 0) {
          const end = Math.min(bytes.length, at + restBytes)
          if (!isSkipping) pieces.push(bytes.subarray(at, end))
          restBytes -= end - at
          at = end
          continue
        }
        const header = readHeader(bytes, at)
        if (header === 'malformed') return { fatal: 'remaining length of more than four bytes' }
        if (header === 'incomplete') break
        if (isFirst && header.type !== CONNECT) return { fatal: 'the first packet is no CONNECT' } // [MQTT-3.1.0-1]
        isSkipping = header.sizeBytes > (isFirst ? config.connectBytes : config.packetBytes)
        if (isSkipping) {
          if (header.type !== PUBLISH) return { fatal: `packet of type ${header.type}, ${header.sizeBytes} bytes` }
          const packetId = readPacketId(bytes, at, header)
          if (packetId === 'malformed') return { fatal: 'topic longer than its packet' }
          if (packetId === 'incomplete') break
          pieces.push(standIn(header.flags, topic, packetId))
        }
        isFirst = false
        restBytes = header.sizeBytes
      }
      // Copied: a slice would keep the whole chunk alive.
      if (at < bytes.length) held = Buffer.from(bytes.subarray(at))
      return { pass: pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces) }
    },
  }
}

interface Header {
  type: number
  flags: number
  headerBytes: number
  /** Of the whole packet, fixed header included. */
  sizeBytes: number
}

function readHeader(bytes: Buffer, at: number): Header | 'incomplete' | 'malformed' {
  const first = bytes[at] as number
  let length = 0
  for (let index = 0; index < MAX_LENGTH_BYTES; index += 1) {
    const byte = bytes[at + 1 + index]
    if (byte === undefined) return 'incomplete'
    length += (byte & 0x7f) * 128 ** index
    if ((byte & 0x80) === 0) {
      const headerBytes = index + 2
      return { type: first >> 4, flags: first & 0x0f, headerBytes, sizeBytes: headerBytes + length }
    }
  }
  return 'malformed'
}

/** The packet id's two bytes of a PUBLISH; none at QoS 0 (3.3.2.2). */
function readPacketId(bytes: Buffer, at: number, header: Header): Buffer | 'incomplete' | 'malformed' {
  if ((header.flags & 0b0110) === 0) return Buffer.alloc(0)
  const topicAt = at + header.headerBytes
  if (bytes.length < topicAt + 2) return 'incomplete'
  const idAt = topicAt + 2 + bytes.readUInt16BE(topicAt)
  if (idAt + 2 > at + header.sizeBytes) return 'malformed'
  return bytes.length < idAt + 2 ? 'incomplete' : Buffer.from(bytes.subarray(idAt, idAt + 2))
}

/** A PUBLISH without payload; its retain flag is gone, for an empty retained message would delete one. */
function standIn(flags: number, topic: Buffer, packetId: Buffer): Buffer {
  const lengthOfTopic = Buffer.from([topic.length >> 8, topic.length & 0xff])
  const body = Buffer.concat([lengthOfTopic, topic, packetId])
  return Buffer.concat([Buffer.from([(PUBLISH << 4) | (flags & 0b1110), body.length]), body])
}
