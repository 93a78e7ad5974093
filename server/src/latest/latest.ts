import type { Reading, StationDetail, StationList, StationView } from '@harbor/protocol'
import type { Directory } from '../registry/directory.ts'
import type { PostedHours } from '../stations/opening.ts'
import type { HoursChangeSource, ImpressionSource, PromiseSource, SaidSource } from '../stations/sources.ts'
import { type Observed, latestReading, stationDetail, stationNow } from '../stations/station-view.ts'
import { createLatestValues } from './latest-values.ts'
import { type PastReadings, loadPastSigns } from './past-signs.ts'
import { createSignBook } from './sign-book.ts'
import { dueAtMs, substanceOf } from './view-change.ts'

/** Changed stations are sent at most this often (protocol, PublicEvents). */
const SEND_EVERY_MS = 250
/** What comes within this is told together. */
const GATHER_MS = 20
/** How often it is looked what has changed by the passing of time. */
const TICK_MS = 5_000
/** When only times have changed, a station is sent at most this often: every reading moves them, and pages count ages on. */
const FRESHEN_EVERY_MS = 30_000
/** Computing stations never takes longer than this at a time: thousands of them open at the same minute. */
const SLICE_MS = 8

/** What each station is like right now. */
export interface Latest {
  /** Loads the newest values, computes every station and begins to follow the clock. */
  start: (newest: Iterable<Reading>) => void
  stop: () => void
  /** Readings just stored, in any order; those of devices that are not registered are left out. */
  take: (readings: readonly Reading[]) => void
  /** Something else about a station changed: an alert of it, what is promised of an appliance, what somebody said, its hours. */
  touch: (station: string) => void
  /** Takes in what the stations' sensors showed in the last 24 hours: without it a restart forgets that a door was opened. */
  lookBack: (store: PastReadings) => Promise<void>
  /** One station as it is now; undefined: there is no such station. */
  view: (station: string) => StationView | undefined
  detail: (station: string) => StationDetail | undefined
}

export interface LatestDeps {
  directory: Directory
  posted: PostedHours
  /** IANA zone of the stations' clocks. */
  timeZone: string
  /** Appliances of which an alert stands. */
  faultyAppliances: ReadonlySet<string>
  /** Stations that are closed until further notice. */
  closedStations: Pick<ReadonlySet<string>, 'has'>
  /** Changes of hours; absent: none. */
  changes?: HoursChangeSource
  /** What people said; absent: nothing. */
  said?: SaidSource
  /** What work orders promise; absent: nothing. */
  promises?: PromiseSource
  /** Pictures and stars; absent: none. */
  impressions?: ImpressionSource
  nowMs: () => number
  /** Told of changed stations, whole, at most every 250 ms. */
  onChanged: (list: StationList) => void
  /** Whether anybody wants a station's readings; default all. */
  isWatched?: (station: string) => boolean
  /** Told of the readings that were newest when they came, by station that is watched. */
  onReadings: (station: string, readings: StationDetail['readings']) => void
}

interface Known {
  view: StationView
  dueAtMs: number
  sentAtMs: number
}

const NOTHING_SAID: SaidSource = { signsOf: () => [] }
const NOTHING_PROMISED: PromiseSource = { promisedAt: () => undefined }
const NOTHING_CHANGED: HoursChangeSource = { of: () => [] }
const NO_IMPRESSIONS: ImpressionSource = { photosOf: () => [], ratingOf: () => undefined }

