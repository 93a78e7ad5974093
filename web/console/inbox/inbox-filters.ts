import { FAULT_AGES, type FaultAge, SEVERITIES, type TroubledStation } from '@harbor/protocol'
import { KIND_FILTERS, type KindFilter } from '../alerts/alert-filters.ts'

/** Which alerts: the server's own names. */
export const INBOX_STATES = ['open', 'waiting', 'acknowledged', 'suppressed'] as const
export type InboxState = (typeof INBOX_STATES)[number]

/** What the inbox shows. Kept in the page's address, so that a link or "back" shows the same. */
export interface InboxFilters {
  view: 'list' | 'map'
  state: InboxState
  /** Empty means all. */
  severities: TroubledStation['severity'][]
  kind: KindFilter | undefined
  district: string | undefined
  /** Of the district. */
  street: string | undefined
  age: FaultAge | undefined
  isMine: boolean
  withSilenced: boolean
}

export const USUAL_INBOX: InboxFilters = {
  view: 'list',
  state: 'open',
  severities: [],
  kind: undefined,
  district: undefined,
  street: undefined,
  age: undefined,
  isMine: false,
  withSilenced: false,
}

/** The filters that an address asks for; what it says wrongly is passed over. */
export function readInboxFilters(query: URLSearchParams): InboxFilters {
  const severities = new Set((query.get('severity') ?? '').split(','))
  const district = query.get('district') ?? ''
  const street = query.get('street') ?? ''
  return {
    view: query.get('view') === 'map' ? 'map' : 'list',
    state: INBOX_STATES.find(state => state === query.get('state')) ?? 'open',
    severities: SEVERITIES.filter(severity => severities.has(severity)),
    kind: KIND_FILTERS.find(kind => kind === query.get('kind')),
    district: /^\d{6}$/.test(district) ? district : undefined,
    street: /^\d{9}$/.test(street) && street.startsWith(district) ? street : undefined,
    age: FAULT_AGES.find(age => age === query.get('age')),
    isMine: query.get('mine') === '1',
    withSilenced: query.get('silenced') === '1',
  }
}

/** The shortest address query for these filters: what is as usual is left out. */
export function writeInboxFilters(filters: InboxFilters): URLSearchParams {
  const { view, state, severities, kind, district, street, age, isMine, withSilenced } = filters
  const query = new URLSearchParams()
  if (view === 'map') query.set('view', 'map')
  if (state !== 'open') query.set('state', state)
  if (severities.length > 0 && severities.length < SEVERITIES.length) query.set('severity', severities.join(','))
  if (kind !== undefined) query.set('kind', kind)
  if (district !== undefined) query.set('district', district)
  if (street !== undefined) query.set('street', street)
  if (age !== undefined) query.set('age', age)
  if (isMine) query.set('mine', '1')
  if (withSilenced) query.set('silenced', '1')
  return query
}

/** Whether the filters hide anything that is open. */
export function isInboxNarrowed({ state, severities, kind, district, street, age, isMine }: InboxFilters): boolean {
  return (
    state !== 'open' || severities.length > 0 || [kind, district, street, age].some(one => one !== undefined) || isMine
  )
}

/** A place, WGS-84. */
export interface Place {
  latDeg: number
  lngDeg: number
}

/** What the server is asked for. A position is told to a hundredth of a degree, about 1 km: enough to choose what is near. */
export function inboxQuery(filters: InboxFilters, { limit, near }: { limit: number; near: Place | undefined }): string {
  const query = filterQuery(filters)
  query.set('limit', String(limit))
  if (near !== undefined) query.set('near', `${near.latDeg.toFixed(2)},${near.lngDeg.toFixed(2)}`)
  return query.toString()
}

/** The same for a part of the map. The box is told to about 10 m at the equator. */
export function inboxMapQuery(
  filters: InboxFilters,
  { box: [west, south, east, north], zoom }: { box: readonly [number, number, number, number]; zoom: number },
): string {
  const query = filterQuery(filters)
  const box = [
    Math.max(-180, west).toFixed(4),
    Math.max(-85, south).toFixed(4),
    Math.min(180, east).toFixed(4),
    Math.min(85, north).toFixed(4),
  ]
  query.set('box', box.join(','))
  query.set('zoom', String(Math.max(0, Math.min(20, Math.round(zoom)))))
  return query.toString()
}

function filterQuery(filters: InboxFilters): URLSearchParams {
  const { state, severities, kind, district, street, age, isMine, withSilenced } = filters
  const query = new URLSearchParams({ state })
  if (severities.length > 0) query.set('severity', severities.join(','))
  if (kind !== undefined) query.set('kind', kind)
  if (district !== undefined) query.set('district', district)
  if (street !== undefined) query.set('street', street)
  if (age !== undefined) query.set('age', age)
  if (isMine) query.set('mine', 'true')
  if (withSilenced) query.set('silenced', 'true')
  return query
}

const EARTH_RADIUS_M = 6_371_008.8

/** Metres between two places along the ground, as the crow flies. */
export function metresBetween(a: Place, b: Place): number {
  const rad = Math.PI / 180
  const dLat = (b.latDeg - a.latDeg) * rad
  const dLng = (b.lngDeg - a.lngDeg) * rad
  const h = Math.sin(dLat / 2) ** 2 + Math.cos(a.latDeg * rad) * Math.cos(b.latDeg * rad) * Math.sin(dLng / 2) ** 2
  return 2 * EARTH_RADIUS_M * Math.asin(Math.min(1, Math.sqrt(h)))
}

/** As the list shows them: by distance from where the person exactly is, else as the server sorted them. */
export function sortedStations(stations: readonly TroubledStation[], here: Place | undefined): TroubledStation[] {
  if (here === undefined) return [...stations]
  return stations
    .map(station => ({ station, metres: metresBetween(here, station) }))
    .sort((a, b) => a.metres - b.metres)
    .map(({ station }) => station)
}
