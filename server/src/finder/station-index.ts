import { type City, citiesOf } from './cities.ts'
import type { ListedStation } from './city-lists.ts'
import { type ClusterTree, createClusterTree } from './cluster-tree.ts'
import { type Places, createPlaces } from './places.ts'
import { type Standings, createStandings } from './standings.ts'

/** Stations by number: where they are, how they are drawn, which city they are in, how they stand. */
export interface StationIndex {
  readonly tree: ClusterTree
  readonly places: Places
  readonly standings: Standings
  readonly cities: readonly City[]
  readonly cityByCode: ReadonlyMap<string, City>
  stationOf: (number: number) => ListedStation
  cityAt: (number: number) => City | undefined
  /** Takes a station over that is where it was; false: it is new or has moved, and that needs another index. */
  replace: (station: ListedStation) => boolean
}

/** One index of all stations: one second for 200,000 of them, 50 ms for 5,000, without a break. */
export function buildStationIndex(
  given: readonly ListedStation[],
  nameOf: (code: string) => { nameZh: string; nameEn: string } | undefined,
): StationIndex {
  const tree = createClusterTree(given.map(({ record }) => record))
  // From here on a station's number is its place in the clusters' order.
  const stations = [...tree.order].map(place => given[place] as ListedStation)
  const places = createPlaces(stations.map(({ record }) => record))
  const stationOf = (number: number) => stations[number] as ListedStation
  const cities = citiesOf(
    places,
    number => {
      const { record, districtNameZh, districtNameEn } = stationOf(number)
      return { district: record.district, districtNameZh, districtNameEn }
    },
    nameOf,
  )
  const cityByCode = new Map(cities.map(city => [city.code, city]))
  return {
    tree,
    places,
    standings: createStandings(stations.length),
    cities,
    cityByCode,
    stationOf,
    cityAt: number => cityByCode.get(stationOf(number).record.district.slice(0, 4)),
    replace: station => {
      const { id, latDeg, lngDeg, district } = station.record
      const number = places.numberOf(id)
      if (number === undefined || places.latDeg[number] !== latDeg || places.lngDeg[number] !== lngDeg) return false
      if (stationOf(number).record.district !== district) return false
      stations[number] = station
      return true
    },
  }
}
