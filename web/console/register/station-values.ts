import {
  FACILITIES,
  HOST_KINDS,
  type RegisterDetail,
  type StationFacts,
  type StationPosition,
  streetCodeSchema,
} from '@harbor/protocol'
import type { TypedPosition } from './position-field.tsx'

/** The fields that are one line of text. */
export const LINES = ['nameZh', 'nameEn', 'addressZh', 'addressEn', 'phone', 'hintZh', 'hintEn'] as const
export type Line = (typeof LINES)[number]

/** A station as it stands in the form. */
export interface StationValues {
  lines: Readonly<Record<Line, string>>
  district: string
  street: string
  hostKind: string
  capacity: string
  floorArea: string
  facilities: readonly string[]
  hours: string
  notes: string
  position: TypedPosition
}

export const EMPTY_VALUES: StationValues = {
  lines: { nameZh: '', nameEn: '', addressZh: '', addressEn: '', phone: '', hintZh: '', hintEn: '' },
  district: '',
  street: '',
  hostKind: '',
  capacity: '',
  floorArea: '',
  facilities: [],
  hours: '',
  notes: '',
  position: { system: 'WGS84', lng: '', lat: '' },
}

/** A known station in the form. */
export function valuesOf(station: RegisterDetail): StationValues {
  const { nameZh, nameEn, addressZh = '', addressEn = '', phone = '', hintZh = '', hintEn = '' } = station
  return {
    lines: { nameZh, nameEn, addressZh, addressEn, phone, hintZh, hintEn },
    district: station.district,
    street: station.street ?? '',
    hostKind: station.hostKind ?? '',
    capacity: station.capacity?.toString() ?? '',
    floorArea: station.floorAreaM2?.toString() ?? '',
    facilities: station.facilities,
    hours: station.hours ?? '',
    notes: station.notes ?? '',
    position: { system: 'WGS84', lng: station.lngDeg.toFixed(6), lat: station.latDeg.toFixed(6) },
  }
}

/** What the form says, but for the position; what is empty is not known. */
export function factsOf(values: StationValues): StationFacts {
  const { nameZh, nameEn, ...others } = values.lines
  const given = Object.fromEntries(
    Object.entries(others).flatMap(([key, text]) => (text.trim() === '' ? [] : [[key, text.trim()]])),
  )
  const hostKind = HOST_KINDS.find(kind => kind === values.hostKind)
  const street = streetCodeSchema.safeParse(values.street).data
  return {
    nameZh: nameZh.trim(),
    nameEn: nameEn.trim(),
    ...given,
    ...(street !== undefined && { street }),
    ...(hostKind !== undefined && { hostKind }),
    ...(values.capacity.trim() !== '' && { capacity: Number(values.capacity) }),
    ...(values.floorArea.trim() !== '' && { floorAreaM2: Number(values.floorArea) }),
    ...(values.hours.trim() !== '' && { hours: values.hours.trim() }),
    ...(values.notes.trim() !== '' && { notes: values.notes.trim() }),
    facilities: FACILITIES.filter(facility => values.facilities.includes(facility)),
  }
}

/** Undefined: no position is typed. */
export function positionOf({ system, lng, lat }: TypedPosition): StationPosition | undefined {
  const [lngDeg, latDeg] = [Number(lng), Number(lat)]
  const isTyped = lng.trim() !== '' && lat.trim() !== ''
  if (!isTyped || !(Math.abs(lngDeg) <= 180) || !(Math.abs(latDeg) <= 90)) return undefined
  return { system, lngDeg, latDeg }
}

/** Whether a position is another than the one that the form began with. */
export function isMoved(now: TypedPosition, before: TypedPosition): boolean {
  return now.system !== before.system || now.lng !== before.lng || now.lat !== before.lat
}
