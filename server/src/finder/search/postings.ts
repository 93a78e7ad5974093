import { inSlices } from '../../in-slices.ts'

/** For each key, the numbers of the stations that have it: ascending, each once. Two flat arrays, whatever the number of keys. */
export interface Postings {
  /** Empty for a key that no station has. */
  of: (key: number) => Uint32Array
}

const NONE = new Uint32Array()

/**
 * @param size stations have the numbers below it
 * @param each calls `add` with every key of a station; called twice for each, and must say the same
 */
export async function createPostings(
  size: number,
  each: (number: number, add: (key: number) => void) => void,
): Promise<Postings> {
  const rowOf = new Map<number, number>()
  const counts: number[] = []
  const last: number[] = []
  await inSlices(Array(size).keys(), number =>
    each(number, key => {
      const row = rowOf.get(key)
      if (row === undefined) {
        rowOf.set(key, counts.length)
        counts.push(1)
        last.push(number)
      } else if (last[row] !== number) {
        counts[row] = (counts[row] ?? 0) + 1
        last[row] = number
      }
    }),
  )
  const starts = new Uint32Array(counts.length + 1)
  counts.forEach((count, row) => (starts[row + 1] = (starts[row] ?? 0) + count))
  const numbers = new Uint32Array(starts.at(-1) ?? 0)
  const ends = starts.slice()
  await inSlices(Array(size).keys(), number =>
    each(number, key => {
      const row = rowOf.get(key) ?? 0
      const end = ends[row] ?? 0
      if (end > (starts[row] ?? 0) && numbers[end - 1] === number) return
      numbers[end] = number
      ends[row] = end + 1
    }),
  )
  return {
    of: key => {
      const row = rowOf.get(key)
      return row === undefined ? NONE : numbers.subarray(starts[row], starts[row + 1])
    },
  }
}

/** Numbers that are in all of the lists, each of them ascending. */
export function inAll(lists: readonly Uint32Array[]): Uint32Array {
  const [first = NONE, ...others] = [...lists].sort((a, b) => a.length - b.length)
  return others.reduce(inBoth, first)
}

function inBoth(few: Uint32Array, many: Uint32Array): Uint32Array {
  const both = new Uint32Array(few.length)
  let count = 0
  let from = 0
  for (const number of few) {
    from = lowerBound(many, number, from)
    if (many[from] !== number) continue
    both[count] = number
    count += 1
  }
  return both.subarray(0, count)
}

/** The place of the first entry from `from` on that is not below `number`: found by steps that double, for lists of unlike length. */
function lowerBound(list: Uint32Array, number: number, from: number): number {
  let step = 1
  let low = from
  while (low + step < list.length && (list[low + step] ?? 0) < number) {
    low += step
    step *= 2
  }
  let high = Math.min(list.length, low + step + 1)
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((list[middle] ?? 0) < number) low = middle + 1
    else high = middle
  }
  return low
}
