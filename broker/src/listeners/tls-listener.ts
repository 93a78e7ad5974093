import { once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import { type TLSSocket, createServer } from 'node:tls'
import type { Refusal } from '../refusals.ts'
import type { ClientCertificates } from './client-certificates.ts'
import type { Listener, ListenerConfig, Serve } from './listener.ts'
import type { TlsFollower } from './tls-material.ts'

export interface TlsListenerConfig extends ListenerConfig {
  /** A handshake that takes longer is ended: until it is over a peer costs us and has not said who it is. */
  handshakeTimeoutMs: number
  /** Connections at once, handshakes among them. */
  connections: number
  /** Whether clients are asked for a certificate. */
  requestCert: boolean
}

export interface TlsListenerDeps {
  serve: Serve
  follower: Pick<TlsFollower, 'current' | 'onChange'>
  certificates: ClientCertificates
  refuse: (refusal: Refusal) => void
}

/** MQTT over TLS. Those who show no certificate prove themselves by their secret, as on the plain listener. */
export function createTlsListener(config: TlsListenerConfig, deps: TlsListenerDeps): Listener {
  const { follower, certificates, refuse, serve } = deps
  const sockets = new Set<Socket>()
  // Not rejected by Node: a certificate that is no good is counted and named in our log, then cut.
  const server = createServer({
    handshakeTimeout: config.handshakeTimeoutMs,
    requestCert: config.requestCert,
    rejectUnauthorized: false,
    noDelay: true,
  })
  server.maxConnections = config.connections
  server.on('connection', socket => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  server.on('secureConnection', socket => {
    const source = `tls ${socket.remoteAddress ?? ''}`
    const verdict = certificates.check(socket)
    if (!('refused' in verdict)) return serve(socket, source, verdict.proof)
    refuse({ reason: verdict.refused, source, detail: verdict.detail })
    socket.on('error', () => socket.destroy()).destroy()
  })
  server.on('tlsClientError', (error, socket) => {
    refuse({ reason: 'bad_handshake', source: `tls ${addressOf(socket)}`, detail: error.message })
  })
  follower.onChange(() => server.setSecureContext(follower.current().context))

  return {
    start: async () => {
      server.setSecureContext(follower.current().context)
      server.listen(config.port, config.host)
      await once(server, 'listening') // rejects on 'error'
      const { address, family, port } = server.address() as AddressInfo
      return `mqtts://${family === 'IPv6' ? `[${address}]` : address}:${port}`
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      if (server.listening) await new Promise(resolve => server.close(resolve))
    },
  }
}

function addressOf(socket: TLSSocket): string {
  return socket.remoteAddress ?? 'unknown'
}
