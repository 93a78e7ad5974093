/**
 * What is durable of one run (boot) of one gateway: all packs up to `ackedSeq`, and further runs of numbers beyond a gap.
 * `ackedSeq` 0 means that nothing may be acknowledged yet.
 */
export interface AckWindow {
  readonly ackedSeq: number
  /** Stored beyond the first gap: [first, last], ascending, neither touching nor overlapping. */
  readonly beyond: readonly (readonly [number, number])[]
}

/** A pack that the store made durable. `base`: the lowest number of the run that its gateway holds for unacknowledged. */
export interface StoredPack {
  seq: number
  base: number | undefined
}

/**
 * More gaps than this are not remembered: what lies beyond them stays unacknowledged and is sent again, which costs a
 * transmission and never a reading. (Chosen: a gateway has far fewer packs under way.)
 */
export const MAX_RANGES = 64

/**
 * The window after one more stored pack; `window` undefined for a run not seen before.
 *
 * A run that is not known starts just below `base`: the gateway itself was told that all below is durable. Without a base
 * the first number seen counts as one. A later base moves the window up in the same way. Beyond that the window only
 * advances over numbers that were stored, without a gap, so no number is acknowledged whose predecessor is not durable.
 */
export function storePack(window: AckWindow | undefined, { seq, base }: StoredPack): AckWindow {
  // A base above the pack's own number is a sender's mistake; believing it would acknowledge what nobody stored.
  const believed = base !== undefined && base <= seq ? base : undefined
  const start = window ?? { ackedSeq: (believed ?? seq) - 1, beyond: [] }
  return settle(Math.max(start.ackedSeq, (believed ?? 1) - 1), insert(start.beyond, seq))
}

/** Moves `ackedSeq` over every range that it touches. */
function settle(ackedSeq: number, ranges: AckWindow['beyond']): AckWindow {
  let reached = ackedSeq
  const beyond: (readonly [number, number])[] = []
  for (const [first, last] of ranges) {
    if (first <= reached + 1) reached = Math.max(reached, last)
    else beyond.push([first, last])
  }
  return { ackedSeq: reached, beyond: beyond.slice(0, MAX_RANGES) }
}

/** `ranges` with `seq`, kept ascending and merged. */
function insert(ranges: AckWindow['beyond'], seq: number): AckWindow['beyond'] {
  const merged: (readonly [number, number])[] = []
  let own: [number, number] = [seq, seq]
  for (const [first, last] of ranges) {
    if (last < own[0] - 1 || first > own[1] + 1) merged.push([first, last])
    else own = [Math.min(first, own[0]), Math.max(last, own[1])]
  }
  return [...merged, own].toSorted(([a], [b]) => a - b)
}
