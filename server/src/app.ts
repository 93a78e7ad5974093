import { join } from 'node:path'
import { errorText } from '@harbor/protocol'
import type { Logger } from 'pino'
import { alertRoutes } from './alerts/alerts.routes.ts'
import { inboxRoutes } from './alerts/inbox.routes.ts'
import { createAlerts } from './alerts/alerts.ts'
import { createCauseRunner } from './alerts/cause-runner.ts'
import { createEventOutbox } from './alerts/event-outbox.ts'
import { createMaintenanceBook } from './alerts/maintenance.ts'
import { maintenanceRoutes } from './alerts/maintenance.routes.ts'
import { ruleViews } from './alerts/rules.ts'
import { takeInFleet } from './assets/take-in-fleet.ts'
import { openAutomation } from './automation/open-automation.ts'
import type { MessageBus } from './bus/message-bus.ts'
import { clientConfigOf } from './client-config.ts'
import { commandRoutes } from './commands/commands.routes.ts'
import { createCommands } from './commands/commands.ts'
import type { ServerSettings } from './config.ts'
import { LIVE_CATALOGUE } from './faults/catalogue.ts'
import { createFinder } from './finder/finder.ts'
import { finderRoutes } from './finder/finder.routes.ts'
import { createPublicLimits } from './finder/public-limits.ts'
import { openFeedback } from './feedback/open-feedback.ts'
import { openFleet } from './fleet/open-fleet.ts'
import { gatewayRoutes } from './gateways/gateways.routes.ts'
import { createApiRouter } from './http/api-router.ts'
import { healthRoutes } from './http/health.routes.ts'
import { createHttpMetrics } from './http/http-metrics.ts'
import { createRefusedChanges } from './http/refused-changes.ts'
import { createWebApp, listen } from './http/http-server.ts'
import { withOpenApi } from './http/openapi.routes.ts'
import type { Route } from './http/route.ts'
import { securityHeaders } from './http/security-headers.ts'
import { createStaticWeb } from './http/static-web.ts'
import { ACCOUNT_SYNC_DEFAULTS, createAccountSync } from './ingest/account-sync.ts'
import { INGEST_DEFAULTS, createIngest } from './ingest/ingest.ts'
import { createBusy } from './latest/busy.ts'
import { createLatest } from './latest/latest.ts'
import { stationRoutes } from './latest/stations.routes.ts'
import type { Metrics } from './metrics/metrics.ts'
import { applianceRoutes } from './pages/appliances.routes.ts'
import { createPages } from './pages/pages.ts'
import { createSaidPages } from './pages/said-pages.ts'
import { openDiagnosis } from './open-diagnosis.ts'
import { openManagement } from './open-management.ts'
import { createPublicEye } from './register/public-eye.ts'
import { openUpkeep } from './open-upkeep.ts'
import { openPeople } from './people/open-people.ts'
import { peopleRoutes } from './people/people.routes.ts'
import { createRealtime } from './realtime/realtime.ts'
import { accountsAfter, latestRevision, renumberAfter } from './registry/accounts.ts'
import { loadDirectory } from './registry/directory.ts'
import { importDemoFleet } from './registry/demo.ts'
import { openRegistry, probeRegistry } from './registry/open-registry.ts'
import { createSafetyAlerts } from './safety/safety-alerts.ts'
import { hoursChangeRoutes } from './stations/hours-changes.routes.ts'
import { openStationHours } from './stations/open-hours.ts'
import { openTell } from './tell/open-tell.ts'
import type { TelemetryStore } from './telemetry/telemetry-store.ts'

/** What the server takes from outside. */
export interface AppDeps {
  bus: MessageBus
  store: TelemetryStore
  metrics: Metrics
  log: Logger
  /** Now, in ms since 1970. */
  nowMs: () => number
  /** In [0, 1); for jitter, never for secrets. */
  random: () => number
  /** For tokens and codes. */
  randomBytes: (size: number) => Buffer
  newId: () => string
  /** How often it is looked for what explains silence, in ms; default 5,000. */
  lookEveryMs?: number | undefined
}

