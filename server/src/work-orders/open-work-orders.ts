import type { RuleView, WorkOrder } from '@harbor/protocol'
import { errorText } from '@harbor/protocol'
import type { Logger } from 'pino'
import type { Alerts } from '../alerts/alerts.ts'
import type { FeedbackWork } from '../feedback/feedback-work.ts'
import type { Route } from '../http/route.ts'
import { createPhotoStore } from '../photos/photo-store.ts'
import type { Directory } from '../registry/directory.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import { crewRoutes } from './crews.routes.ts'
import { createCrews } from './crews.ts'
import { workOrderPhotoRoutes } from './photos.routes.ts'
import { CREATION } from './policy.ts'
import { workOrderRoutes } from './work-orders.routes.ts'
import { type TakingReports, createTakingReports } from './taking-reports.ts'
import { type WorkOrders, createWorkOrders } from './work-orders.ts'

export interface WorkOrderSettings {
  /** Holds the photos of orders. */
  photosDir: string
  photosQuotaBytes: number
}

export interface OpenWorkOrdersDeps {
  db: RegistryDb
  directory: Directory
  rules: readonly RuleView[]
  alerts: Pick<Alerts, 'onChanged' | 'tellChanged'>
  /** Whether a station is open by its posted hours and when that changes; undefined state: nobody knows. */
  openingAt: (station: string, atMs: number) => { isOpen: boolean | undefined; changesAtMs?: number }
  /** Whether hours in OpenStreetMap syntax include an instant; undefined: nobody can tell. */
  isWithin: (hours: string, atMs: number) => boolean | undefined
  /** Told of each order after each change of it. */
  onChanged: (order: WorkOrder) => void
  /** Crews of these districts are others than before. */
  onCrewsChanged: (districts: readonly string[]) => void
  nowMs: () => number
  newId: () => string
  random: () => number
  log: Logger
}

/** Work orders and crews as the server runs them. */
export interface OpenWorkOrders {
  routes: Route[]
  /** One transaction for what others put in order. */
  change: WorkOrders['change']
  /** When an appliance is to work again, in ms since 1970; undefined: nothing is promised. */
  promisedAt: (appliance: string) => number | undefined
  /** Somebody took on its repair because a person said that it is broken. */
  isInRepair: (appliance: string) => boolean
  /** Makes work of visitors' reports from now on, and tells them what becomes of it. */
  listen: (feedback: FeedbackWork) => Promise<void>
  start: () => Promise<void>
  stop: () => Promise<void>
}

/** Ties work orders to alerts, photos and the pages' routes. */
export function openWorkOrders(settings: WorkOrderSettings, deps: OpenWorkOrdersDeps): OpenWorkOrders {
  const { db, directory, rules, openingAt, isWithin, nowMs, newId, random, log } = deps
  const photos = createPhotoStore({ folder: settings.photosDir, quotaBytes: settings.photosQuotaBytes })
  const orders = createWorkOrders({
    db,
    directory,
    rules,
    scheduleOf: station => atMs => openingAt(station, atMs),
    isWithin,
    policy: CREATION,
    nowMs,
    newId,
    onAlertsChanged: deps.alerts.tellChanged,
    log,
  })
  const ends = [orders.onChanged(deps.onChanged), deps.alerts.onChanged(orders.wake)]
  let taking: TakingReports | undefined
  const tried = (what: string) => (work: Promise<void>) =>
    void work.catch((error: unknown) => log.error({ reason: errorText(error) }, what))

  return {
    routes: [
      ...workOrderRoutes({ orders, nowMs }),
      ...workOrderPhotoRoutes({ orders, photos }),
      ...crewRoutes({ crews: createCrews(db, deps.onCrewsChanged) }),
    ],
    change: orders.change,
    promisedAt: orders.promisedAt,
    isInRepair: orders.isInRepair,
    listen: async feedback => {
      const tell = tried('a report could not be told what became of it')
      ends.push(orders.onProgress(progress => tell(feedback.progress(progress))))
      taking = createTakingReports({ feedback, orders, random, log })
      await taking.start()
    },
    start: async () => {
      await photos.start()
      await orders.start()
    },
    stop: async () => {
      for (const end of ends) end()
      await taking?.stop()
      await orders.stop()
    },
  }
}
