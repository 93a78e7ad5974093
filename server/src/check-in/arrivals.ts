/** Arrivals count as people who may still be there for so long (chosen: what a meal and a rest take). */
export const STAY_MS = 30 * 60_000
/** Of one station; chosen: far more than any has seats. Beyond, the count stays there. */
const MAX_OF_A_STATION = 500

/** Who checked in a short while ago, by station; in memory alone. */
export interface Arrivals {
  /** A pseudonym arrived, or again: then its time counts anew. */
  arrive: (station: string, pseudonym: string, atMs: number) => void
  leave: (station: string, pseudonym: string) => void
  /** How many arrived and did not leave, and when the first of them came; undefined: nobody. */
  of: (station: string, atMs: number) => { count: number; sinceMs: number } | undefined
  /** Forgets who came too long ago; gives their stations. */
  forget: (atMs: number) => string[]
}

export function createArrivals(): Arrivals {
  const stations = new Map<string, Map<string, number>>()
  return {
    arrive: (station, pseudonym, atMs) => {
      const there = stations.get(station) ?? new Map<string, number>()
      if (!there.has(pseudonym) && there.size >= MAX_OF_A_STATION) return
      // A card's message that was kept while the link was down does not set a later arrival back.
      there.set(pseudonym, Math.max(atMs, there.get(pseudonym) ?? 0))
      stations.set(station, there)
    },
    leave: (station, pseudonym) => {
      const there = stations.get(station)
      there?.delete(pseudonym)
      if (there?.size === 0) stations.delete(station)
    },
    of: (station, atMs) => {
      const times = [...(stations.get(station)?.values() ?? [])].filter(time => isThere(time, atMs))
      return times.length === 0 ? undefined : { count: times.length, sinceMs: Math.min(...times) }
    },
    forget: atMs => {
      const changed: string[] = []
      for (const [station, there] of stations) {
        const gone = [...there].filter(([, time]) => !isThere(time, atMs) && time <= atMs)
        for (const [pseudonym] of gone) there.delete(pseudonym)
        if (gone.length > 0) changed.push(station)
        if (there.size === 0) stations.delete(station)
      }
      return changed
    },
  }
}

function isThere(time: number, atMs: number): boolean {
  return time <= atMs && atMs - time < STAY_MS
}
