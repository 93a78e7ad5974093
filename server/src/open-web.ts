import { errorText } from '@harbor/protocol'
import type { Logger } from 'pino'
import type { Automation } from './automation/open-automation.ts'
import type { MessageBus } from './bus/message-bus.ts'
import type { ServerSettings } from './config.ts'
import { createApiRouter } from './http/api-router.ts'
import { healthRoutes } from './http/health.routes.ts'
import { createHttpMetrics } from './http/http-metrics.ts'
import { createWebApp, listen } from './http/http-server.ts'
import { withOpenApi } from './http/openapi.routes.ts'
import { createRefusedChanges } from './http/refused-changes.ts'
import type { Route } from './http/route.ts'
import { securityHeaders } from './http/security-headers.ts'
import { createStaticWeb } from './http/static-web.ts'
import type { Metrics } from './metrics/metrics.ts'
import type { Live } from './open-live.ts'
import { createPages } from './pages/pages.ts'
import { createSaidPages } from './pages/said-pages.ts'
import type { Staff } from './people/open-people.ts'
import type { LiveDirectory } from './registry/directory.ts'
import { type RegistryDb, probeRegistry } from './registry/open-registry.ts'
import type { TelemetryStore } from './telemetry/telemetry-store.ts'

export interface WebDeps {
  /** What the parts answer, in the order in which an address is looked for. */
  routes: Route[]
  db: RegistryDb
  bus: Pick<MessageBus, 'isConnected'>
  store: Pick<TelemetryStore, 'health'>
  sessions: Staff['sessions']
  directory: LiveDirectory
  live: Pick<Live, 'latest' | 'realtime'>
  automation: Pick<Automation, 'services' | 'record'>
  metrics: Metrics
  nowMs: () => number
  log: Logger
}

/** The listener, with everything that is asked of it. */
export interface Web {
  /** With a trailing slash. */
  url: string
  /** Those of the parts, and those that tell of the server itself. */
  routes: readonly Route[]
  /** Ends the sockets too. */
  stop: () => Promise<void>
}

/** Listens for the API, the sockets, the pages and the two web apps. @throws the system's error when the port is taken. */
export async function openWeb(settings: ServerSettings, deps: WebDeps): Promise<Web> {
  const { db, bus, store, sessions, directory, live, metrics, nowMs, log } = deps
  const { webDir, publicUrl, timeZone, host, httpPort: port } = settings
  const routes = withOpenApi([
    ...deps.routes,
    ...healthRoutes({
      checks: {
        store: () => store.health(),
        broker: () => ({ ok: bus.isConnected(), detail: bus.isConnected() ? 'connected' : 'not connected' }),
        registry: () => probeRegistry(db, nowMs()),
      },
      renderMetrics: metrics.render,
      metricsType: metrics.contentType,
      nowMs,
    }),
  ])
  const api = createApiRouter({
    routes,
    sessions,
    services: deps.automation.services,
    onServiceAct: deps.automation.record,
    log,
    onAnswered: createHttpMetrics(metrics),
    onRefused: createRefusedChanges({ metrics, nowMs, log }),
  })
  const detailOf = (station: string) =>
    directory.publicStations.has(station) ? live.latest.detail(station) : undefined
  const pages = createPages({ directory, detailOf, webDir, publicUrl, timeZone, nowMs })
    .use(createSaidPages({ db, directory, timeZone, nowMs }))
    .use(createStaticWeb(webDir))
  const app = createWebApp({ headers: securityHeaders(settings.tileUrl), api, web: pages })
  const listening = await listen(app, { host, port })
  live.realtime.start(listening.server)
  listening.server.on('error', error => log.error({ reason: errorText(error) }, 'the HTTP listener failed'))
  return {
    url: listening.url,
    routes,
    stop: async () => {
      // Open web sockets keep the listener from closing, so both have to stop at once.
      await Promise.all([listening.stop(), live.realtime.stop()])
    },
  }
}
