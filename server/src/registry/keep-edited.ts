import type { RegisterField } from '@harbor/protocol'
import type { Insertable, Kysely, Selectable } from 'kysely'
import type { RegistryTables } from './schema.ts'

type StationColumn = keyof Selectable<RegistryTables['station']>

/** The columns of each field of the register's history. */
export const FIELD_COLUMNS: Readonly<Record<RegisterField, readonly StationColumn[]>> = {
  nameZh: ['name_zh'],
  nameEn: ['name_en'],
  street: ['street'],
  addressZh: ['address_zh'],
  addressEn: ['address_en'],
  position: ['lat_deg', 'lng_deg'],
  hours: ['hours'],
  capacity: ['capacity'],
  floorAreaM2: ['floor_area_m2'],
  facilities: ['facilities'],
  hostKind: ['host_kind'],
  phone: ['phone'],
  hintZh: ['hint_zh'],
  hintEn: ['hint_en'],
  notes: ['notes'],
}

/** A document's stations with what people changed by hand as they want it: the document is the older word. */
export async function keepEdited<Row extends Insertable<RegistryTables['station']>>(
  tx: Kysely<RegistryTables>,
  rows: readonly Row[],
): Promise<Row[]> {
  const changes = await tx.selectFrom('station_change').select(['station', 'field']).distinct().execute()
  if (changes.length === 0) return [...rows]
  const byStation = Map.groupBy(changes, ({ station }) => station)
  const edited = await tx
    .selectFrom('station')
    .selectAll()
    .where('id', 'in', db => db.selectFrom('station_change').select('station'))
    .execute()
  const known = new Map(edited.map(row => [row.id, row]))
  return rows.map(row => {
    const kept = known.get(row.id)
    const columns = (byStation.get(row.id) ?? []).flatMap(({ field }) => FIELD_COLUMNS[field])
    if (kept === undefined) return row
    return { ...row, ...Object.fromEntries(columns.map(column => [column, kept[column]])) }
  })
}
