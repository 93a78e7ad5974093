import {
  type ApplianceRecord,
  type DeviceRecord,
  type StationRecord,
  type StationState,
  isPublicState,
} from '@harbor/protocol'
import type { RegistryDb } from './open-registry.ts'

/** A station as registered, with its district's names and what stands in it. */
export interface StationEntry {
  record: StationRecord
  districtNameZh: string
  districtNameEn: string
  /** Where it is in its life. */
  state: StationState
  /** Why it is suspended; absent in every other state. */
  suspendedFor?: string
  appliances: readonly ApplianceRecord[]
  devices: readonly DeviceRecord[]
}

/** What of an entry comes from the station's own row. */
export type StationFactsEntry = Omit<StationEntry, 'appliances' | 'devices'>

/** All stations in memory, and those that visitors see. */
export interface StationBook {
  readonly stations: ReadonlyMap<string, StationEntry>
  /** Those that are open or suspended. */
  readonly publicStations: ReadonlyMap<string, StationEntry>
  /** Their ids, sorted. The same list until a station comes or goes. */
  publicIds: () => readonly string[]
  /** Grows when a station comes, goes, or is another than before. */
  revision: () => number
  put: (entry: StationEntry) => void
}

export function createStationBook(entries: Iterable<StationEntry>): StationBook {
  const stations = new Map<string, StationEntry>()
  const publicStations = new Map<string, StationEntry>()
  let sorted: readonly string[] | undefined
  let revision = 0
  const put = (entry: StationEntry) => {
    const { id } = entry.record
    stations.set(id, entry)
    const isPublic = isPublicState(entry.state)
    if (isPublic !== publicStations.has(id)) sorted = undefined
    if (isPublic) publicStations.set(id, entry)
    else publicStations.delete(id)
    revision += 1
  }
  for (const entry of entries) put(entry)
  return {
    stations,
    publicStations,
    publicIds: () => (sorted ??= [...publicStations.keys()].sort()),
    revision: () => revision,
    put,
  }
}

/** Stations asked for in one statement. */
const STATIONS_AT_ONCE = 500

/** Stations as their rows say, in the order of their ids; all, or those named that there are. */
export async function readStations(db: RegistryDb, ids?: readonly string[]): Promise<StationFactsEntry[]> {
  if (ids === undefined) return toEntries(await stationsIn(db).execute(), await suspensionsIn(db).execute())
  const entries: StationFactsEntry[] = []
  for (let from = 0; from < ids.length; from += STATIONS_AT_ONCE) {
    const part = ids.slice(from, from + STATIONS_AT_ONCE)
    const rows = await stationsIn(db).where('station.id', 'in', part).execute()
    entries.push(...toEntries(rows, await suspensionsIn(db).where('station.id', 'in', part).execute()))
  }
  return entries
}

function stationsIn(db: RegistryDb) {
  return db
    .selectFrom('station')
    .innerJoin('region', 'region.district', 'station.district')
    .selectAll('station')
    .select(['region.name_zh as district_zh', 'region.name_en as district_en'])
    .orderBy('station.id')
}

/** Of suspended stations every step that suspended them; the last one counts. */
function suspensionsIn(db: RegistryDb) {
  return db
    .selectFrom('station_step')
    .innerJoin('station', 'station.id', 'station_step.station')
    .select(['station_step.station', 'station_step.reason'])
    .where('station.state', '=', 'suspended')
    .where('station_step.to_state', '=', 'suspended')
    .orderBy('station_step.seq')
}

type StationRow = Awaited<ReturnType<ReturnType<typeof stationsIn>['execute']>>[number]

function toEntries(
  rows: readonly StationRow[],
  suspensions: readonly { station: string; reason: string }[],
): StationFactsEntry[] {
  const reasons = new Map(suspensions.map(({ station, reason }) => [station, reason]))
  return rows.map(row => {
    const suspendedFor = row.state === 'suspended' ? reasons.get(row.id) : undefined
    return {
      record: stationRecord(row),
      districtNameZh: row.district_zh,
      districtNameEn: row.district_en,
      state: row.state,
      ...(suspendedFor !== undefined && { suspendedFor }),
    }
  })
}

function stationRecord(row: StationRow): StationRecord {
  return {
    id: row.id,
    district: row.district,
    ...(row.street !== null && { street: row.street }),
    nameZh: row.name_zh,
    nameEn: row.name_en,
    latDeg: row.lat_deg,
    lngDeg: row.lng_deg,
    facilities: JSON.parse(row.facilities) as StationRecord['facilities'],
    ...(row.address_zh !== null && { addressZh: row.address_zh }),
    ...(row.address_en !== null && { addressEn: row.address_en }),
    ...(row.hours !== null && { hours: row.hours }),
    ...(row.capacity !== null && { capacity: row.capacity }),
    ...(row.host_kind !== null && { hostKind: row.host_kind }),
    ...(row.phone !== null && { phone: row.phone }),
    ...(row.hint_zh !== null && { hintZh: row.hint_zh }),
    ...(row.hint_en !== null && { hintEn: row.hint_en }),
  }
}
