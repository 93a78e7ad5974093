import { isUtf8 } from 'node:buffer'

/** Types of packets (MQTT 3.1.1, table 2.1) that a client may send, with the flags that each has to have (table 2.2). */
const FLAGS_BY_TYPE: ReadonlyMap<number, number> = new Map([
  [1, 0], // CONNECT
  [4, 0], // PUBACK
  [5, 0], // PUBREC
  [6, 2], // PUBREL
  [7, 0], // PUBCOMP
  [8, 2], // SUBSCRIBE
  [10, 2], // UNSUBSCRIBE
  [12, 0], // PINGREQ
  [14, 0], // DISCONNECT
])
export const CONNECT = 1
export const PUBLISH = 3
const SUBSCRIBE = 8
const UNSUBSCRIBE = 10
const PINGREQ = 12
const DISCONNECT = 14

const HASH = '#'.charCodeAt(0)
const PLUS = '+'.charCodeAt(0)

/** What is wrong with a type and its flags, before any of the packet is there; undefined when nothing is. */
export function headerProblem(type: number, flags: number): string | undefined {
  if (type === PUBLISH) return (flags & 0b0110) === 0b0110 ? 'PUBLISH of QoS 3 (MQTT-3.3.1-4)' : undefined
  const expected = FLAGS_BY_TYPE.get(type)
  if (expected === undefined) return `packet of type ${type}, which no client sends`
  return flags === expected ? undefined : `packet of type ${type} with the flags ${flags} (MQTT-2.2.2-2)`
}

/**
 * What is wrong with a packet other than PUBLISH; undefined when nothing is. `body` is all that follows the fixed header. The engine's own
 * parser lets through what is refused here: the rule's number in MQTT 3.1.1 is in each answer.
 */
export function bodyProblem(type: number, body: Buffer): string | undefined {
  switch (type) {
    case CONNECT:
      return connectProblem(body)
    case SUBSCRIBE:
    case UNSUBSCRIBE:
      return filtersProblem(body, type === SUBSCRIBE)
    case PINGREQ:
    case DISCONNECT:
      return body.length === 0 ? undefined : `packet of type ${type} with a body`
    default: // acknowledgements
      if (body.length !== 2) return `packet of type ${type} with ${body.length} bytes for its packet id`
      return body.readUInt16BE(0) === 0 ? 'the packet id 0 (MQTT-2.3.1-1)' : undefined
  }
}

/** Bytes of a PUBLISH' body that `publishProblem` needs, as far as `start` tells: its topic and packet id. */
export function publishHeadBytes(start: Buffer, flags: number): number {
  if (start.length < 2) return 2
  return 2 + start.readUInt16BE(0) + ((flags & 0b0110) === 0 ? 0 : 2)
}

/** The same of a PUBLISH, by its topic and packet id. */
export function publishProblem(head: Buffer, flags: number): string | undefined {
  const topic = head.subarray(2, 2 + head.readUInt16BE(0))
  if (topic.length === 0) return 'an empty topic (MQTT-4.7.3-1)'
  const problem = textProblem(topic)
  if (problem !== undefined) return problem
  if (topic.includes(HASH) || topic.includes(PLUS)) return 'a topic with a wildcard (MQTT-3.3.2-2)'
  if ((flags & 0b0110) !== 0 && head.readUInt16BE(2 + topic.length) === 0) return 'the packet id 0 (MQTT-2.3.1-1)'
  return undefined
}

function connectProblem(body: Buffer): string | undefined {
  const fields = createFields(body)
  const name = fields.bytes()
  const level = fields.byte()
  // What is not ours to read is answered by the engine: with 1 for another level, by ending the connection for another name.
  if (name === undefined || level === undefined) return 'a CONNECT that ends early'
  const protocol = `${name.toString('latin1')} ${level}`
  if (protocol !== 'MQTT 4' && protocol !== 'MQIsdp 3') return undefined
  const flags = fields.byte()
  if (flags === undefined || fields.skip(2) === undefined) return 'a CONNECT that ends early'
  const [hasName, hasPassword, keepsWill, hasWill] = [flags & 0x80, flags & 0x40, flags & 0x20, flags & 0x04]
  const willQos = (flags & 0x18) >> 3
  if ((flags & 1) !== 0) return 'the reserved connect flag (MQTT-3.1.2-3)'
  if (hasWill === 0 && (willQos !== 0 || keepsWill !== 0)) return 'flags of a will without a will (MQTT-3.1.2-13, -15)'
  if (willQos === 3) return 'a will of QoS 3 (MQTT-3.1.2-14)'
  if (hasName === 0 && hasPassword !== 0) return 'a password without a user name (MQTT-3.1.2-22)'
  const texts = [fields.bytes()]
  if (hasWill !== 0) {
    texts.push(fields.bytes())
    if (fields.bytes() === undefined) return 'a will without its message (MQTT-3.1.2-9)'
  }
  if (hasName !== 0) texts.push(fields.bytes())
  if (hasPassword !== 0 && fields.bytes() === undefined) return 'no password (MQTT-3.1.2-21)'
  for (const text of texts) {
    const problem = text === undefined ? 'a CONNECT that ends early' : textProblem(text)
    if (problem !== undefined) return problem
  }
  return fields.rest() === 0 ? undefined : 'a CONNECT with bytes behind its end'
}

function filtersProblem(body: Buffer, withQos: boolean): string | undefined {
  const fields = createFields(body)
  const id = fields.skip(2)
  if (id === undefined || id.readUInt16BE(0) === 0) return 'no packet id, or 0 (MQTT-2.3.1-1)'
  if (fields.rest() === 0) return 'no filter (MQTT-3.8.3-3, MQTT-3.10.3-2)'
  while (fields.rest() > 0) {
    const filter = fields.bytes()
    if (filter === undefined) return 'a filter that is longer than its packet'
    const problem = textProblem(filter)
    if (problem !== undefined) return problem
    if (!withQos) continue
    const qos = fields.byte()
    if (qos === undefined || qos > 2) return 'a QoS that is none (MQTT-3.8.3-4)'
  }
  return undefined
}

function textProblem(text: Buffer): string | undefined {
  if (!isUtf8(text)) return 'a text that is no UTF-8 (MQTT-1.5.3-1)'
  return text.includes(0) ? 'a text with U+0000 (MQTT-1.5.3-2)' : undefined
}

/** Reads a body field by field; undefined once it has ended early. */
function createFields(body: Buffer) {
  let at = 0
  const skip = (bytes: number): Buffer | undefined => {
    if (at + bytes > body.length) return undefined
    at += bytes
    return body.subarray(at - bytes, at)
  }
  return {
    skip,
    byte: () => skip(1)?.[0],
    /** Bytes with their length in two bytes before them. */
    bytes: () => {
      const length = skip(2)
      return length === undefined ? undefined : skip(length.readUInt16BE(0))
    },
    rest: () => body.length - at,
  }
}
