import {
  type CityOverview,
  type FinderFilter,
  type FoundStations,
  type HoursPlan,
  type MapView,
  type StationView,
  errorText,
} from '@harbor/protocol'
import { factsOf, isOpenAtNight } from '@harbor/protocol/finder-filter'
import type { Logger } from 'pino'
import type { PackedBody } from '../http/packed-body.ts'
import { inSlices } from '../in-slices.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import { createBacklog } from './backlog.ts'
import { overviewOf } from './cities.ts'
import { type ListedStation, createCityLists } from './city-lists.ts'
import { cityName } from './city-names.ts'
import { createLiveIndex } from './live-index.ts'
import { mapView } from './map-view.ts'
import { type Position, nearestOf, nearestUseful } from './near.ts'
import { createPinyin } from './pinyin.ts'
import { type Box, nearestToMiddle } from './places.ts'
import { bestHits } from './search/best-hits.ts'
import { toWall } from '../stations/wall-clock.ts'
import { maskOf } from './standings.ts'
import type { StationIndex } from './station-index.ts'

/** How often it is looked which stations are open in the coming night: that changes at two o'clock, and by changes of hours. */
const NIGHTS_EVERY_MS = 15 * 60_000
/** How long the count of open stations in each city stands. */
const OVERVIEW_STANDS_MS = 5_000

/** What the finder asks of the rest of the server. */
export interface FinderDeps {
  db: RegistryDb
  /** The stations that visitors see; `stationsChanged` says when it is another. */
  directory: { readonly stations: ReadonlyMap<string, ListedStation> }
  /** A station as it is now. */
  viewOf: (station: string) => StationView | undefined
  /** A station's hours from the day of `atMs` on; the same object for stations of the same hours. */
  planOf: (station: string, atMs: number) => HoursPlan | undefined
  /** IANA zone of the stations' clocks. */
  timeZone: string
  nowMs: () => number
  log: Logger
}

export interface NearQuery {
  /** Undefined: the middle of `city`, or of the city with most stations. */
  at: Position | undefined
  city: string | undefined
  filters: readonly FinderFilter[]
  limit: number
}

export interface SearchQuery {
  text: string
  at: Position | undefined
  filters: readonly FinderFilter[]
  limit: number
}

/** Finds stations for visitors: around a place, on a map, by what is typed, a city at a time. */
export interface Finder {
  /** Indexes every station and takes over how it stands; afterwards what is typed is indexed in the background. */
  start: () => Promise<void>
  stop: () => void
  /** Stations that changed. */
  take: (views: readonly StationView[]) => void
  /** Stations that came, went, moved, or say something else of themselves. */
  stationsChanged: (stations: readonly string[]) => void
  /** The hours of a station changed, if only those of next week. */
  hoursChanged: (station: string) => void
  /** Undefined: there is no such city. */
  near: (query: NearQuery) => FoundStations | undefined
  /** Undefined: what is typed is not indexed yet. */
  search: (query: SearchQuery) => FoundStations | undefined
  view: (query: { box: Box; zoom: number; filters: readonly FinderFilter[] }) => MapView
  cities: () => CityOverview
  cityList: (code: string) => Promise<PackedBody | undefined>
  /** Ids of at most `limit` stations in a box, those nearest to its middle. */
  stationsIn: (box: Box, limit: number) => readonly string[]
}

