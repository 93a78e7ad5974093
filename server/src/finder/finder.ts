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
import { type City, citiesOf, overviewOf } from './cities.ts'
import { type ListedStation, createCityLists } from './city-lists.ts'
import { cityName } from './city-names.ts'
import { createClusterTree } from './cluster-tree.ts'
import { mapView } from './map-view.ts'
import { type Position, nearestOf, nearestUseful } from './near.ts'
import { createPinyin } from './pinyin.ts'
import { type Box, createPlaces, nearestToMiddle } from './places.ts'
import { bestHits } from './search/best-hits.ts'
import { type TextSearch, createTextSearch } from './search/text-search.ts'
import { toWall } from '../stations/wall-clock.ts'
import { createStandings, maskOf } from './standings.ts'

/** How often it is looked which stations are open in the coming night: that changes at two o'clock, and by changes of hours. */
const NIGHTS_EVERY_MS = 15 * 60_000
/** How long the count of open stations in each city stands. */
const OVERVIEW_STANDS_MS = 5_000

/** What the finder asks of the rest of the server. */
export interface FinderDeps {
  db: RegistryDb
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
  /** Takes over how every station stands; afterwards what is typed is indexed in the background. */
  start: () => Promise<void>
  stop: () => void
  /** Stations that changed. */
  take: (views: readonly StationView[]) => void
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
  const stations = [...deps.directory.stations.values()]
  const wallOf = (ms: number) => toWall(ms, timeZone)
  const tree = createClusterTree(stations.map(({ record }) => record))
  // From here on a station's number is its place in the clusters' order.
  const places = createPlaces([...tree.order].map(place => (stations[place] as ListedStation).record))
  const stationOf = (number: number) => stations[tree.order[number] ?? 0] as ListedStation
  const standings = createStandings(places.ids.length)
  const pinyin = createPinyin()
  const cities = citiesOf(
    places,
    number => {
      const { record, districtNameZh, districtNameEn } = stationOf(number)
      return { district: record.district, districtNameZh, districtNameEn }
    },
    code => cityName(code, pinyin),
  )
  const cityByCode = new Map(cities.map(city => [city.code, city]))
  const cityAt = (number: number): City | undefined => cityByCode.get(stationOf(number).record.district.slice(0, 4))
  const lists = createCityLists(cityByCode, {
    ...deps,
    stationOf,
    planOf: (number, atMs) => planOf(places.ids[number] ?? '', atMs),
    pinyin,
    wallOf,
  })
  let typed: TextSearch | undefined
  let overview: CityOverview | undefined
  let nights: NodeJS.Timeout | undefined
  let isStopped = false

  const set = (number: number, view: StationView) => {
    const atMs = nowMs()
    const openAtNight = isOpenAtNight(planOf(view.id, atMs), view.facilities, wallOf(atMs))
    standings.set(number, factsOf(view, openAtNight))
  }
  const setAll = () =>
    inSlices(
      places.ids.keys(),
      number => {
        const view = viewOf(places.ids[number] ?? '')
        if (view !== undefined) set(number, view)
      },
      () => isStopped,
    )
  /** Stations that changed and are not taken over yet: thousands open in the same minute. */
  const changed = createBacklog<StationView>(
    view => {
      const number = places.numberOf(view.id)
      if (number !== undefined) set(number, view)
    },
    error => log.error({ reason: errorText(error) }, 'taking over a changed station failed'),
  )
  const answer = (
    numbers: ArrayLike<number>,
    { shown, filters }: { shown: readonly number[]; filters: readonly FinderFilter[] },
  ): FoundStations => ({
    at: new Date(nowMs()).toISOString(),
    stations: shown.flatMap(number => viewOf(places.ids[number] ?? '') ?? []),
    ...standings.matches(numbers, filters),
  })

  return {
    start: async () => {
      await setAll()
      nights = setInterval(() => {
        setAll().catch((error: unknown) => log.error({ reason: errorText(error) }, 'looking at the night failed'))
      }, NIGHTS_EVERY_MS)
      createTextSearch(places.ids.length, stationOf, pinyin).then(
        search => (typed = search),
        (error: unknown) => log.error({ reason: errorText(error) }, 'stations cannot be searched by text'),
      )
    },
    stop: () => {
      isStopped = true
      changed.stop()
      clearInterval(nights)
    },
    take: views => changed.put(views.map(view => [view.id, view])),
    hoursChanged: station => {
      const number = places.numberOf(station)
      const city = number === undefined ? undefined : cityAt(number)
      if (city !== undefined) lists.changed(city.code)
    },
    near: ({ at, city: code, filters, limit }) => {
      const asked = code === undefined ? cities[0] : cityByCode.get(code)
      const middle = at ?? asked?.middle
      if (middle === undefined) return code === undefined ? answer([], { shown: [], filters }) : undefined
      const nearest = at === undefined ? undefined : nearestOf({ places }, at)
      const city = nearest === undefined ? asked : cityAt(nearest)
      const shown = nearestUseful({ places, standings }, { at: middle, wanted: maskOf(filters), limit })
      return answer(city?.numbers ?? [], { shown, filters })
    },
    search: ({ text, at, filters, limit }) => {
      if (typed === undefined) return undefined
      const hits = typed.find(text)
      const shown = bestHits({ hits, places, standings }, { at, wanted: maskOf(filters), limit })
      return answer(hits.numbers, { shown, filters })
    },
    view: ({ box, zoom, filters }) => ({
      at: new Date(nowMs()).toISOString(),
      ...mapView(
        { tree, places, standings, nameOf: number => nameOf(stationOf(number)) },
        { box, zoom, wanted: maskOf(filters) },
      ),
    }),
    cities: () => {
      const atMs = nowMs()
      if (overview === undefined || atMs - Date.parse(overview.at) >= OVERVIEW_STANDS_MS)
        overview = { at: new Date(atMs).toISOString(), cities: overviewOf(cities, standings.isOpen) }
      return overview
    },
    cityList: lists.of,
    stationsIn: (box, limit) => nearestToMiddle(places, box, limit).map(number => places.ids[number] ?? ''),
  }
}

function nameOf({ record: { nameZh, nameEn } }: ListedStation) {
  return { nameZh, nameEn }
}