/** A server that listens. */
export interface RunningApp {
  /** With a trailing slash. */
  url: string
  /** The one-time code for the first administrator, while nobody can sign in. */
  firstAdministratorCode: string | undefined
  routes: readonly Route[]
  /** Finishes what was accepted and lets go of everything, within 3 s; may be called twice. */
  stop: () => Promise<void>
}

/**
 * Starts all parts in the order in which they stand on each other; a start that fails undoes what it did.
 *
 * @throws RegistryError, HarborError of the store, or the system's error when the port is taken.
 */
export async function startApp(settings: ServerSettings, deps: AppDeps): Promise<RunningApp> {
  const parts = new AsyncDisposableStack()
  try {
    const { url, firstAdministratorCode, routes } = await startParts(settings, deps, parts)
    let stopping: Promise<void> | undefined
    return { url, firstAdministratorCode, routes, stop: () => (stopping ??= parts.disposeAsync()) }
  } catch (error) {
    await parts.disposeAsync()
    throw error
  }
}

/** Puts onto `parts` how to undo each step: they are undone last first. */
async function startParts(
  settings: ServerSettings,
  deps: AppDeps,
  parts: AsyncDisposableStack,
): Promise<Omit<RunningApp, 'stop'>> {
  const { bus, store, metrics, log, nowMs } = deps
  const db = parts.adopt(await openRegistry(`${settings.dataDir}/registry.sqlite`), registry => registry.destroy())
  if (settings.demo !== undefined) {
    await importDemoFleet(db, { fleetFile: settings.demo.fleetFile, secretsDir: settings.secretsDir })
  }
  const staff = await openPeople(settings, { db, nowMs, randomBytes: deps.randomBytes })
  await takeInFleet(db, nowMs())
  const directory = await loadDirectory(db)
  parts.defer(() => store.stop())
  await store.start()

  const rules = ruleViews(LIVE_CATALOGUE)
  const alerts = createAlerts({ db, directory, rules, nowMs, newId: deps.newId })
  await alerts.start()
  const maintenance = createMaintenanceBook({
    db,
    directory,
    nowMs,
    newId: deps.newId,
    onChanged: async station => {
      latest.touch(station)
      await alerts.settle([station])
    },
  })
  const hours = await openStationHours(
    { calendarDir: join(settings.dataDir, 'calendar'), timeZone: settings.timeZone },
    {
      db,
      directory,
      nowMs,
      newId: deps.newId,
      onChanged: stations => {
        for (const station of stations) {
          latest.touch(station)
          finder.hoursChanged(station)
        }
      },
      log,
    },
  )
  const feedback = await openFeedback(
    {
      secretsDir: settings.secretsDir,
      photosDir: join(settings.dataDir, 'photos'),
      photosQuotaBytes: settings.photosQuotaBytes,
      timeZone: settings.timeZone,
      districts: settings.ingestDistricts ?? [],
    },
    {
      db,
      bus,
      directory,
      nowMs,
      newId: deps.newId,
      onStationChanged: station => latest.touch(station),
      onFeedback: view => realtime.publishFeedback(view),
      onEvent: () => outbox.wake(),
      log,
    },
  )
  parts.defer(() => feedback.stop())
  await feedback.start()
  /** Undefined: not known. */
  const isOpenAt = (station: string, atMs: number): boolean | undefined => {
    if (directory.stations.get(station)?.state !== 'open') return false
    const { state } = hours.openingAt(station, atMs)
    return state === 'unknown' ? undefined : state !== 'closed'
  }
  const tell = await openTell(settings, { db, rules, nowMs, newId: deps.newId, log })
  parts.defer(() => tell.stop())
  const automation = await openAutomation(settings, {
    db,
    tell,
    nowMs,
    newId: deps.newId,
    randomBytes: deps.randomBytes,
    onEvent: () => outbox.wake(),
    log,
  })
  const upkeep = await openUpkeep(settings, {
    db,
    directory,
    store,
    rules,
    alerts,
    hours,
    feedback,
    tell,
    onOrder: order => {
      latest.touch(order.station)
      realtime.publishWorkOrder(order)
      outbox.wake()
    },
    onStationChanged: station => latest.touch(station),
    nowMs,
    newId: deps.newId,
    log,
  })
  const publicLimits = createPublicLimits(deps.randomBytes(16))
  const eye = createPublicEye(directory, nowMs)
  const management = await openManagement(settings, {
    limits: publicLimits,
    visitorPhotosOf: feedback.impressions.photosOf,
    onStations: async stations => {
      eye.changed(stations)
      stations.forEach(latest.touch)
      finder.stationsChanged(stations)
      await alerts.settle(stations)
    },
    db,
    bus,
    directory,
    store,
    hours,
    tell,
    viewOf: station => latest.view(station),
    onNotice: (id, at) => realtime.publishToRegion('notice', { id }, at),
    onEvent: () => outbox.wake(),
    nowMs,
    faultyAppliances: alerts.faultyAppliances,
    newId: deps.newId,
    log,
  })
  const { timeZone } = settings
  const faults = openDiagnosis({ db, directory, alerts, isOpen: isOpenAt, timeZone, nowMs, newId: deps.newId, log })
  parts.defer(() => faults.stop())
  await faults.start()
  const realtime = createRealtime({
    sessions: staff.sessions,
    stationsIn: (box, limit) => finder.stationsIn(box, limit),
    viewOf: station => (eye.isTold(station) ? latest.view(station) : undefined),
    limits: publicLimits,
    nowMs,
    placeOf: station => directory.stations.get(station)?.record,
    readingsOf: station => latest.detail(station)?.readings ?? [],
    overviewOf: management.overview.update,
    log,
  })
  const latest = createLatest({
    directory,
    posted: hours.posted,
    timeZone: settings.timeZone,
    faultyAppliances: alerts.faultyAppliances,
    closedStations: { has: station => directory.stations.get(station)?.state !== 'open' },
    changes: hours.changes,
    said: feedback.signs,
    promises: upkeep.promises,
    impressions: { ...feedback.impressions, photosOf: management.photosOf, noticesOf: management.noticesOf },
    nowMs,
    onChanged: ({ stations }) => {
      finder.take(stations)
      automation.takeStations(stations)
      realtime.publishStations(stations.filter(({ id }) => eye.isTold(id)))
    },
    onReadings: realtime.publishReadings,
  })
  parts.defer(() => latest.stop())
  const newest = [...(await store.newest())]
  latest.start(newest)
  // In the background: until it is done a station counts as watched since just now.
  latest.lookBack(store).catch((error: unknown) => {
    log.warn({ reason: errorText(error) }, 'what sensors showed before the start is not known')
  })
  const finder = createFinder({
    db,
    directory: { stations: directory.publicStations },
    viewOf: station => (directory.publicStations.has(station) ? latest.view(station) : undefined),
    planOf: hours.planOf,
    timeZone,
    nowMs,
    log,
  })
  parts.defer(() => finder.stop())
  await finder.start()

  const outbox = createEventOutbox({
    db,
    publish: (topic, payload) => bus.publish(topic, new TextEncoder().encode(payload)),
    log,
  })
  parts.defer(async () => {
    // An event that waits for the broker is given up by the bus, so both have to stop at once.
    const stopped = outbox.stop()
    await bus.stop()
    await stopped
  })
  alerts.onChanged(alert => {
    latest.touch(alert.station)
    realtime.publishAlert(alert)
    tell.takeAlert(alert)
    outbox.wake()
  })
  await tell.start()
  parts.defer(() => automation.stop())
  automation.start()
  parts.defer(() => upkeep.stop())
  await upkeep.start()
  parts.defer(() => management.stop())
  await management.start()
  const safety = createSafetyAlerts({ db, alerts, directory, nowMs, log })
  parts.defer(() => safety.stop())
  await safety.start()
  const ingest = createIngest(
    { ...INGEST_DEFAULTS, districts: settings.ingestDistricts ?? [] },
    {
      bus,
      store,
      ownerOf: device => directory.devices.get(device)?.record.gateway,
      clock: nowMs,
      random: deps.random,
      log,
      metrics,
      onStored: (readings, receivedAtMs) => {
        latest.take(readings)
        management.take(readings)
        causes.take(readings)
        faults.take(readings, receivedAtMs)
      },
      onStatus: safety.take,
    },
  )
  const causes = createCauseRunner({
    db,
    alerts,
    directory,
    gatewayStatus: gateway => ingest.statuses.newest(gateway),
    isListening: () => bus.isConnected(),
    isOpen: (station, atMs) => isOpenAt(station, atMs) === true,
    lookEveryMs: deps.lookEveryMs,
    nowMs,
    log,
  })
  parts.defer(() => causes.stop())
  await causes.start(newest)
  parts.defer(() => ingest.stop())
  ingest.start()
  const accountSync = createAccountSync(ACCOUNT_SYNC_DEFAULTS, {
    bus,
    accountsAfter: (revision, limit) => accountsAfter(db, revision, limit),
    latestRevision: () => latestRevision(db),
    renumberAfter: revision => renumberAfter(db, revision),
    log,
  })
  parts.defer(() => accountSync.stop())
  accountSync.start()
  const fleet = await openFleet(
    {
      secretsDir: settings.secretsDir,
      timeZone: settings.timeZone,
      gatewayMqttUrl: settings.gatewayMqttUrl,
      districts: settings.ingestDistricts ?? [],
    },
    {
      db,
      bus,
      directory,
      nowMs,
      randomBytes: deps.randomBytes,
      onAccountsChanged: accountSync.accountsChanged,
      onStationChanged: latest.touch,
      log,
    },
  )
  parts.defer(() => fleet.stop())
  fleet.start()
  const commands = createCommands({
    db,
    bus,
    districts: settings.ingestDistricts ?? [],
    nowMs,
    newId: deps.newId,
    onEvent: outbox.wake,
    log,
  })
  parts.defer(() => commands.stop())
  commands.start()
  bus.onConnect(outbox.wake)
  await bus.start()
  outbox.start()

  const routes = withOpenApi([
    // Before the stations themselves: `near` would be taken for one's id.
    ...finderRoutes({ finder, limits: publicLimits }),
    ...stationRoutes({
      latest,
      busy: createBusy({ directory, store, posted: hours.posted, timeZone: settings.timeZone, nowMs }),
      directory,
      store,
      nowMs,
      limits: publicLimits,
      clientConfig: () => clientConfigOf(settings, staff.firstAdministrator.isNeeded()),
    }),
    ...alertRoutes({ alerts, rules, nowMs }),
    ...inboxRoutes({ db, nowMs }),
    ...maintenanceRoutes({ book: maintenance, nowMs }),
    ...faults.routes,
    ...hoursChangeRoutes({ changes: hours.changes, nowMs }),
    ...commandRoutes({ db, commands }),
    ...gatewayRoutes({ db, statuses: ingest.statuses }),
    ...peopleRoutes(staff),
    ...fleet.routes,
    ...feedback.routes,
    ...applianceRoutes(directory),
    ...tell.routes,
    ...upkeep.routes,
    ...management.routes,
    ...automation.routes,
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
    sessions: staff.sessions,
    services: automation.services,
    onServiceAct: automation.record,
    log,
    onAnswered: createHttpMetrics(metrics),
    onRefused: createRefusedChanges({ metrics, nowMs, log }),
  })
  const web = createPages({
    directory,
    detailOf: station => (directory.publicStations.has(station) ? latest.detail(station) : undefined),
    webDir: settings.webDir,
    publicUrl: settings.publicUrl,
    timeZone: settings.timeZone,
    nowMs,
  })
    .use(createSaidPages({ db, directory, timeZone: settings.timeZone, nowMs }))
    .use(createStaticWeb(settings.webDir))
  const listening = await listen(createWebApp({ headers: securityHeaders(settings.tileUrl), api, web }), {
    host: settings.host,
    port: settings.httpPort,
  })
  parts.defer(async () => {
    // Open web sockets keep the listener from closing, so both have to stop at once.
    await Promise.all([listening.stop(), realtime.stop()])
  })
  realtime.start(listening.server)
  listening.server.on('error', error => log.error({ reason: errorText(error) }, 'the HTTP listener failed'))
  log.info({ stations: directory.stations.size, devices: directory.devices.size, url: listening.url }, 'server started')
  return { url: listening.url, firstAdministratorCode: staff.firstAdministrator.code(), routes }
}
