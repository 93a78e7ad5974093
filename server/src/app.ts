import { join } from 'node:path'
import type { Logger } from 'pino'
import { alertRoutes } from './alerts/alerts.routes.ts'
import { inboxRoutes } from './alerts/inbox.routes.ts'
import { createAlerts } from './alerts/alerts.ts'
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
import { finderRoutes } from './finder/finder.routes.ts'
import { createPublicLimits } from './finder/public-limits.ts'
import { openFeedback } from './feedback/open-feedback.ts'
import { openFleet } from './fleet/open-fleet.ts'
import { gatewayRoutes } from './gateways/gateways.routes.ts'
import type { Route } from './http/route.ts'
import { createBusy } from './latest/busy.ts'
import { stationRoutes } from './latest/stations.routes.ts'
import type { Metrics } from './metrics/metrics.ts'
import { applianceRoutes } from './pages/appliances.routes.ts'
import { openDiagnosis } from './open-diagnosis.ts'
import { openIntake } from './open-intake.ts'
import { openLive } from './open-live.ts'
import { openManagement } from './open-management.ts'
import { createPublicEye } from './register/public-eye.ts'
import { openUpkeep } from './open-upkeep.ts'
import { openWeb } from './open-web.ts'
import { openPeople } from './people/open-people.ts'
import { peopleRoutes } from './people/people.routes.ts'
import { secondFactorRoutes } from './people/second-factor.routes.ts'
import { sessionsRoutes } from './people/sessions.routes.ts'
import { loadDirectory } from './registry/directory.ts'
import { importDemoFleet } from './registry/demo.ts'
import { openRegistry } from './registry/open-registry.ts'
import { registryPlaceOf } from './registry/registry-place.ts'
import { createCluster } from './realtime/cluster.ts'
import { hoursChangeRoutes } from './stations/hours-changes.routes.ts'
import { openStationHours } from './stations/open-hours.ts'
import { openTell } from './tell/open-tell.ts'
import { exportRoutes } from './telemetry/export.routes.ts'
import type { TelemetryStore } from './telemetry/telemetry-store.ts'
import { createTelemetryUpkeep } from './telemetry/upkeep.ts'

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
  const { timeZone, ingestDistricts: districts = [] } = settings
  const db = parts.adopt(await openRegistry(await registryPlaceOf(settings, log)), registry => registry.destroy())
  if (settings.demo !== undefined) {
    await importDemoFleet(db, { fleetFile: settings.demo.fleetFile, secretsDir: settings.secretsDir })
  }
  const staff = await openPeople(settings, { db, nowMs, randomBytes: deps.randomBytes })
  await takeInFleet(db, nowMs())
  const directory = await loadDirectory(db)
  parts.defer(() => store.stop())
  await store.start()
  const telemetryUpkeep = createTelemetryUpkeep(settings.telemetryDays, { store, nowMs, log })
  parts.defer(telemetryUpkeep.stop)

  const rules = ruleViews(LIVE_CATALOGUE)
  const alerts = createAlerts({ db, directory, rules, nowMs, newId: deps.newId })
  await alerts.start()
  const maintenance = createMaintenanceBook({
    db,
    directory,
    nowMs,
    newId: deps.newId,
    onChanged: async station => {
      live.latest.touch(station)
      await alerts.settle([station])
    },
  })
  const hours = await openStationHours(
    { calendarDir: join(settings.dataDir, 'calendar'), timeZone },
    {
      db,
      directory,
      nowMs,
      newId: deps.newId,
      onChanged: stations => {
        for (const station of stations) {
          live.latest.touch(station)
          live.finder.hoursChanged(station)
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
      timeZone,
      districts,
    },
    {
      db,
      bus,
      directory,
      nowMs,
      newId: deps.newId,
      onStationChanged: station => live.latest.touch(station),
      onFeedback: view => live.realtime.publishFeedback(view),
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
  const tell = await openTell(settings, { ...deps, db, rules })
  parts.defer(() => tell.stop())
  const automation = await openAutomation(settings, { ...deps, db, tell, onEvent: () => outbox.wake() })
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
      live.latest.touch(order.station)
      live.realtime.publishWorkOrder(order)
      outbox.wake()
    },
    onChanged: (what, districts) => live.realtime.publishChanged(what, districts),
    onStationChanged: station => live.latest.touch(station),
    nowMs,
    newId: deps.newId,
    random: deps.random,
    randomBytes: deps.randomBytes,
    log,
  })
  const publicLimits = createPublicLimits(deps.randomBytes(16))
  const eye = createPublicEye(directory, nowMs)
  const management = await openManagement(settings, {
    limits: publicLimits,
    visitorPhotosOf: feedback.impressions.photosOf,
    onStations: async stations => {
      eye.changed(stations)
      stations.forEach(live.latest.touch)
      live.finder.stationsChanged(stations)
      await alerts.settle(stations)
    },
    db,
    bus,
    directory,
    store,
    hours,
    tell,
    viewOf: station => live.latest.view(station),
    onNotice: (id, at) => live.realtime.publishToRegion('notice', { id }, at),
    onEvent: () => outbox.wake(),
    nowMs,
    faultyAppliances: alerts.faultyAppliances,
    newId: deps.newId,
    log,
  })
  const faults = openDiagnosis({ db, directory, alerts, isOpen: isOpenAt, timeZone, nowMs, newId: deps.newId, log })
  parts.defer(() => faults.stop())
  await faults.start()
  const cluster = settings.redisUrl === undefined ? undefined : createCluster(settings.redisUrl, deps)
  // Undone after the sockets were closed, which end what the adapter reads.
  parts.defer(() => cluster?.stop())
  const live = openLive({
    adapter: cluster?.adapter,
    db,
    directory,
    store,
    sessions: staff.sessions,
    limits: publicLimits,
    eye,
    hours,
    alerts,
    feedback,
    upkeep,
    management,
    automation,
    timeZone,
    nowMs,
    random: deps.random,
    log,
  })
  parts.defer(() => live.stop())
  const newest = await live.start()
  cluster?.start(live.latest.take)

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
    live.latest.touch(alert.station)
    live.realtime.publishAlert(alert)
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
  const intake = openIntake(
    { districts, batch: settings.ingestBatch },
    {
      db,
      bus,
      store,
      metrics,
      directory,
      alerts,
      isOpenAt,
      onStored: (readings, receivedAtMs) => {
        live.latest.take(readings)
        cluster?.tell(readings)
        management.take(readings)
        faults.take(readings, receivedAtMs)
        fleet.take(readings, receivedAtMs)
      },
      onStatus: gateway => fleet.heard(gateway),
      lookEveryMs: deps.lookEveryMs,
      nowMs,
      random: deps.random,
      log,
    },
  )
  parts.defer(() => intake.stop())
  await intake.start(newest)
  // Not before readings are taken: a large day takes its time.
  telemetryUpkeep.start()
  const commands = createCommands({ db, bus, districts, nowMs, newId: deps.newId, onEvent: outbox.wake, log })
  parts.defer(() => commands.stop())
  commands.start()
  const fleet = await openFleet(
    { ...settings, districts },
    {
      db,
      bus,
      directory,
      nowMs,
      randomBytes: deps.randomBytes,
      onAccountsChanged: intake.accountsChanged,
      onStationChanged: live.latest.touch,
      statuses: intake.statuses,
      readingsOf: station => live.latest.detail(station)?.readings ?? [],
      commands,
      tell: live.realtime.publishToRegion,
      newId: deps.newId,
      lookEveryMs: deps.lookEveryMs,
      log,
    },
  )
  parts.defer(() => fleet.stop())
  await fleet.start()
  bus.onConnect(outbox.wake)
  await bus.start()
  outbox.start()

  const routes = [
    // Before the stations themselves: `near` would be taken for one's id.
    ...finderRoutes({ finder: live.finder, limits: publicLimits }),
    ...stationRoutes({
      latest: live.latest,
      busy: createBusy({ directory, store, posted: hours.posted, timeZone, nowMs }),
      directory,
      store,
      nowMs,
      limits: publicLimits,
      clientConfig: () => clientConfigOf(settings, staff.firstAdministrator.isNeeded()),
    }),
    ...(await exportRoutes({
      exportsDir: join(settings.dataDir, 'exports'),
      store,
      directory,
      newId: deps.newId,
      log,
    })),
    ...alertRoutes({ alerts, rules, nowMs }),
    ...inboxRoutes({ db, nowMs }),
    ...maintenanceRoutes({ book: maintenance, nowMs }),
    ...faults.routes,
    ...hoursChangeRoutes({ changes: hours.changes, nowMs }),
    ...commandRoutes({ db, commands }),
    ...gatewayRoutes({ db, statuses: intake.statuses }),
    ...peopleRoutes(staff, log),
    ...sessionsRoutes(staff, log),
    ...secondFactorRoutes(staff, log),
    ...fleet.routes,
    ...feedback.routes,
    ...applianceRoutes(directory),
    ...tell.routes,
    ...upkeep.routes,
    ...management.routes,
    ...automation.routes,
  ]
  const web = await openWeb(settings, {
    routes,
    db,
    bus,
    store,
    sessions: staff.sessions,
    directory,
    live,
    automation,
    metrics,
    nowMs,
    log,
  })
  parts.defer(() => web.stop())
  log.info({ stations: directory.stations.size, devices: directory.devices.size, url: web.url }, 'server started')
  return { url: web.url, firstAdministratorCode: staff.firstAdministrator.code(), routes: web.routes }
}
