import {
  type CoordinateSystem,
  type DataTable,
  REGISTER_COLUMNS,
  REGISTER_COLUMN_NAMES,
  type RegisterColumn,
  type RegisterStation,
  type TableCell,
} from '@harbor/protocol'
import { placeIn } from './position.ts'

/**
 * The register as a table, with positions in a system that every row names. It has no notes: what is taken away here can be changed in a
 * spreadsheet and brought back by the import.
 */
export function registerTable(stations: readonly RegisterStation[], system: CoordinateSystem): DataTable {
  return {
    id: `stations-${system.toLowerCase()}`,
    titleZh: '站点名册',
    titleEn: 'Register of stations',
    columns: REGISTER_COLUMNS.map(key => {
      const { zh: nameZh, en: nameEn } = REGISTER_COLUMN_NAMES[key]
      return { key, nameZh, nameEn, kind: 'text' }
    }),
    rows: stations.map(station => {
      const place = placeIn(station, system, station.district)
      return REGISTER_COLUMNS.map(column => cellOf({ ...station, ...place }, column, system))
    }),
    notes: [],
  }
}

function cellOf(station: RegisterStation, column: RegisterColumn, system: CoordinateSystem): TableCell {
  switch (column) {
    case 'system':
      return system
    case 'facilities':
      return station.facilities.join(', ')
    case 'lngDeg':
    case 'latDeg':
      return station[column].toFixed(6)
    case 'capacity':
    case 'floorAreaM2':
      return station[column] === undefined ? undefined : String(station[column])
    default:
      return station[column]
  }
}
