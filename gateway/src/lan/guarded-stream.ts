import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { createFrameGuard } from './frame-guard.ts'

/** MQTT 3.1.1, 2.2.1. */
const DISCONNECT = 14

/**
 * A socket whose oversized packets end the connection before they are held. `onOversized` gets the announced length.
 *
 * `read()` without a size drains and joins what is buffered: since Node 26 it gives one chunk, and Aedes reads once per
 * 'readable', so a packet in two chunks would wait for ever.
 */
export class GuardedStream extends Duplex {
  readonly #socket: Socket
  #lastType = 0

  constructor(socket: Socket, maxPacketBytes: number, onOversized: (sizeBytes: number) => void) {
    super({ allowHalfOpen: false })
    this.#socket = socket
    const inspect = createFrameGuard(maxPacketBytes)
    socket.on('data', (chunk: Buffer) => {
      const verdict = inspect(chunk)
      if (!verdict.ok) {
        onOversized(verdict.sizeBytes)
        this.destroy()
        return
      }
      this.#lastType = verdict.lastType
      if (!this.push(chunk)) socket.pause()
    })
    socket.on('end', () => this.push(null))
    socket.on('error', error => this.destroy(error))
    socket.on('close', () => this.destroy())
  }

  /** The client said goodbye: all that it sent is settled. */
  get hasDisconnected(): boolean {
    return this.#lastType === DISCONNECT
  }

  override read(size?: number): unknown {
    const first: unknown = super.read(size)
    if ((size !== undefined && size !== null) || first === null) return first
    const chunks: Buffer[] = [first as Buffer]
    for (let next: unknown = super.read(); next !== null; next = super.read()) chunks.push(next as Buffer)
    return chunks.length === 1 ? first : Buffer.concat(chunks)
  }

  override _read(): void {
    this.#socket.resume()
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.#socket.write(chunk, encoding, callback)
  }

  override _final(callback: (error?: Error | null) => void): void {
    this.#socket.end(callback)
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#socket.destroy()
    callback(error)
  }
}
