/** No station of a question gets so far: six pieces of ten each. */
const NOT_FOUND = 255

/** Stations found so far, each with its best rank, in arrays that serve one question after the other. */
export interface Ranks {
  /** A station was found; of several ranks the lowest holds. */
  note: (number: number, rank: number) => void
  /** 255: not found. */
  rankOf: (number: number) => number
  count: () => number
  /** Those found, in no order; good until the next change. */
  numbers: () => Uint32Array
  /** Keeps those that the other has too, with both ranks added up. */
  keepIn: (other: Pick<Ranks, 'rankOf'>) => void
  clear: () => void
}

export function createRanks(size: number): Ranks {
  const ranks = new Uint8Array(size).fill(NOT_FOUND)
  const found = new Uint32Array(size)
  let count = 0
  return {
    note: (number, rank) => {
      const known = ranks[number] ?? 0
      if (known === NOT_FOUND) {
        found[count] = number
        count += 1
      }
      if (rank < known) ranks[number] = rank
    },
    rankOf: number => ranks[number] ?? NOT_FOUND,
    count: () => count,
    numbers: () => found.subarray(0, count),
    keepIn: other => {
      let kept = 0
      for (const number of found.subarray(0, count)) {
        const added = other.rankOf(number)
        if (added === NOT_FOUND) {
          ranks[number] = NOT_FOUND
          continue
        }
        ranks[number] = Math.min(NOT_FOUND - 1, (ranks[number] ?? 0) + added)
        found[kept] = number
        kept += 1
      }
      count = kept
    },
    clear: () => {
      for (const number of found.subarray(0, count)) ranks[number] = NOT_FOUND
      count = 0
    },
  }
}
