import { type Socket, connect, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'

/** Lighthouse's "slow 4G" (core/config/constants.js, mobileSlow4G): 150 ms a round trip, 1.6 Mbit/s down, 0.75 up. */
export const SLOW_4G = { roundTripMs: 150, downBitsPerS: 1_638_400, upBitsPerS: 768_000 } as const

export interface SlowLink {
  url: string
  /** Bytes sent down so far, headers and all. */
  downBytes: () => number
  stop: () => Promise<void>
}

/**
 * A link to a server as a phone has it: every connection costs a round trip to open, bytes take half of one each way, and
 * all connections share the same narrow line. A proxy measures what a browser's own throttling only guesses at: handshakes
 * and queues.
 */
export async function startSlowLink(target: URL, link: typeof SLOW_4G): Promise<SlowLink> {
  const down = narrowLine(link.downBitsPerS, link.roundTripMs / 2)
  const up = narrowLine(link.upBitsPerS, link.roundTripMs / 2)
  const sockets = new Set<Socket>()
  const server = createServer(phone => {
    const far = connect(Number(target.port), target.hostname)
    for (const socket of [phone, far]) {
      sockets.add(socket)
      socket.setNoDelay(true)
      // A browser drops connections as it likes; whatever the reason, both ends go.
      socket.on('error', () => socket.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        phone.destroy()
        far.destroy()
      })
    }
    const openedAtMs = performance.now() + link.roundTripMs
    phone.on('data', chunk => up.send(chunk.length, openedAtMs, () => far.write(chunk)))
    far.on('data', chunk => down.send(chunk.length, openedAtMs, () => phone.write(chunk)))
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    downBytes: down.bytes,
    stop: () =>
      new Promise(done => {
        server.close(() => done())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

/** One direction: chunks leave one after the other at the line's rate and arrive a delay later, in order. */
function narrowLine(bitsPerS: number, delayMs: number) {
  let freeAtMs = 0
  let sent = 0
  return {
    bytes: () => sent,
    send(bytes: number, notBeforeMs: number, arrive: () => void) {
      const nowMs = performance.now()
      freeAtMs = Math.max(freeAtMs, nowMs, notBeforeMs) + (bytes * 8_000) / bitsPerS
      sent += bytes
      setTimeout(arrive, freeAtMs + delayMs - nowMs)
    },
  }
}
