import type {
  AlertList,
  AlertView,
  ChangedThing,
  Overview,
  OverviewUpdate,
  StationDetail,
  Telemetry,
  WorkOrder,
  WorkOrderDetail,
  WorkOrderList,
} from '@harbor/protocol'
import type { QueryClient } from '@tanstack/react-query'
import { isPersonal } from '../api/query-client.ts'
import { queryKeys } from '../api/query-keys.ts'
import { appendReadings } from '../chart/telemetry-append.ts'
import type { ReadingsUpdate } from './live-client.ts'
import { mergeAlert } from './merge-alert.ts'
import { createRefresh } from './refresh.ts'

/** Writes an alert into every list that is held; its station's appliances are then asked for again. */
export function applyAlert(client: QueryClient, alert: AlertView): void {
  for (const choice of ['open', 'standing', 'all'] as const) {
    client.setQueryData<AlertList>(queryKeys.alerts(choice), list => list && mergeAlert(list, alert, choice))
  }
  for (const state of ['open', 'suppressed'] as const)
    client.setQueryData<AlertList>(
      queryKeys.stationAlerts(alert.station, state),
      list => list && mergeAlert(list, alert, state),
    )
  void client.invalidateQueries({ queryKey: queryKeys.alert(alert.id) })
  void client.invalidateQueries({ queryKey: queryKeys.station(alert.station) })
}

/** Shows a work order as it now is wherever it is shown, and asks again for the lists: it may be in others now. */
export function applyOrder(client: QueryClient, order: WorkOrder): void {
  client.setQueriesData<WorkOrderList>(
    { queryKey: queryKeys.everyOrderList },
    list =>
      list && {
        ...list,
        orders: list.orders.map(known => (known.id === order.id && known.revision < order.revision ? order : known)),
      },
  )
  void client.invalidateQueries({ queryKey: queryKeys.everyOrderList })
  const known = client.getQueryData<WorkOrderDetail>(queryKeys.order(order.id))
  if (known !== undefined && known.revision < order.revision)
    void client.invalidateQueries({ queryKey: queryKeys.order(order.id) })
}

/** Asks again for what others changed, where it is shown; a storm of changes is one question every two seconds. */
export interface ChangeRefresh {
  changed: (what: ChangedThing) => void
  /** An order is in the life of its appliance, and counts for its plan. */
  orderChanged: (order: Pick<WorkOrder, 'appliance' | 'source'>) => void
  stop: () => void
}

export function createChangeRefresh(client: QueryClient): ChangeRefresh {
  const of = (key: readonly unknown[]) => createRefresh(client, key)
  const life = of(queryKeys.everyAsset)
  const touched = {
    assets: [of(queryKeys.everyAssetList), life],
    plans: [of(queryKeys.plans)],
    crews: [of(queryKeys.crews)],
    checklists: [of(queryKeys.everyChecklist)],
  } satisfies Record<ChangedThing, unknown>
  const changed = (what: ChangedThing) => {
    for (const refresh of touched[what]) refresh.touch()
  }
  return {
    changed,
    orderChanged({ appliance, source }) {
      if (appliance !== undefined) life.touch()
      if (source === 'plan') changed('plans')
    },
    stop() {
      for (const refresh of Object.values(touched).flat()) refresh.stop()
    },
  }
}

/** Writes new readings into the station's page and the series that are on it. */
export function applyReadings(client: QueryClient, { station, readings }: ReadingsUpdate, nowMs: number): void {
  client.setQueryData<StationDetail>(queryKeys.station(station), detail => detail && withReadings(detail, readings))
  client.setQueriesData<Telemetry>(
    { queryKey: queryKeys.everyTelemetry(station) },
    telemetry => telemetry && appendReadings(telemetry, readings, nowMs),
  )
}

/** Stations of a region whose map is asked for again at each change; larger ones wait for their turn. */
const SMALL_REGION = 500

/** Writes new counts into the one screen of their region. One that is older than what is known changes nothing. */
export function applyOverview(client: QueryClient, { at, region, counts, parts }: OverviewUpdate): void {
  const key = queryKeys.overview(region)
  const known = client.getQueryData<Overview>(key)
  if (known === undefined || known.at > at) return
  // Not "updated" by it: what else the screen tells is as old as before, and is asked for in its turn.
  client.setQueryData<Overview>(
    key,
    { ...known, at, counts, parts },
    { updatedAt: client.getQueryState(key)?.dataUpdatedAt ?? 0 },
  )
  if (counts.stations <= SMALL_REGION && JSON.stringify(counts) !== JSON.stringify(known.counts))
    void client.invalidateQueries({ queryKey: queryKeys.overviewStations(region) })
}

/** After a (re)connection events may be missing from anything fetched before it. */
export function refetchAll(client: QueryClient): void {
  void client.invalidateQueries({ predicate: query => isPersonal(query.queryKey) })
}

/** The station with its newest readings; one that is older than what is known changes nothing. */
export function withReadings(detail: StationDetail, fresh: StationDetail['readings']): StationDetail {
  const newest = new Map(detail.readings.map(reading => [readingKey(reading), reading]))
  let heardAt = detail.heardAt
  for (const reading of fresh) {
    const known = newest.get(readingKey(reading))
    if (known === undefined || known.at <= reading.at) newest.set(readingKey(reading), reading)
    if (heardAt === undefined || heardAt < reading.at) heardAt = reading.at
  }
  return { ...detail, readings: [...newest.values()], ...(heardAt === undefined ? {} : { heardAt }) }
}

function readingKey({ device, metric }: { device: string; metric: string }): string {
  return `${device}/${metric}`
}
