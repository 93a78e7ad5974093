/** Arrivals count as people who may still be there for so long (chosen: what a meal and a rest take). */
export const STAY_MS = 30 * 60_000
/** Whoever comes is known for so long, so that their leaving is not taken for that of somebody else (chosen: longer than anybody rests). */
const KNOWN_MS = 12 * 3_600_000
/** Of one station; chosen: far more than any has seats. Beyond, the count stays there. */
const MAX_OF_A_STATION = 500

/** Who checked in a short while ago, by station; in memory alone. */
export interface Arrivals {
  /** A pseudonym arrived, or again: then its time counts anew. */
  arrive: (station: string, pseudonym: string, atMs: number) => void
  /**
   * A pseudonym left; said again it is the same leaving. Whoever scans the door anew on their way out is somebody else to us: then the one
   * who came first is taken to have left, for the count is to say no more than is there.
   */
  leave: (station: string, pseudonym: string, atMs: number) => void
  /** How many arrived and did not leave, and when the first of them came; undefined: nobody. */
  of: (station: string, atMs: number) => { count: number; sinceMs: number } | undefined
  /** Forgets who came or left too long ago; gives the stations of those who came. */
  forget: (atMs: number) => string[]
}

/** Times of pseudonyms by station. */
type Times = Map<string, Map<string, number>>

export function createArrivals(): Arrivals {
  const arrived: Times = new Map()
  const left: Times = new Map()
  /** Who came too long ago to be counted. */
  const past: Times = new Map()
  const put = (times: Times, station: string, [pseudonym, atMs]: [string, number]) => {
    const known = times.get(station) ?? new Map<string, number>()
    if (!known.has(pseudonym) && known.size >= MAX_OF_A_STATION) return
    // A card's message that was kept while the link was down does not set a later arrival back.
    known.set(pseudonym, Math.max(atMs, known.get(pseudonym) ?? 0))
    times.set(station, known)
  }
  const forgetIn = (times: Times, beforeMs: number, onGone?: (station: string, gone: [string, number]) => void) => {
    const changed: string[] = []
    for (const [station, known] of times) {
      const gone = [...known].filter(([, time]) => time <= beforeMs)
      for (const one of gone) {
        known.delete(one[0])
        onGone?.(station, one)
      }
      if (gone.length > 0) changed.push(station)
      if (known.size === 0) times.delete(station)
    }
    return changed
  }
  return {
    arrive: (station, pseudonym, atMs) => put(arrived, station, [pseudonym, atMs]),
    leave: (station, pseudonym, atMs) => {
      const there = arrived.get(station)
      const isSaidAgain = left.get(station)?.has(pseudonym) === true
      put(left, station, [pseudonym, atMs])
      const isKnown = [there, past.get(station)].map(times => times?.delete(pseudonym) === true).includes(true)
      if (there === undefined || isKnown || isSaidAgain) return
      const [first] = [...there].sort(([, a], [, b]) => a - b)
      if (first !== undefined) there.delete(first[0])
    },
    of: (station, atMs) => {
      const times = [...(arrived.get(station)?.values() ?? [])].filter(time => isThere(time, atMs))
      return times.length === 0 ? undefined : { count: times.length, sinceMs: Math.min(...times) }
    },
    forget: atMs => {
      forgetIn(left, atMs - KNOWN_MS)
      forgetIn(past, atMs - KNOWN_MS)
      return forgetIn(arrived, atMs - STAY_MS, (station, one) => put(past, station, one))
    },
  }
}

function isThere(time: number, atMs: number): boolean {
  return time <= atMs && atMs - time < STAY_MS
}
