import { once } from 'node:events'
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer, createWebSocketStream } from 'ws'
import type { Listener, ListenerConfig, Serve } from './listener.ts'

export interface WebListenerConfig extends ListenerConfig {
  /** A WebSocket message that is larger ends its connection. MQTT packets may be spread over any number of messages. */
  messageBytes: number
}

export interface WebListenerDeps {
  serve: Serve
  isHealthy: () => boolean
  metrics: () => Promise<{ contentType: string; text: string }>
}

const MQTT_PATH = '/mqtt'

/** MQTT over WebSocket at /mqtt; on the same port GET /healthz and GET /metrics. */
export function createWebListener(config: WebListenerConfig, deps: WebListenerDeps): Listener {
  const http = createServer((request, response) => {
    answer(request, response, deps).catch(() => response.writeHead(500).end()) // a metric that cannot be read
  })
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
    sockets.handleUpgrade(request, socket, head, webSocket => {
      deps.serve(createWebSocketStream(webSocket), `ws ${request.socket.remoteAddress ?? ''}`)
    })
  })

  return {
    start: async () => {
      http.listen(config.port, config.host)
      await once(http, 'listening') // rejects on 'error'
      const { address, family, port } = http.address() as AddressInfo
      return `ws://${family === 'IPv6' ? `[${address}]` : address}:${port}${MQTT_PATH}`
    },
    stop: async () => {
      for (const socket of raw) socket.destroy()
      if (http.listening) await new Promise(resolve => http.close(resolve))
    },
  }
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
