/** Cuts the bytes of one connection into MQTT packets, so that one parser can serve thousands of connections. */
export interface PacketFrames {
  /** The packets that are complete with these bytes, each whole. @throws RangeError for bytes that are no MQTT. */
  take: (bytes: Buffer) => Buffer[]
}

/** A length has at most so many bytes (MQTT 3.1.1, 2.2.3). */
const MAX_LENGTH_BYTES = 4

export function createPacketFrames(): PacketFrames {
  // Undefined while no packet is incomplete: nearly always, and then a connection holds nothing.
  let held: Buffer | undefined
  return {
    take: chunk => {
      const bytes = held === undefined ? chunk : Buffer.concat([held, chunk])
      held = undefined
      const packets: Buffer[] = []
      let at = 0
      while (at < bytes.length) {
        const end = endOfPacket(bytes, at)
        if (end === undefined || end > bytes.length) {
          // A copy: a view would keep all of what was read together.
          held = Buffer.from(bytes.subarray(at))
          break
        }
        packets.push(bytes.subarray(at, end))
        at = end
      }
      return packets
    },
  }
}

/** Where the packet that begins at `at` ends; undefined when its length is not all there. */
function endOfPacket(bytes: Buffer, at: number): number | undefined {
  let length = 0
  for (let index = 0; index < MAX_LENGTH_BYTES; index++) {
    const byte = bytes[at + 1 + index]
    if (byte === undefined) return undefined
    length += (byte & 0x7f) * 2 ** (7 * index)
    if ((byte & 0x80) === 0) return at + 2 + index + length
  }
  throw new RangeError('a packet whose length has more than four bytes')
}
