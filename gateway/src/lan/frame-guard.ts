/** What an MQTT stream's framing says so far; `lastType` is the packet type begun last (MQTT 3.1.1, 2.2.1). */
export type FrameVerdict = { ok: true; lastType: number } | { ok: false; sizeBytes: number }

/**
 * Follows the packet lengths in a stream of MQTT bytes (MQTT 3.1.1, 2.2.3) and says when one is announced that is larger than
 * `maxPacketBytes`: before it arrives, so that nobody can make the broker hold 256 MB.
 */
export function createFrameGuard(maxPacketBytes: number): (chunk: Uint8Array) => FrameVerdict {
  let state: 'type' | 'length' | 'body' = 'type'
  let length = 0
  let factor = 1
  let left = 0
  let lastType = 0
  return chunk => {
    let index = 0
    while (index < chunk.length) {
      if (state === 'body') {
        const step = Math.min(left, chunk.length - index)
        index += step
        left -= step
        if (left === 0) state = 'type'
        continue
      }
      const byte = chunk[index] ?? 0
      index += 1
      if (state === 'type') {
        state = 'length'
        lastType = byte >> 4
        length = 0
        factor = 1
        continue
      }
      length += (byte & 0x7f) * factor
      factor *= 128
      if (length > maxPacketBytes) return { ok: false, sizeBytes: length }
      // More than four bytes of length are malformed [MQTT-2.2.3]; the parser behind says so.
      if (byte & 0x80 && factor <= 128 ** 4) continue
      left = length
      state = left === 0 ? 'type' : 'body'
    }
    return { ok: true, lastType }
  }
}
