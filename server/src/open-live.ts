import { type Reading, errorText } from '@harbor/protocol'
import type { Logger } from 'pino'
import type { Alerts } from './alerts/alerts.ts'
import type { Automation } from './automation/open-automation.ts'
import type { Feedback } from './feedback/open-feedback.ts'
import { type Finder, createFinder } from './finder/finder.ts'
import type { PublicLimits } from './finder/public-limits.ts'
import { inSlices } from './in-slices.ts'
import { type Latest, createLatest } from './latest/latest.ts'
import { NEWEST_AT_START, createNewestAtStart } from './latest/newest-at-start.ts'
import type { Management } from './open-management.ts'
import type { Upkeep } from './open-upkeep.ts'
import type { Staff } from './people/open-people.ts'
import { type Realtime, type RealtimeDeps, createRealtime } from './realtime/realtime.ts'
import type { PublicEye } from './register/public-eye.ts'
import type { LiveDirectory } from './registry/directory.ts'
import type { RegistryDb } from './registry/open-registry.ts'
import type { StationHours } from './stations/open-hours.ts'
import type { TelemetryStore } from './telemetry/telemetry-store.ts'

export interface LiveDeps {
  /** By which sockets of other servers are reached; undefined: there are none. */
  adapter: RealtimeDeps['adapter']
  db: RegistryDb
  directory: LiveDirectory
  store: TelemetryStore
  sessions: Staff['sessions']
  limits: PublicLimits
  /** Which stations visitors are told of. */
  eye: PublicEye
  hours: StationHours
  alerts: Pick<Alerts, 'faultyAppliances'>
  feedback: Pick<Feedback, 'signs' | 'impressions'>
  upkeep: Pick<Upkeep, 'promises'>
  management: Pick<Management, 'overview' | 'photosOf' | 'noticesOf'>
  automation: Pick<Automation, 'takeStations'>
  /** IANA zone of the stations' clocks. */
  timeZone: string
  nowMs: () => number
  /** In [0, 1). */
  random: () => number
  log: Logger
}

/** What stations are like now, where they are found, and the sockets that are told of each change. */
export interface Live {
  latest: Latest
  finder: Finder
  /** Begins and ends with the listener of the web. */
  realtime: Realtime
  /** Computes every station, then indexes all. Gives the newest reading of each metric of each device; none while the store is away. */
  start: () => Promise<readonly Reading[]>
  /** All but the sockets; may be called twice. */
  stop: () => void
}

export function openLive(deps: LiveDeps): Live {
  const { db, directory, store, eye, hours, alerts, feedback, management, timeZone, nowMs, log } = deps
  const realtime = createRealtime({
    adapter: deps.adapter,
    sessions: deps.sessions,
    stationsIn: (box, limit) => finder.stationsIn(box, limit),
    viewOf: station => (eye.isTold(station) ? latest.view(station) : undefined),
    limits: deps.limits,
    nowMs,
    placeOf: station => directory.stations.get(station)?.record,
    readingsOf: station => latest.detail(station)?.readings ?? [],
    overviewOf: management.overview.update,
    log,
  })
  const latest = createLatest({
    directory,
    posted: hours.posted,
    timeZone,
    faultyAppliances: alerts.faultyAppliances,
    closedStations: { has: station => directory.stations.get(station)?.state !== 'open' },
    changes: hours.changes,
    said: feedback.signs,
    promises: deps.upkeep.promises,
    impressions: { ...feedback.impressions, photosOf: management.photosOf, noticesOf: management.noticesOf },
    nowMs,
    onChanged: ({ stations }) => {
      finder.take(stations)
      deps.automation.takeStations(stations)
      realtime.publishStations(stations.filter(({ id }) => eye.isTold(id)))
    },
    isWatched: realtime.isWatched,
    onReadings: realtime.publishReadings,
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
  let isStopped = false
  // In the background: until it is done a station counts as watched since just now.
  const lookBack = () =>
    latest.lookBack(store).catch((error: unknown) => {
      log.warn({ reason: errorText(error) }, 'what sensors showed before the start is not known')
    })
  const newestAtStart = createNewestAtStart(NEWEST_AT_START, {
    store,
    onLater: readings => {
      void inSlices(
        readings,
        reading => latest.take([reading]),
        () => isStopped,
      ).then(lookBack)
    },
    random: deps.random,
    log,
  })
  return {
    latest,
    finder,
    realtime,
    start: async () => {
      const newest = await newestAtStart.read()
      latest.start(newest)
      void lookBack()
      await finder.start()
      return newest
    },
    stop: () => {
      isStopped = true
      newestAtStart.stop()
      finder.stop()
      latest.stop()
    },
  }
}
