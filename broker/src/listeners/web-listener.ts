import { once } from 'node:events'
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import { WebSocketServer, createWebSocketStream } from 'ws'
import type { CertificateVerdict } from './client-certificates.ts'
import type { Listener, ListenerConfig, Serve } from './listener.ts'
import type { TlsFollower } from './tls-material.ts'

export interface WebListenerConfig extends ListenerConfig {
  /** A WebSocket message that is larger ends its connection. MQTT packets may be spread over any number of messages. */
  messageBytes: number
}

/** What makes it a listener of wss:// and https://. */
export interface WebListenerTls {
  follower: Pick<TlsFollower, 'current' | 'onChange'>
  requestCert: boolean
  handshakeTimeoutMs: number
  check: (socket: TLSSocket) => CertificateVerdict
  /** A handshake failed, or a certificate was no good. */
  refuse: (reason: 'bad_handshake' | 'bad_certificate' | 'revoked_certificate', source: string, detail: string) => void
}

export interface WebListenerDeps {
  serve: Serve
  isHealthy: () => boolean
  metrics: () => Promise<{ contentType: string; text: string }>
  /** Absent: without TLS. */
  tls?: WebListenerTls
}

const MQTT_PATH = '/mqtt'

/** MQTT over WebSocket at /mqtt; on the same port GET /healthz and GET /metrics. */
export function createWebListener(config: WebListenerConfig, deps: WebListenerDeps): Listener {
  const { tls } = deps
  const handle = (request: IncomingMessage, response: ServerResponse) => {
    answer(request, response, deps).catch(() => response.writeHead(500).end()) // a metric that cannot be read
  }
  const https = tls && createSecureServer(tls, handle)
  const http = https ?? createServer(handle)
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: config.messageBytes,
    perMessageDeflate: false,
    // [MQTT-6.0.0-4]; `mqttv3.1` is what older clients say.
    handleProtocols: offered => ['mqtt', 'mqttv3.1'].find(name => offered.has(name)) ?? false,
  })
  const raw = new Set<Duplex>()
  http.on('connection', socket => {
    raw.add(socket)
    socket.once('close', () => raw.delete(socket))
  })
  http.on('upgrade', (request, socket, head) => {
    if (pathOf(request) !== MQTT_PATH) {
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
      return
    }
    const source = `${tls === undefined ? 'ws' : 'wss'} ${request.socket.remoteAddress ?? ''}`
    const verdict = tls?.check(request.socket as TLSSocket) ?? {}
    if ('refused' in verdict) {
      tls?.refuse(verdict.refused, source, verdict.detail)
      socket.destroy()
      return
    }
    sockets.handleUpgrade(request, socket, head, webSocket => {
      // [MQTT-6.0.0-1], before the stream has it. 1003: a kind of data that is not taken (RFC 6455, 7.4.1).
      webSocket.on('message', (_, isBinary) => {
        if (!isBinary) webSocket.close(1003)
      })
      deps.serve(createWebSocketStream(webSocket), source, verdict.proof)
    })
  })

  return {
    start: async () => {
      if (tls !== undefined) https?.setSecureContext(tls.follower.current().context)
      http.listen(config.port, config.host)
      await once(http, 'listening') // rejects on 'error'
      const { address, family, port } = http.address() as AddressInfo
      return `${tls === undefined ? 'ws' : 'wss'}://${family === 'IPv6' ? `[${address}]` : address}:${port}${MQTT_PATH}`
    },
    stop: async () => {
      for (const socket of raw) socket.destroy()
      if (http.listening) await new Promise(resolve => http.close(resolve))
    },
  }
}

function createSecureServer(tls: WebListenerTls, handle: (request: IncomingMessage, response: ServerResponse) => void) {
  const { follower, requestCert, handshakeTimeoutMs: handshakeTimeout } = tls
  const server = createHttpsServer({ requestCert, handshakeTimeout, rejectUnauthorized: false }, handle)
  server.on('tlsClientError', (error, socket) =>
    tls.refuse('bad_handshake', `wss ${socket.remoteAddress ?? 'unknown'}`, error.message),
  )
  follower.onChange(() => server.setSecureContext(follower.current().context))
  return server
}

async function answer(request: IncomingMessage, response: ServerResponse, deps: WebListenerDeps): Promise<void> {
  if (request.method !== 'GET') {
    response.writeHead(405, { allow: 'GET' }).end()
    return
  }
  switch (pathOf(request)) {
    case '/healthz': {
      const isHealthy = deps.isHealthy()
      response.writeHead(isHealthy ? 200 : 503, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ status: isHealthy ? 'ok' : 'starting or stopping' }))
      return
    }
    case '/metrics': {
      const { contentType, text } = await deps.metrics()
      response.writeHead(200, { 'content-type': contentType }).end(text)
      return
    }
    default:
      response.writeHead(404).end()
  }
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split('?', 1)[0] ?? '/'
}
