import { join } from 'node:path'
import type { ChangedThing, RuleView, WorkOrder } from '@harbor/protocol'
import type { Logger } from 'pino'
import type { Alerts } from './alerts/alerts.ts'
import { openAssets } from './assets/open-assets.ts'
import { openChecklists } from './checklists/open-checklists.ts'
import type { ServerSettings } from './config.ts'
import type { openFeedback } from './feedback/open-feedback.ts'
import { figureRoutes } from './figures/figures.routes.ts'
import type { Route } from './http/route.ts'
import { createPlans } from './plans/plans.ts'
import { planRoutes } from './plans/plans.routes.ts'
import type { LiveDirectory } from './registry/directory.ts'
import type { RegistryDb } from './registry/open-registry.ts'
import type { PromiseSource } from './stations/sources.ts'
import type { StationHours } from './stations/open-hours.ts'
import type { TelemetryStore } from './telemetry/telemetry-store.ts'
import type { Telling } from './tell/open-tell.ts'
import { openWorkOrders } from './work-orders/open-work-orders.ts'

export interface UpkeepDeps {
  db: RegistryDb
  directory: LiveDirectory
  store: Pick<TelemetryStore, 'series'>
  rules: readonly RuleView[]
  alerts: Pick<Alerts, 'onChanged' | 'tellChanged'>
  hours: StationHours
  feedback: Pick<Awaited<ReturnType<typeof openFeedback>>, 'work' | 'doorCode'>
  tell: Telling
  /** Told of each order after each change of it. */
  onOrder: (order: WorkOrder) => void
  /** Something of these districts (none: of all) is another than before. */
  onChanged: (what: ChangedThing, districts: readonly string[]) => void
  /** What stands in a station changed. */
  onStationChanged: (station: string) => void
  nowMs: () => number
  newId: () => string
  random: () => number
  randomBytes: (size: number) => Buffer
  log: Logger
}

/** What keeps appliances working: orders, plans and checklists that make them, the register, figures, and who is told. */
export interface Upkeep {
  routes: Route[]
  promises: PromiseSource
  start: () => Promise<void>
  stop: () => Promise<void>
}

/** Puts its parts together. @throws RegistryError `SECRET_MISSING`. */
export async function openUpkeep(settings: ServerSettings, deps: UpkeepDeps): Promise<Upkeep> {
  const { db, directory, store, rules, alerts, hours, feedback, tell, nowMs, newId, random, log } = deps
  const { dataDir, photosQuotaBytes, publicUrl, timeZone } = settings
  const workOrders = openWorkOrders(
    { photosDir: join(dataDir, 'work-order-photos'), photosQuotaBytes },
    {
      db,
      directory,
      rules,
      alerts,
      openingAt: (station, atMs) => {
        const { state, changesAtMs } = hours.openingAt(station, atMs)
        return { isOpen: isOpen(state), ...(changesAtMs !== undefined && { changesAtMs }) }
      },
      isWithin: (text, atMs) => isOpen(hours.posted.openingState({ hours: text, atMs, timeZone }).state),
      onChanged: order => {
        tell.takeOrder(order)
        deps.onOrder(order)
      },
      onCrewsChanged: districts => deps.onChanged('crews', districts),
      nowMs,
      newId,
      random,
      log,
    },
  )
  const checklists = openChecklists(
    { photosDir: join(dataDir, 'checklist-photos'), photosQuotaBytes },
    { db, change: workOrders.change, onTemplatesChanged: () => deps.onChanged('checklists', []), nowMs },
  )
  const plans = createPlans({
    db,
    directory,
    store,
    orders: workOrders,
    rules,
    timeZone,
    onChanged: districts => deps.onChanged('plans', districts),
    nowMs,
    newId,
    log,
  })
  const { doorCode } = feedback
  const { onStationChanged } = deps
  return {
    routes: [
      ...planRoutes({ plans, nowMs }),
      ...openAssets({
        db,
        directory,
        store,
        timeZone,
        publicUrl,
        doorCode,
        onStationChanged,
        onChanged: districts => deps.onChanged('assets', districts),
        nowMs,
      }),
      ...workOrders.routes,
      ...checklists.routes,
      ...figureRoutes({ db, directory, timeZone, nowMs }),
    ],
    promises: workOrders,
    start: async () => {
      await checklists.start()
      await workOrders.start()
      await workOrders.listen(feedback.work)
      plans.start()
    },
    stop: async () => {
      await plans.stop()
      await workOrders.stop()
    },
  }
}

/** Undefined: not known. */
function isOpen(state: ReturnType<StationHours['openingAt']>['state']): boolean | undefined {
  return state === 'unknown' ? undefined : state !== 'closed'
}
