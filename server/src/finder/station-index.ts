import { setImmediate } from 'node:timers/promises'
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

/** The index of no station. */
export function emptyStationIndex(): StationIndex {
  return indexOf([], { tree: createClusterTree([]), places: createPlaces([]), cities: [] })
}

/**
 * One index of all stations: one second for 200,000 of them, 50 ms for 5,000. Others have their turn between its steps; the longest of them,
 * the clusters, is half of it and cannot be parted, as the library makes them in one go.
 */
export async function buildStationIndex(
  given: readonly ListedStation[],
  nameOf: (code: string) => { nameZh: string; nameEn: string } | undefined,
): Promise<StationIndex> {
  const tree = createClusterTree(given.map(({ record }) => record))
  await setImmediate()
  // From here on a station's number is its place in the clusters' order.
  const stations = [...tree.order].map(place => given[place] as ListedStation)
  const places = createPlaces(stations.map(({ record }) => record))
  await setImmediate()
  const homeOf = (number: number) => {
    const { record, districtNameZh, districtNameEn } = stations[number] as ListedStation
    return { district: record.district, districtNameZh, districtNameEn }
  }
  return indexOf(stations, { tree, places, cities: await citiesOf(places, homeOf, nameOf) })
}

/** @param stations by number; those that change in place are put into it. */
function indexOf(
  stations: ListedStation[],
  { tree, places, cities }: Pick<StationIndex, 'tree' | 'places' | 'cities'>,
): StationIndex {
  const stationOf = (number: number) => stations[number] as ListedStation
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