export function createFinder(deps: FinderDeps): Finder {
  const { viewOf, planOf, timeZone, nowMs, log } = deps
  const wallOf = (ms: number) => toWall(ms, timeZone)
  const pinyin = createPinyin()
  const live = createLiveIndex({
    stations: deps.directory.stations,
    nameOf: code => cityName(code, pinyin),
    pinyin,
    fill: index => setAll(index),
    onSwapped: () => {
      overview = undefined
      lists.allChanged()
    },
    log,
  })
  const lists = createCityLists(live.current, { ...deps, pinyin, wallOf })
  let overview: CityOverview | undefined
  let nights: NodeJS.Timeout | undefined
  let isStopped = false

  const set = (index: StationIndex, view: StationView) => {
    const number = index.places.numberOf(view.id)
    if (number === undefined) return
    const atMs = nowMs()
    const openAtNight = isOpenAtNight(planOf(view.id, atMs), view.facilities, wallOf(atMs))
    index.standings.set(number, factsOf(view, openAtNight))
  }
  const setAll = (index: StationIndex) =>
    inSlices(
      index.places.ids,
      id => {
        const view = viewOf(id)
        if (view !== undefined) set(index, view)
      },
      () => isStopped,
    )
  /** Stations that changed and are not taken over yet: thousands open in the same minute. */
  const changed = createBacklog<StationView>(
    view => {
      for (const index of live.all()) set(index, view)
    },
    error => log.error({ reason: errorText(error) }, 'taking over a changed station failed'),
  )
  const answer = (
    { places, standings }: Pick<StationIndex, 'places' | 'standings'>,
    numbers: ArrayLike<number>,
    { shown, filters }: { shown: readonly number[]; filters: readonly FinderFilter[] },
  ): FoundStations => ({
    at: new Date(nowMs()).toISOString(),
    stations: shown.flatMap(number => viewOf(places.ids[number] ?? '') ?? []),
    ...standings.matches(numbers, filters),
  })

  return {
    start: async () => {
      await live.start()
      nights = setInterval(() => {
        setAll(live.current()).catch((error: unknown) =>
          log.error({ reason: errorText(error) }, 'looking at the night failed'),
        )
      }, NIGHTS_EVERY_MS)
    },
    stop: () => {
      isStopped = true
      live.stop()
      changed.stop()
      clearInterval(nights)
    },
    take: views => changed.put(views.map(view => [view.id, view])),
    stationsChanged: ids => {
      live.changed(ids)
      for (const id of ids) listChanged(id)
    },
    hoursChanged: listChanged,
    near: ({ at, city: code, filters, limit }) => {
      const index = live.current()
      const { cities, cityByCode } = index
      const asked = code === undefined ? cities[0] : cityByCode.get(code)
      const middle = at ?? asked?.middle
      if (middle === undefined) return code === undefined ? answer(index, [], { shown: [], filters }) : undefined
      const nearest = at === undefined ? undefined : nearestOf(index, at)
      const city = nearest === undefined ? asked : index.cityAt(nearest)
      const shown = nearestUseful(index, { at: middle, wanted: maskOf(filters), limit })
      return answer(index, city?.numbers ?? [], { shown, filters })
    },
    search: ({ text, at, filters, limit }) => {
      const searched = live.searched()
      if (searched === undefined) return undefined
      const { index } = searched
      const hits = searched.text.find(text)
      const shown = bestHits({ hits, ...index }, { at, wanted: maskOf(filters), limit })
      return answer(index, hits.numbers, { shown, filters })
    },
    view: ({ box, zoom, filters }) => {
      const index = live.current()
      const drawn = { ...index, nameOf: (number: number) => nameOf(index.stationOf(number)) }
      return { at: new Date(nowMs()).toISOString(), ...mapView(drawn, { box, zoom, wanted: maskOf(filters) }) }
    },
    cities: () => {
      const atMs = nowMs()
      const { cities, standings } = live.current()
      if (overview === undefined || atMs - Date.parse(overview.at) >= OVERVIEW_STANDS_MS)
        overview = { at: new Date(atMs).toISOString(), cities: overviewOf(cities, standings.isOpen) }
      return overview
    },
    cityList: lists.of,
    stationsIn: (box, limit) => {
      const { places } = live.current()
      return nearestToMiddle(places, box, limit).map(number => places.ids[number] ?? '')
    },
  }

  function listChanged(station: string): void {
    const index = live.current()
    const number = index.places.numberOf(station)
    const city = number === undefined ? undefined : index.cityAt(number)
    if (city !== undefined) lists.changed(city.code)
  }
}

function nameOf({ record: { nameZh, nameEn } }: ListedStation) {
  return { nameZh, nameEn }
}
