import type { Person, RegisterField, RegisterFilter, RegisterStation, StationFacts } from '@harbor/protocol'
import { type Selectable, sql } from 'kysely'
import { withinScope } from '../people/scope.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import type { RegistryTables } from '../registry/schema.ts'
import type { Place } from './position.ts'
import { codeOf } from './station-code.ts'

export type StationRow = Selectable<RegistryTables['station']>

/** A station as somebody wants it. */
export interface WantedStation extends StationFacts, Place {}

/** Stations that a person may see, with the names of their regions. */
export function ownStations(db: RegistryDb, person: Person) {
  return db
    .selectFrom('station')
    .innerJoin('region', 'region.district', 'station.district')
    .leftJoin('street as ward', 'ward.street', 'station.street')
    .selectAll('station')
    .select(['region.name_zh as district_zh', 'region.name_en as district_en'])
    .select(['ward.name_zh as street_zh', 'ward.name_en as street_en'])
    .where(withinScope(person, { district: 'station.district', station: 'station.id' }))
}

export type OwnStations = ReturnType<typeof ownStations>
export type OwnRow = Awaited<ReturnType<OwnStations['execute']>>[number]

/** The query with what narrows it. */
export function narrowed(query: OwnStations, { region, state, host, q }: RegisterFilter): OwnStations {
  const like = `%${(q ?? '').toLowerCase().replaceAll(/[%_\\]/g, found => `\\${found}`)}%`
  return query
    .$if(region !== undefined, one =>
      one.where(region?.length === 9 ? 'station.street' : 'station.district', '=', region as string),
    )
    .$if(state !== undefined, one => one.where('station.state', '=', state as RegisterStation['state']))
    .$if(host !== undefined, one => one.where('station.host_kind', '=', host as NonNullable<typeof host>))
    .$if(q !== undefined, one =>
      one.where(eb =>
        eb.or(
          (
            ['station.id', 'station.name_zh', 'station.name_en', 'station.address_zh', 'station.address_en'] as const
          ).map(column => sql<boolean>`lower(${sql.ref(column)}) like ${like} escape '\\'`),
        ),
      ),
    )
}

/** A row as the API shows it. */
export function toRegisterStation(row: OwnRow): RegisterStation {
  return {
    id: row.id,
    code: codeOf(row.id),
    district: row.district,
    districtNameZh: row.district_zh,
    districtNameEn: row.district_en,
    ...(row.street_zh !== null && { streetNameZh: row.street_zh }),
    ...(row.street_en !== null && { streetNameEn: row.street_en }),
    ...wantedOf(row),
    state: row.state,
    ...(row.state_since_ms !== null && { stateSince: new Date(row.state_since_ms).toISOString() }),
    revision: row.revision,
  }
}

/** What a row says of its station. */
export function wantedOf(row: StationRow): WantedStation {
  return {
    nameZh: row.name_zh,
    nameEn: row.name_en,
    latDeg: row.lat_deg,
    lngDeg: row.lng_deg,
    facilities: JSON.parse(row.facilities) as StationFacts['facilities'],
    ...(row.street !== null && { street: row.street }),
    ...(row.address_zh !== null && { addressZh: row.address_zh }),
    ...(row.address_en !== null && { addressEn: row.address_en }),
    ...(row.hours !== null && { hours: row.hours }),
    ...(row.capacity !== null && { capacity: row.capacity }),
    ...(row.floor_area_m2 !== null && { floorAreaM2: row.floor_area_m2 }),
    ...(row.host_kind !== null && { hostKind: row.host_kind }),
    ...(row.phone !== null && { phone: row.phone }),
    ...(row.hint_zh !== null && { hintZh: row.hint_zh }),
    ...(row.hint_en !== null && { hintEn: row.hint_en }),
    ...(row.notes !== null && { notes: row.notes }),
  }
}

/** The columns that an edit writes. */
export function columnsOf(wanted: WantedStation) {
  return {
    name_zh: wanted.nameZh,
    name_en: wanted.nameEn,
    street: wanted.street ?? null,
    address_zh: wanted.addressZh ?? null,
    address_en: wanted.addressEn ?? null,
    lat_deg: wanted.latDeg,
    lng_deg: wanted.lngDeg,
    hours: wanted.hours ?? null,
    capacity: wanted.capacity ?? null,
    floor_area_m2: wanted.floorAreaM2 ?? null,
    facilities: JSON.stringify(wanted.facilities),
    host_kind: wanted.hostKind ?? null,
    phone: wanted.phone ?? null,
    hint_zh: wanted.hintZh ?? null,
    hint_en: wanted.hintEn ?? null,
    notes: wanted.notes ?? null,
  }
}

/** A field as the history writes it; undefined: nothing. */
export function fieldText(wanted: WantedStation, field: RegisterField): string | undefined {
  if (field === 'position') return `${wanted.latDeg.toFixed(6)}, ${wanted.lngDeg.toFixed(6)}`
  if (field === 'facilities') return [...wanted.facilities].sort().join(', ') || undefined
  const value = wanted[field]
  return value === undefined ? undefined : String(value)
}
