import type { HeatCandidate } from '@harbor/protocol'

/** What is known of a station when it is asked whether it should stay open longer. */
export interface HeatFacts {
  station: string
  nameZh: string
  nameEn: string
  district: string
  latDeg: number
  lngDeg: number
  /** Absent: seats not known. */
  capacity?: number | undefined
  /** Mean of people counted in its last two open hours, over a week; absent: nobody counted. */
  peopleLate?: number | undefined
  ac: 'works' | 'unknown' | 'faulty' | 'none'
  /** Minutes since today's midnight, above 1,440 on the next day; absent: hours not known, or closed today. */
  closesAtMin?: number | undefined
  /** Out of service, or a plan only. */
  isClosedDown: boolean
}

export interface HeatDemand {
  /** Until when they would stay open, minutes since midnight. */
  untilMin: number
  /** What the day reaches, or else what it has now. */
  maxC?: number | undefined
  signal?: 'yellow' | 'orange' | 'red' | undefined
}

/** Whoever is on foot in the heat reaches a station within ten minutes at 1.3 m/s (chosen). */
const WALK_M = 800
/** Shares of the stations that could: with a red signal all (docs/domain.md 4, H3), orange half, yellow a quarter; none: none. */
const SHARE = { red: 1, orange: 0.5, yellow: 0.25 } as const
/** Above this outside, staying out is dangerous; each degree more counts (35 °C: "high-temperature weather", 防暑降温措施管理办法 2012, 8). */
const HOT_C = 35

type Reason = HeatCandidate['reasons'][number]

/**
 * Which stations to keep open longer, the best first, each with its reasons: people who come late, seats, heat, how far the next station
 * is that is open late anyway, and an air conditioner that works. It proposes; a person decides. The weights are chosen so that each
 * reason can outweigh the next: 30 for people, 20 each for seats, distance and air.
 */
export function proposeLonger(stations: readonly HeatFacts[], demand: HeatDemand): HeatCandidate[] {
  const late = stations.filter(one => !one.isClosedDown && (one.closesAtMin ?? 0) >= demand.untilMin)
  const candidates = stations.map(one => candidate(one, late, demand))
  const possible = candidates.filter(({ isProposed }) => isProposed).sort(best)
  const share = demand.signal === undefined ? 0 : SHARE[demand.signal]
  const proposed = new Set(possible.slice(0, Math.ceil(possible.length * share)).map(({ station }) => station))
  return candidates.map(one => ({ ...one, isProposed: proposed.has(one.station) })).sort(best)
}

function best(a: HeatCandidate, b: HeatCandidate): number {
  return Number(b.isProposed) - Number(a.isProposed) || b.score - a.score || (a.station < b.station ? -1 : 1)
}

/** `isProposed` here: it could be. */
function candidate(one: HeatFacts, late: readonly HeatFacts[], { untilMin, maxC }: HeatDemand): HeatCandidate {
  const { station, nameZh, nameEn, district, closesAtMin } = one
  const reasons: Reason[] = []
  const isOpenAnyway = (closesAtMin ?? 0) >= untilMin
  if (one.isClosedDown) reasons.push({ what: 'closed_down', points: 0 })
  if (closesAtMin === undefined) reasons.push({ what: 'no_hours', points: 0 })
  if (isOpenAnyway) reasons.push({ what: 'open_anyway', points: 0 })
  if (one.peopleLate !== undefined)
    reasons.push({ what: 'people_late', value: round(one.peopleLate), points: points(one.peopleLate / 10, 30) })
  if (one.capacity !== undefined)
    reasons.push({ what: 'capacity', value: one.capacity, points: points(one.capacity / 20, 20) })
  if (maxC !== undefined && maxC >= HOT_C)
    reasons.push({ what: 'hot', value: maxC, points: points((maxC - HOT_C) / 5, 10) })
  reasons.push(nextLate(one, late))
  reasons.push(AIR[one.ac])
  const isProposed = !one.isClosedDown && closesAtMin !== undefined && !isOpenAnyway && one.ac !== 'faulty'
  return {
    station,
    nameZh,
    nameEn,
    district,
    score: round(reasons.reduce((sum, reason) => sum + reason.points, 0)),
    isProposed,
    reasons,
    ...(closesAtMin !== undefined && { closesAtMin }),
  }
}

const AIR: Readonly<Record<HeatFacts['ac'], Reason>> = {
  works: { what: 'ac_works', points: 20 },
  unknown: { what: 'ac_unknown', points: 10 },
  faulty: { what: 'ac_faulty', points: 0 },
  none: { what: 'no_ac', points: 0 },
}

/** The next station that is open late anyway: none within a walk counts fully. */
function nextLate(one: HeatFacts, late: readonly HeatFacts[]): Reason {
  const nearestM = Math.min(
    ...late.filter(({ station }) => station !== one.station).map(other => distanceM(one, other)),
  )
  if (!Number.isFinite(nearestM)) return { what: 'far_from_late', points: 20 }
  const value = Math.round(nearestM)
  if (nearestM >= WALK_M) return { what: 'far_from_late', value, points: 20 }
  return { what: 'late_near', value, points: points(nearestM / WALK_M, 20) }
}

/** A share of `most`, never more. */
function points(share: number, most: number): number {
  return round(Math.max(0, Math.min(1, share)) * most)
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

/** Metres on a sphere of 6,371 km (IUGG mean radius): right to 0.5 %. */
function distanceM(a: { latDeg: number; lngDeg: number }, b: { latDeg: number; lngDeg: number }): number {
  const rad = (deg: number) => (deg * Math.PI) / 180
  const h =
    Math.sin(rad(b.latDeg - a.latDeg) / 2) ** 2 +
    Math.cos(rad(a.latDeg)) * Math.cos(rad(b.latDeg)) * Math.sin(rad(b.lngDeg - a.lngDeg) / 2) ** 2
  return 2 * 6_371_000 * Math.asin(Math.min(1, Math.sqrt(h)))
}
