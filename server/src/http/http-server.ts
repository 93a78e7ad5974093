import { type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import express, { type Express, type RequestHandler, type Router } from 'express'

/** The HTTP side: headers first, then the API, then the web pages. */
export function createWebApp(parts: { headers: RequestHandler; api: Router; web: Router }): Express {
  const app = express()
  app.disable('x-powered-by')
  // A proxy on this machine may say for whom it asks; nobody else may.
  app.set('trust proxy', 'loopback')
  app.use(parts.headers)
  app.use(parts.api)
  app.use(parts.web)
  return app
}

/** A listening HTTP server. */
export interface Listening {
  server: Server
  /** With a trailing slash. */
  url: string
  /** Stops listening and cuts what is still open after a short while; may be called twice. */
  stop: () => Promise<void>
}

/** How long requests that are being answered may take when the server stops. */
const DRAIN_MS = 1_000

/**
 * Longer than proxies keep an idle connection (nginx: 60 s): whoever closes first must not be us, or a request that was
 * just sent on it is lost.
 */
const KEEP_ALIVE_MS = 65_000

/** @throws the system's error, such as EADDRINUSE with port and address. */
export async function listen(app: Express, { host, port }: { host: string; port: number }): Promise<Listening> {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, app)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  const bound = server.address() as AddressInfo
  const shownHost = bound.family === 'IPv6' ? `[${bound.address}]` : bound.address
  let stopping: Promise<void> | undefined
  return {
    server,
    url: `http://${shownHost}:${bound.port}/`,
    stop: () => {
      stopping ??= close(server)
      return stopping
    },
  }
}

async function close(server: Server): Promise<void> {
  if (!server.listening) return
  const closed = new Promise<void>(resolve => server.close(() => resolve()))
  server.closeIdleConnections()
  const limit = setTimeout(() => server.closeAllConnections(), DRAIN_MS)
  await closed
  clearTimeout(limit)
}
