import { once } from 'node:events'
import { type AddressInfo, type Socket, createServer } from 'node:net'
import type { Listener, ListenerConfig, Serve } from './listener.ts'

/** Chosen: a peer that vanished without a word is noticed by TCP even where MQTT's own keepalive is off. */
const TCP_KEEPALIVE_MS = 60_000

/** MQTT over TCP. */
export function createTcpListener({ host, port }: ListenerConfig, serve: Serve): Listener {
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: TCP_KEEPALIVE_MS }, socket => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    serve(socket, `tcp ${socket.remoteAddress ?? ''}`)
  })

  return {
    start: async () => {
      server.listen(port, host)
      await once(server, 'listening') // rejects on 'error'
      const { address, family, port: actual } = server.address() as AddressInfo
      return `mqtt://${family === 'IPv6' ? `[${address}]` : address}:${actual}`
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      if (server.listening) await new Promise(resolve => server.close(resolve))
    },
  }
}
