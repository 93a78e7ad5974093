import { type PublicNotice, type StationView, errorText } from '@harbor/protocol'
import type { Logger } from 'pino'
import type { MessageBus } from '../bus/message-bus.ts'
import { heatRoutes } from '../heat-plan/heat-plan.ts'
import type { Route } from '../http/route.ts'
import { createPhotoStore } from '../photos/photo-store.ts'
import type { LiveDirectory } from '../registry/directory.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import { readSecret } from '../registry/secret-file.ts'
import type { StationHours } from '../stations/open-hours.ts'
import type { TelemetryStore } from '../telemetry/telemetry-store.ts'
import type { Tell } from '../tell/tell.ts'
import { createWeatherBook } from '../weather/weather-book.ts'
import { weatherRoutes } from '../weather/weather.routes.ts'
import { displayRoutes } from './displays.ts'
import { createNoticeRounds } from './notice-rounds.ts'
import { createNotices } from './notices.ts'
import { noticeRoutes } from './notices.routes.ts'
import { createPublicNotices } from './public-notices.ts'

/** How often it is looked what is due. */
const LOOK_EVERY_MS = 5_000

export interface OpenNoticesSettings {
  secretsDir: string
  /** Holds the photos of receipts. */
  photosDir: string
  photosQuotaBytes: number
  timeZone: string
  /** Whose weather is taken; empty: all. */
  districts: readonly string[]
}

export interface OpenNoticesDeps {
  db: RegistryDb
  bus: Pick<MessageBus, 'subscribe'>
  directory: LiveDirectory
  store: Pick<TelemetryStore, 'series'>
  hours: StationHours
  tell: Pick<Tell, 'tellPeople'>
  viewOf: (station: string) => StationView | undefined
  /** Tells staff's pages that something of an order changed at a station. */
  onNotice: (id: string, at: { station: string; district: string }) => void
  onEvent: () => void
  nowMs: () => number
  newId: () => string
  log: Logger
}

/** Orders, displays, weather and heat. */
export interface OpenNotices {
  routes: Route[]
  /** What stands at a station for everybody, newest first. */
  publicAt: (station: string) => readonly PublicNotice[]
  start: () => Promise<void>
  stop: () => Promise<void>
}

/** @throws RegistryError `SECRET_MISSING`. */
export async function openNotices(settings: OpenNoticesSettings, deps: OpenNoticesDeps): Promise<OpenNotices> {
  const { db, bus, directory, store, hours, tell, viewOf, nowMs, newId, log } = deps
  const { timeZone } = settings
  const secret = await readSecret(settings.secretsDir, 'visitor-key')
  const photos = createPhotoStore({ folder: settings.photosDir, quotaBytes: settings.photosQuotaBytes })
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined
  let isWoken = false

  const wake = () => {
    if (timer === undefined) return
    isWoken = true
    running ??= (async () => {
      while (isWoken) {
        isWoken = false
        await rounds.round()
      }
    })().finally(() => {
      running = undefined
    })
  }
  const placeOf = (station: string) => {
    const record = directory.stations.get(station)?.record
    return { district: record?.district ?? '', street: record?.street }
  }
  /** One word a region: each page asks again for what it shows. */
  const onChanged = (id: string, stations: readonly string[]) => {
    const regions = new Map(stations.map(station => [JSON.stringify(placeOf(station)), station]))
    for (const station of regions.values()) deps.onNotice(id, { station, district: placeOf(station).district })
  }
  const weather = createWeatherBook({
    db,
    bus,
    districts: settings.districts,
    timeZone,
    nowMs,
    onChanged: wake,
    log,
  })
  const publicNotices = createPublicNotices(db)
  const notices = createNotices({
    db,
    publicNotices,
    planOf: hours.planOf,
    photos,
    tell,
    placeOf,
    onChanged,
    wake,
    onEvent: deps.onEvent,
    nowMs,
    newId,
  })
  const rounds = createNoticeRounds({
    db,
    directory,
    tell,
    changes: hours.changes,
    heatStands: district => weather.heatWarning(district) !== undefined,
    onEnded: publicNotices.refresh,
    onChanged,
    nowMs,
    log,
  })
  return {
    publicAt: publicNotices.at,
    routes: [
      ...noticeRoutes({ notices, timeZone, nowMs }),
      ...displayRoutes({ db, directory, notices, weather, viewOf, secret, timeZone, nowMs }),
      ...weatherRoutes({ weather, nowMs }),
      ...heatRoutes({ directory, store, posted: hours.posted, weather, viewOf, timeZone, nowMs }),
    ],
    start: async () => {
      await photos.start()
      await weather.start()
      await publicNotices.refresh()
      timer = setInterval(wake, LOOK_EVERY_MS)
      wake()
    },
    stop: async () => {
      clearInterval(timer)
      timer = undefined
      isWoken = false
      await running?.catch((error: unknown) => log.error({ reason: errorText(error) }, 'the last round failed'))
    },
  }
}
