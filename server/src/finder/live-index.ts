import { setTimeout as delay } from 'node:timers/promises'
import { errorText } from '@harbor/protocol'
import type { Logger } from 'pino'
import type { ListedStation } from './city-lists.ts'
import type { Pinyin } from './pinyin.ts'
import { type TextSearch, createTextSearch } from './search/text-search.ts'
import { type StationIndex, buildStationIndex, emptyStationIndex } from './station-index.ts'

/**
 * Building an index holds up others, so that it takes at most one part in so many of the time (chosen: 5 %): after 50 ms of building
 * 5,000 stations the next comes a second later at the earliest, after a second for 200,000 in twenty.
 */
const GAP_TIMES = 20

export interface LiveIndexDeps {
  /** Those that visitors see. */
  stations: ReadonlyMap<string, ListedStation>
  nameOf: (code: string) => { nameZh: string; nameEn: string } | undefined
  pinyin: Pinyin
  /** Says how every station of a new index stands, with pauses. */
  fill: (index: StationIndex) => Promise<void>
  /** Another index is the current one. */
  onSwapped: () => void
  log: Logger
}

/** The stations' index, kept up to date: what was built answers until another one is ready. */
export interface LiveIndex {
  /** Empty before the start. */
  current: () => StationIndex
  /** The last index of which all texts can be searched; undefined: none yet. */
  searched: () => { index: StationIndex; text: TextSearch } | undefined
  /** All that are in use or in the making: how a station stands is to be told to each. */
  all: () => StationIndex[]
  start: () => Promise<void>
  stop: () => void
  /** Stations that came, went, moved, or say something else of themselves. */
  changed: (ids: readonly string[]) => void
}

export function createLiveIndex({ stations, nameOf, pinyin, fill, onSwapped, log }: LiveIndexDeps): LiveIndex {
  let current = emptyStationIndex()
  let building: StationIndex | undefined
  /** While an index comes into being nothing can be put into it. */
  let isReading = false
  let searched: { index: StationIndex; text: TextSearch } | undefined
  let mayBuildAtMs = 0
  let isWorking = false
  const stale = { places: false, texts: false }
  const stopping = new AbortController()

  const build = async () => {
    stale.places = false
    stale.texts = true
    const startedMs = performance.now()
    isReading = true
    try {
      building = await buildStationIndex([...stations.values()], nameOf)
    } finally {
      isReading = false
    }
    mayBuildAtMs = performance.now() + GAP_TIMES * (performance.now() - startedMs)
    await fill(building)
    current = building
    building = undefined
    onSwapped()
  }
  const readTexts = async () => {
    stale.texts = false
    const index = current
    searched = { index, text: await createTextSearch(index.places.ids.length, index.stationOf, pinyin) }
  }
  const workOff = async () => {
    while (!stopping.signal.aborted && (stale.places || stale.texts)) {
      if (stale.places) {
        const waitMs = mayBuildAtMs - performance.now()
        if (waitMs > 0) await delay(waitMs, undefined, { signal: stopping.signal })
        await build()
      }
      await readTexts()
    }
  }
  const work = () => {
    if (isWorking) return
    isWorking = true
    workOff()
      .catch((error: unknown) => {
        if (!stopping.signal.aborted) log.error({ reason: errorText(error) }, 'taking over changed stations failed')
      })
      .finally(() => (isWorking = false))
  }

  return {
    current: () => current,
    searched: () => searched,
    all: () => [...new Set([current, ...(building ? [building] : []), ...(searched ? [searched.index] : [])])],
    start: async () => {
      isWorking = true
      try {
        await build()
      } finally {
        isWorking = false
      }
      work()
    },
    stop: () => stopping.abort(),
    changed: ids => {
      for (const id of ids) {
        const station = stations.get(id)
        if (station === undefined) {
          if (current.places.numberOf(id) !== undefined) stale.places = true
        } else if (current.replace(station)) stale.texts = true
        else stale.places = true
        // What is in the making was read before this change.
        if (isReading || (building !== undefined && !(station && building.replace(station)))) stale.places = true
      }
      if (stale.places || stale.texts) work()
    },
  }
}
