import type { Duplex } from 'node:stream'
import { BrokerError } from '../errors.ts'
import type { PacketGuard } from './packet-guard.ts'

/**
 * Changes what `stream.read()` without a size gives: all that is buffered, joined, after `guard` has looked at it.
 *
 * Joined, because from Node 26 on `read()` gives one buffered chunk where it gave all of them, and Aedes reads once per
 * 'readable': a packet that came in two chunks would wait for a third that never comes. Over WebSocket every connection
 * hung in its CONNECT that way.
 */
export function guardStream(stream: Duplex, guard: PacketGuard): void {
  const read = stream.read.bind(stream)
  stream.read = (size?: number | null): Buffer | null => {
    // Node's own calls, such as read(0), are not ours.
    if (size !== undefined && size !== null) return read(size) as Buffer | null
    const bytes = readAll(read)
    if (bytes === undefined) return null
    const scan = guard.scan(bytes)
    if ('pass' in scan) return scan.pass.length === 0 ? null : scan.pass
    const code = scan.answer === undefined ? 'BROKER_BAD_STREAM' : 'BROKER_OTHER_PROTOCOL'
    const error = new BrokerError(code, `bytes that are no MQTT of ours: ${scan.fatal}`)
    if (scan.answer === undefined) stream.destroy(error)
    else stream.write(scan.answer, () => stream.destroy(error))
    return null
  }
}

function readAll(read: () => unknown): Buffer | undefined {
  const chunks: Buffer[] = []
  for (let chunk = read(); chunk !== null; chunk = read()) chunks.push(chunk as Buffer)
  return chunks.length > 1 ? Buffer.concat(chunks) : chunks[0]
}
