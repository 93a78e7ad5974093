import type { PinState } from '@harbor/protocol'
import type { Places } from './places.ts'
import type { FilterMask, Standings } from './standings.ts'

/**
 * How far a visitor would rather walk, in metres, than go to a station in this state; the finder's list has the same numbers
 * (web, station-order.ts). Chosen: a place known to have room is worth a walk of some minutes more over one where nobody
 * knows. Closed ones come after all others.
 */
const DETOUR_M: Readonly<Record<PinState, number>> = {
  room: 0,
  limited: 100,
  open: 400,
  unknown: 800,
  full: 1_200,
  closed: Number.POSITIVE_INFINITY,
}

/** It is looked within these distances first, in metres, and in the whole country last. */
const REACHES_M = [1_000, 3_000, 10_000, 30_000] as const

/** A meridian's degree, from the IUGG mean radius of 6,371,008.8 m. */
const METRES_PER_DEG = 111_195

/** A place on earth, WGS-84. */
export interface Position {
  latDeg: number
  lngDeg: number
}

export interface NearQuestion {
  at: Position
  wanted: FilterMask
  /** How many at most. */
  limit: number
}

export interface NearSources {
  places: Places
  standings: Pick<Standings, 'passes' | 'pinOf'>
}

interface Candidate {
  number: number
  metres: number
  /** Metres with the detour; infinite when closed. */
  effortM: number
}

/**
 * Numbers of the stations to show to somebody at a place, the most useful first: by distance and detour, closed ones last.
 * When fewer than asked for are open within 30 km, closed ones there come before open ones that are farther: at night
 * somebody wants to know what opens here, not what is open in the next province. Only when that is too few the whole
 * country is looked through.
 */
export function nearestUseful({ places, standings }: NearSources, { at, wanted, limit }: NearQuestion): number[] {
  const distance = distanceFrom(at, places)
  const candidate = (number: number): Candidate => {
    const metres = distance(number)
    return { number, metres, effortM: metres + DETOUR_M[standings.pinOf(number)] }
  }
  let within: Candidate[] = []
  for (const reachM of REACHES_M) {
    within = places
      .inBox(boxAround(at, reachM))
      .filter(number => standings.passes(number, wanted))
      .map(candidate)
    // Beyond the reach there is none with less effort than this.
    if (within.filter(({ effortM }) => effortM <= reachM).length >= limit) return best(within, limit)
  }
  if (within.length >= limit) return best(within, limit)
  const known = new Set(within.map(({ number }) => number))
  const farther = new Shortlist(limit - within.length)
  for (let number = 0; number < places.ids.length; number++)
    if (standings.passes(number, wanted) && !known.has(number)) farther.offer(candidate(number))
  return best([...within, ...farther.kept], limit)
}

/** The number of the station nearest to a place, in whatever state; undefined: there are none. */
export function nearestOf({ places }: Pick<NearSources, 'places'>, at: Position): number | undefined {
  const distance = distanceFrom(at, places)
  for (const reachM of REACHES_M) {
    const within = places.inBox(boxAround(at, reachM)).map(number => ({ number, metres: distance(number) }))
    const nearest = within.sort((a, b) => a.metres - b.metres)[0]
    if (nearest !== undefined && nearest.metres <= reachM) return nearest.number
  }
  let nearest: { number: number; metres: number } | undefined
  for (let number = 0; number < places.ids.length; number++) {
    const metres = distance(number)
    if (nearest === undefined || metres < nearest.metres) nearest = { number, metres }
  }
  return nearest?.number
}

/** Keeps the best few of many without sorting them all. */
class Shortlist {
  readonly kept: Candidate[] = []
  readonly #limit: number

  constructor(limit: number) {
    this.#limit = limit
  }

  offer(candidate: Candidate): void {
    const worst = this.kept[this.#limit - 1]
    if (worst !== undefined && compare(candidate, worst) >= 0) return
    let place = this.kept.length
    while (place > 0 && compare(candidate, this.kept[place - 1] as Candidate) < 0) place -= 1
    this.kept.splice(place, 0, candidate)
    if (this.kept.length > this.#limit) this.kept.pop()
  }
}

function best(candidates: readonly Candidate[], limit: number): number[] {
  return [...candidates]
    .sort(compare)
    .slice(0, limit)
    .map(({ number }) => number)
}

/** Subtraction would make NaN of two infinities. */
function compare(a: Candidate, b: Candidate): number {
  if (a.effortM !== b.effortM) return a.effortM < b.effortM ? -1 : 1
  return a.metres - b.metres || a.number - b.number
}

/**
 * Metres from a place, on a plane that touches the earth there: right to 1 % within 300 km, and an order good enough beyond.
 */
function distanceFrom(at: Position, { latDeg, lngDeg }: Places): (number: number) => number {
  const shrink = Math.cos((at.latDeg * Math.PI) / 180)
  return number => {
    const north = (latDeg[number] ?? 0) - at.latDeg
    const east = ((lngDeg[number] ?? 0) - at.lngDeg) * shrink
    return Math.sqrt(north * north + east * east) * METRES_PER_DEG
  }
}

/** Holds every station within `metres`. */
function boxAround({ latDeg, lngDeg }: Position, metres: number) {
  const north = metres / METRES_PER_DEG
  const east = north / Math.max(0.01, Math.cos((latDeg * Math.PI) / 180))
  return [lngDeg - east, latDeg - north, lngDeg + east, latDeg + north] as const
}
