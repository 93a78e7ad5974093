/** Buckets between a power of two and the next: a value is known to 1.6 %. */
const PER_OCTAVE = 64
/** Values from 0.1 up to 2^28 tenths of a millisecond (7 hours) have a bucket of their own; larger ones fall into the last. */
const OCTAVES = 28

/**
 * How long things took, in ms, in memory that does not grow with their number: buckets whose width grows with the value, as
 * HdrHistogram has them. Two of them are merged by adding.
 */
export interface Histogram {
  /** @param ms at least 0; known to 0.1 ms or 1.6 %, whichever is more */
  record: (ms: number) => void
  /** The value that `share` (0 to 1) of all are not above; undefined while there is none. */
  quantile: (share: number) => number | undefined
  count: () => number
  /** What was recorded since the last call, to be merged elsewhere: pairs of bucket and count. */
  takeDelta: () => [bucket: number, count: number][]
  merge: (delta: readonly (readonly [bucket: number, count: number])[]) => void
}

export function createHistogram(): Histogram {
  const counts = new Float64Array(PER_OCTAVE * (OCTAVES + 1))
  const fresh = new Map<number, number>()
  let total = 0

  const add = (bucket: number, count: number) => {
    counts[bucket] = (counts[bucket] ?? 0) + count
    total += count
  }

  return {
    record: ms => {
      const bucket = bucketOf(ms)
      add(bucket, 1)
      fresh.set(bucket, (fresh.get(bucket) ?? 0) + 1)
    },
    quantile: share => {
      if (total === 0) return undefined
      const wanted = Math.max(1, Math.ceil(share * total))
      let seen = 0
      for (const [bucket, count] of counts.entries()) {
        seen += count
        if (seen >= wanted) return valueOf(bucket)
      }
      return valueOf(counts.length - 1)
    },
    count: () => total,
    takeDelta: () => {
      const delta = [...fresh]
      fresh.clear()
      return delta
    },
    merge: delta => {
      for (const [bucket, count] of delta) add(bucket, count)
    },
  }
}

function bucketOf(ms: number): number {
  const tenths = Math.max(0, Math.round(ms * 10))
  // Below the first octave each tenth has its own bucket.
  if (tenths < PER_OCTAVE) return tenths
  const octave = Math.min(OCTAVES - 1, Math.floor(Math.log2(tenths / PER_OCTAVE)))
  const within = Math.min(PER_OCTAVE - 1, Math.floor((tenths / PER_OCTAVE / 2 ** octave - 1) * PER_OCTAVE))
  return PER_OCTAVE * (octave + 1) + within
}

/** The highest value of a bucket. */
function valueOf(bucket: number): number {
  if (bucket < PER_OCTAVE) return bucket / 10
  const octave = Math.floor(bucket / PER_OCTAVE) - 1
  const within = bucket % PER_OCTAVE
  return (PER_OCTAVE * 2 ** octave * (1 + (within + 1) / PER_OCTAVE)) / 10
}
