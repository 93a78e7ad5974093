/**
 * A rate that is allowed: `burst` at once, then one every `everyMs`. It is the generic cell rate algorithm (ITU-T I.371,
 * annex A): all that is kept of a sender is one time.
 */
export interface Rate {
  burst: number
  everyMs: number
}

/** What a sender's next message meets. */
export interface Verdict {
  /** To be kept for the next: when the sender would be back to its whole burst. */
  emptyAtMs: number
  /** Undefined: allowed. */
  waitMs: number | undefined
}

/** Pure: the same times give the same verdicts. A refused message costs nothing. */
export function judge({ burst, everyMs }: Rate, emptyAtMs: number | undefined, nowMs: number): Verdict {
  // A clock set back must not lock a sender out for as long as it went back.
  const known = Math.min(emptyAtMs ?? nowMs, nowMs + burst * everyMs)
  const next = Math.max(known, nowMs) + everyMs
  const aheadMs = next - nowMs - burst * everyMs
  return aheadMs > 0 ? { emptyAtMs: known, waitMs: aheadMs } : { emptyAtMs: next, waitMs: undefined }
}

/** Senders that are remembered by one limit at most; chosen: 20,000 are some 3 MB. */
const MAX_SENDERS = 20_000

/** A rate for each of many senders, in bounded memory. */
export interface RateLimit {
  /** Counts one message; undefined when it is allowed, else the time to wait, in ms. */
  take: (sender: string, nowMs: number) => number | undefined
  /** Senders remembered. */
  size: () => number
}

/** With more senders than are remembered those seen longest ago are forgotten first: whoever floods is seen all the time. */
export function createRateLimit(rate: Rate, maxSenders = MAX_SENDERS): RateLimit {
  const emptyAt = new Map<string, number>()
  return {
    take: (sender, nowMs) => {
      const { emptyAtMs, waitMs } = judge(rate, emptyAt.get(sender), nowMs)
      // Put at the end again: a map keeps the order in which things were put in.
      emptyAt.delete(sender)
      emptyAt.set(sender, emptyAtMs)
      for (const [oldest] of emptyAt) {
        if (emptyAt.size <= maxSenders) break
        emptyAt.delete(oldest)
      }
      return waitMs
    },
    size: () => emptyAt.size,
  }
}
