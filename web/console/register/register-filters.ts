import { HOST_KINDS, type RegisterFilter, STATION_STATES } from '@harbor/protocol'

/** What the page's address narrows the register to; what it does not know is left out. */
export function readRegisterFilters(query: URLSearchParams): RegisterFilter {
  const region = query.get('region')
  const state = STATION_STATES.find(one => one === query.get('state'))
  const host = HOST_KINDS.find(one => one === query.get('host'))
  const q = query.get('q')
  return {
    ...(region !== null && /^[1-9]\d{5}(\d{3})?$/.test(region) && { region }),
    ...(state !== undefined && { state }),
    ...(host !== undefined && { host }),
    ...(q !== null && q !== '' && { q: q.slice(0, 80) }),
  }
}
