import { CONNECT, PUBLISH, bodyProblem, headerProblem, publishHeadBytes, publishProblem } from './packet-rules.ts'

/** What came of some bytes: those that may go on to the parser, or why the stream is to be ended, and with which last bytes. */
export type Scan = { pass: Buffer } | { fatal: string; answer?: Buffer }

/** Looks at the bytes of one connection, in order. */
export interface PacketGuard {
  scan: (bytes: Buffer) => Scan
}

export interface PacketGuardConfig {
  /** Bytes of the first packet, which has to be a CONNECT. */
  connectBytes: number
  /** Bytes of a later PUBLISH. */
  packetBytes: number
  /** Bytes of any other later packet: it is held until it is whole. */
  controlBytes: number
  /** Where the stand-in of a PUBLISH that was too large is published. */
  standInTopic: string
}

/** One byte of type and flags, up to four of length (2.2.3). */
const MAX_LENGTH_BYTES = 4

/**
 * Bounds the size of a packet before anything has buffered it, and ends the stream of whoever breaks the protocol's rules, which the parser
 * behind it does not check: it reads the fixed headers and what the rules are about, and lets payloads pass as they come.
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
        const limitBytes = isFirst
          ? config.connectBytes
          : header.type === PUBLISH
            ? config.packetBytes
            : config.controlBytes
        isSkipping = header.sizeBytes > limitBytes
        if (isSkipping && header.type !== PUBLISH)
          return { fatal: `packet of type ${header.type}, ${header.sizeBytes} bytes` }
        const broken = brokenRule(bytes, at, header)
        if (broken === 'incomplete') break
        if (broken !== undefined) return { fatal: broken.rule }
        if (isFirst && isOtherLevel(bytes.subarray(at + header.headerBytes)))
          return { fatal: OTHER_LEVEL, answer: REFUSED_LEVEL }
        if (isSkipping) {
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

const OTHER_LEVEL = 'a level of the protocol that is not served'
/** CONNACK "unacceptable protocol version" ([MQTT-3.1.2-2]). */
const REFUSED_LEVEL = Buffer.from([0x20, 2, 0, 1])

/** Whether a whole CONNECT is of MQTT and of neither 3.1.1 (level 4) nor 3.1 (level 3 under its own name). */
function isOtherLevel(body: Buffer): boolean {
  const name = body.subarray(2, 2 + body.readUInt16BE(0)).toString('latin1')
  const level = body[2 + name.length]
  return (name === 'MQTT' && level !== 4) || (name === 'MQIsdp' && level !== 3)
}

/** The rule that a packet breaks, once as much of it is there as is looked at. */
function brokenRule(bytes: Buffer, at: number, header: Header): { rule: string } | 'incomplete' | undefined {
  const { type, flags, headerBytes, sizeBytes } = header
  const early = headerProblem(type, flags)
  if (early !== undefined) return { rule: early }
  const bodyAt = at + headerBytes
  const endAt = at + sizeBytes
  if (type !== PUBLISH) {
    if (bytes.length < endAt) return 'incomplete'
    const problem = bodyProblem(type, bytes.subarray(bodyAt, endAt))
    return problem === undefined ? undefined : { rule: problem }
  }
  const headAt = bodyAt + publishHeadBytes(bytes.subarray(bodyAt, endAt), flags)
  if (headAt > endAt) return { rule: 'topic longer than its packet' }
  if (bytes.length < headAt || bytes.length < bodyAt + 2) return 'incomplete'
  const problem = publishProblem(bytes.subarray(bodyAt, headAt), flags)
  return problem === undefined ? undefined : { rule: problem }
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
