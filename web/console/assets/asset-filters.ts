import { APPLIANCE_KINDS, WARRANTY_STATES } from '@harbor/protocol'
import type { AssetFilters } from '../api/assets-api.ts'

export const SERVICES = ['in', 'retired', 'all'] as const

/** The filters that an address asks for; what it says wrongly is passed over. */
export function readAssetFilters(query: URLSearchParams): AssetFilters {
  const station = query.get('station') ?? ''
  return {
    kind: APPLIANCE_KINDS.find(kind => kind === query.get('kind')),
    warranty: WARRANTY_STATES.find(state => state === query.get('warranty')),
    service: SERVICES.find(service => service === query.get('service')) ?? 'in',
    station: /^[a-z0-9-]{1,40}$/.test(station) ? station : undefined,
    text: (query.get('q') ?? '').slice(0, 80),
  }
}

/** The shortest address query for these filters. */
export function writeAssetFilters({ kind, warranty, service, station, text }: AssetFilters): URLSearchParams {
  const query = new URLSearchParams()
  if (text !== '') query.set('q', text)
  if (kind !== undefined) query.set('kind', kind)
  if (warranty !== undefined) query.set('warranty', warranty)
  if (service !== 'in') query.set('service', service)
  if (station !== undefined) query.set('station', station)
  return query
}
