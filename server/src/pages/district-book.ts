import type { LiveDirectory } from '../registry/directory.ts'
import type { ListedDistrict } from './list-pages.ts'

/** Sorting 200,000 stations takes some tenths of a second: not for every request, however often stations change. */
const STANDS_MS = 5_000

/** The stations by district, in the order of their ids. */
export interface DistrictBook {
  /** By their codes. */
  districts: () => readonly ListedDistrict[]
  /** Undefined: it has no stations. */
  district: (code: string) => ListedDistrict | undefined
  /** Of everything that a search engine may find: the lists, then the stations. */
  addressCount: () => number
  addresses: (from: number, count: number) => string[]
}

interface Sorted {
  atMs: number
  /** Of the directory. */
  revision: number
  districts: readonly ListedDistrict[]
  byCode: ReadonlyMap<string, ListedDistrict>
  stations: readonly string[]
}

export type ListedDirectory = Pick<LiveDirectory, 'publicStations' | 'publicIds' | 'stationRevision'>

/** Made when it is first asked for, and anew after a change, once it is five seconds old. */
export function createDistrictBook(directory: ListedDirectory, nowMs: () => number): DistrictBook {
  let sorted: Sorted | undefined
  const read = (): Sorted => {
    const isCurrent = sorted?.revision === directory.stationRevision()
    if (sorted !== undefined && (isCurrent || nowMs() - sorted.atMs < STANDS_MS)) return sorted
    sorted = sortStations(directory, nowMs())
    return sorted
  }
  const listPaths = ({ districts }: Sorted) => ['/', '/list', ...districts.map(({ district }) => `/list/${district}`)]
  return {
    districts: () => read().districts,
    district: code => read().byCode.get(code),
    addressCount: () => read().stations.length + read().districts.length + 2,
    addresses: (from, count) => {
      const book = read()
      const lists = listPaths(book)
      const fromStation = Math.max(0, from - lists.length)
      const ofLists = lists.slice(from, from + count)
      const ofStations = book.stations.slice(fromStation, fromStation + count - ofLists.length)
      return [...ofLists, ...ofStations.map(id => `/s/${id}`)]
    },
  }
}

function sortStations({ publicStations, publicIds, stationRevision }: ListedDirectory, atMs: number): Sorted {
  const ids = publicIds()
  const byDistrict = new Map<string, { district: string; nameZh: string; nameEn: string; stations: string[] }>()
  for (const id of ids) {
    const station = publicStations.get(id)
    if (station === undefined) continue
    const { record, districtNameZh, districtNameEn } = station
    const known = byDistrict.get(record.district)
    if (known === undefined) {
      const { district } = record
      byDistrict.set(district, { district, nameZh: districtNameZh, nameEn: districtNameEn, stations: [id] })
    } else known.stations.push(id)
  }
  const districts = [...byDistrict.values()].sort((a, b) => (a.district < b.district ? -1 : 1))
  return { atMs, revision: stationRevision(), districts, byCode: byDistrict, stations: ids }
}