export function createLatest(deps: LatestDeps): Latest {
  const { directory, timeZone, faultyAppliances, closedStations, nowMs, onChanged, onReadings } = deps
  const isWatched = deps.isWatched ?? (() => true)
  const values = createLatestValues(device => directory.devices.has(device))
  const signs = createSignBook(directory)
  const known = new Map<string, Known>()
  /** Those of which something was heard come before those that only the clock moves: thousands at once, at eight o'clock. */
  const dirty = new Set<string>()
  const due = new Set<string>()
  const toSend = new Set<string>()
  let ticking: NodeJS.Timeout | undefined
  let sending: NodeJS.Timeout | undefined
  let lastSentAtMs = Number.NEGATIVE_INFINITY
  /** When changes were last looked at, by a clock that only grows. */
  let lastRunMs = Number.NEGATIVE_INFINITY

  const observed: Observed = {
    posted: deps.posted,
    latestOf: values.of,
    signsOf: signs.of,
    isFaulty: appliance => faultyAppliances.has(appliance),
    isClosed: station => closedStations.has(station),
    changes: deps.changes ?? NOTHING_CHANGED,
    said: deps.said ?? NOTHING_SAID,
    promises: deps.promises ?? NOTHING_PROMISED,
    impressions: deps.impressions ?? NO_IMPRESSIONS,
  }
  const takeReading = (reading: Reading): boolean => {
    const before = values.of(reading.device).get(reading.metric)
    if (!values.take(reading)) return false
    signs.take(reading, before)
    return true
  }

  const compute = (id: string): void => {
    const entry = directory.stations.get(id)
    if (entry === undefined) return
    const atMs = nowMs()
    const now = stationNow(entry, observed, { atMs, timeZone })
    const { view } = now
    const before = known.get(id)
    const sentAtMs = before?.sentAtMs ?? atMs
    known.set(id, { view, dueAtMs: dueAtMs(now, atMs), sentAtMs })
    if (before === undefined) {
      // At the start nobody looks yet; later it is a station that was just registered.
      if (ticking !== undefined) toSend.add(id)
      return
    }
    const isFresher = before.view.heardAt !== view.heardAt && atMs - sentAtMs >= FRESHEN_EVERY_MS
    if (isFresher || substanceOf(before.view) !== substanceOf(view)) toSend.add(id)
  }
  /** Computes what it can in the time; whether all of it was done. */
  const computeWaiting = (withinMs: number): boolean => {
    const startedMs = performance.now()
    for (const waiting of [dirty, due]) {
      for (const id of waiting) {
        if (performance.now() - startedMs >= withinMs) return false
        waiting.delete(id)
        compute(id)
      }
    }
    return true
  }
  const send = () => {
    lastRunMs = performance.now()
    const isDone = computeWaiting(SLICE_MS)
    sending = isDone ? undefined : setTimeout(send)
    const atMs = nowMs()
    // What is computed is not kept back by what is not: all of an hour's openings take seconds.
    if (toSend.size === 0 || (!isDone && atMs - lastSentAtMs < SEND_EVERY_MS)) return
    lastSentAtMs = atMs
    const stations: StationView[] = []
    for (const id of toSend) {
      const station = known.get(id)
      if (station === undefined) continue
      station.sentAtMs = atMs
      stations.push(station.view)
    }
    toSend.clear()
    onChanged({ at: new Date(atMs).toISOString(), stations })
  }
  const schedule = () => {
    if (ticking === undefined || sending !== undefined) return
    // The first change after a quiet while is told at once, with what comes together with it; others keep the distance.
    const waitMs = lastRunMs + SEND_EVERY_MS - performance.now()
    sending = setTimeout(send, Math.max(GATHER_MS, waitMs))
  }
  const touch = (station: string) => {
    dirty.add(station)
    schedule()
  }
  const tick = () => {
    const atMs = nowMs()
    for (const [id, station] of known) if (station.dueAtMs <= atMs) due.add(id)
    if (due.size > 0) schedule()
  }

  return {
    start: newest => {
      for (const reading of newest) takeReading(reading)
      for (const id of directory.stations.keys()) compute(id)
      ticking = setInterval(tick, TICK_MS)
    },
    stop: () => {
      clearInterval(ticking)
      clearTimeout(sending)
      ticking = undefined
      sending = undefined
    },
    take: readings => {
      const byStation = new Map<string, StationDetail['readings']>()
      for (const reading of readings) {
        const device = directory.devices.get(reading.device)
        if (device === undefined || !takeReading(reading)) continue
        const known = byStation.get(device.station)
        const list = known ?? []
        if (known === undefined) byStation.set(device.station, list)
        if (isWatched(device.station)) list.push(latestReading(reading, device.record.appliance))
      }
      for (const [station, list] of byStation) {
        touch(station)
        if (list.length > 0) onReadings(station, list)
      }
    },
    touch,
    lookBack: async store => {
      const toMs = nowMs()
      for await (const station of loadPastSigns({ store, directory, values, signs, toMs })) touch(station)
    },
    view: station => {
      // Not `or`: it may wait in both.
      const wasDirty = dirty.delete(station)
      if (due.delete(station) || wasDirty) compute(station)
      return known.get(station)?.view
    },
    detail: station => {
      const entry = directory.stations.get(station)
      return entry && stationDetail(entry, observed, { atMs: nowMs(), timeZone })
    },
  }
}
