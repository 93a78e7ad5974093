import type { PinState } from '@harbor/protocol'
import type { Position } from '../near.ts'
import type { Places } from '../places.ts'
import type { FilterMask, Standings } from '../standings.ts'
import type { Hits } from './text-search.ts'

/** Of stations that fit as well and whose distance is not known: first where one can go now. */
const ORDER: readonly PinState[] = ['room', 'limited', 'open', 'unknown', 'full', 'closed']

export interface HitSources {
  hits: Hits
  places: Places
  standings: Pick<Standings, 'passes' | 'pinOf'>
}

/** The hits that pass, best first: by how well the text fits, then the nearest, or, without a place, the most useful. */
export function bestHits(
  { hits, places, standings }: HitSources,
  { at, wanted, limit }: { at: Position | undefined; wanted: FilterMask; limit: number },
): number[] {
  const shrink = at === undefined ? 1 : Math.cos((at.latDeg * Math.PI) / 180)
  const tieOf = (number: number): number => {
    if (at === undefined) return ORDER.indexOf(standings.pinOf(number))
    const north = (places.latDeg[number] ?? 0) - at.latDeg
    const east = ((places.lngDeg[number] ?? 0) - at.lngDeg) * shrink
    return north * north + east * east
  }
  const kept: { number: number; rank: number; tie: number }[] = []
  for (const number of hits.numbers) {
    if (!standings.passes(number, wanted)) continue
    const rank = hits.rankOf(number)
    const worst = kept[limit - 1]
    if (worst !== undefined && rank > worst.rank) continue
    const hit = { number, rank, tie: tieOf(number) }
    if (worst !== undefined && compare(hit, worst) >= 0) continue
    let place = kept.length
    while (place > 0 && compare(hit, kept[place - 1] as typeof hit) < 0) place -= 1
    kept.splice(place, 0, hit)
    if (kept.length > limit) kept.pop()
  }
  return kept.map(({ number }) => number)
}

type Kept = { number: number; rank: number; tie: number }

function compare(a: Kept, b: Kept): number {
  return a.rank - b.rank || a.tie - b.tie || a.number - b.number
}
