import { type Position, distanceM } from './distance.ts'
import { type PinState, type StationNow, appliancesByKind, pinState } from './station-now.ts'

/**
 * How far a visitor would rather walk, in metres, than go to a station in this state. Chosen: a place known to have room
 * is worth a walk of some minutes more (80 m a minute) over one where nobody knows, but not the other end of town. Closed
 * stations come after all others, however near.
 */
const DETOUR_M: Readonly<Record<PinState, number>> = {
  room: 0,
  limited: 100,
  open: 400,
  unknown: 800,
  full: 1_200,
  closed: Number.POSITIVE_INFINITY,
}

const RANKS: readonly PinState[] = ['room', 'limited', 'open', 'unknown', 'full', 'closed']

/** Where a pin state stands in the order of usefulness: 0 is best. */
export function rankOf(state: PinState): number {
  return RANKS.indexOf(state)
}

/** A station in the list, with its straight distance when the visitor's position is known. */
export interface ListedStation extends StationNow {
  pin: PinState
  distanceM: number | undefined
}

/**
 * The list in the order a visitor would try: by distance with the detours above when there is a place to go by, else open
 * with room first and, among equals, those with more working appliances, then those nearest to the middle of all
 * stations, where most visitors are. `around` may be another place than the visitor's. Equal stations keep one order (by id), so that cards do not swap places by themselves.
 */
export function orderStations(stations: readonly ListedStation[], around: Position | undefined): ListedStation[] {
  const from = around ?? middleOf(stations)
  const keyed = stations.map(listed => {
    const metres = distanceM(from, listed.view)
    return {
      listed,
      metres,
      effortM: metres + DETOUR_M[listed.pin],
      rank: rankOf(listed.pin),
      working: appliancesByKind(listed.appliances).filter(({ state }) => state === 'working').length,
    }
  })
  type Keyed = (typeof keyed)[number]
  const byEffort = (a: Keyed, b: Keyed) => compare(a.effortM, b.effortM) || a.metres - b.metres
  const byUse = (a: Keyed, b: Keyed) => a.rank - b.rank || b.working - a.working || a.metres - b.metres
  const first = around === undefined ? byUse : byEffort
  return keyed.sort((a, b) => first(a, b) || (a.listed.view.id < b.listed.view.id ? -1 : 1)).map(({ listed }) => listed)
}

/** A station with its pin, and its distance from the visitor where that is known. */
export function listStation(station: StationNow, here: Position | undefined): ListedStation {
  return {
    ...station,
    pin: pinState(station),
    distanceM: here === undefined ? undefined : distanceM(here, station.view),
  }
}

/** Where most stations are: the median of their latitudes and of their longitudes, which far ones do not pull away. */
function middleOf(stations: readonly StationNow[]): Position {
  const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
  return {
    latDeg: median(stations.map(({ view }) => view.latDeg)),
    lngDeg: median(stations.map(({ view }) => view.lngDeg)),
  }
}

/** `stations` in the order that `ids` has, when both have the same stations; else as they are. */
export function keepOrder(stations: ListedStation[], ids: readonly string[]): ListedStation[] {
  const byId = new Map(stations.map(station => [station.view.id, station]))
  const kept = ids.flatMap(id => byId.get(id) ?? [])
  return kept.length === stations.length ? kept : stations
}

/** Subtraction would make NaN of two infinities. */
function compare(a: number, b: number): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
