import type { ApplianceKind, FinderFilter } from '@harbor/protocol'
import { passesFilter } from '@harbor/protocol/finder-filter'
import { type StationNow, isOpen } from './station-now.ts'

/** The appliance that a filter of a service asks for. */
const SERVICES: Partial<Record<FinderFilter, ApplianceKind>> = {
  microwave: 'microwave',
  hot_water: 'water_dispenser',
  fridge: 'fridge',
  cooling: 'air_conditioner',
}

/** A station in what the phone keeps, and whether its posted hours have it open in the night. */
export interface KeptStation {
  now: StationNow
  openAtNight: boolean
}

/**
 * Whether a station that the phone keeps may have what is asked for. Without a network nothing is known of now, so what
 * there is at all passes, unless it is known to be broken, full or closed: the card says that it is not known.
 */
export function mayHave({ now, openAtNight }: KeptStation, filter: FinderFilter): boolean {
  const { view, opening, space, appliances, posted } = now
  const service = SERVICES[filter]
  if (service !== undefined) return appliances.some(({ kind, state }) => kind === service && state !== 'faulty')
  if (filter === 'open') return isOpen(now) || (opening === 'unknown' && posted?.open === true)
  return passesFilter({ opening, space, appliances: view.appliances, facilities: view.facilities, openAtNight }, filter)
}
