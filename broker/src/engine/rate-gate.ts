/** Lets so many through a second, in the order in which they came; the others wait for their turn. */
export interface RateGate {
  /** Calls `go` now, or later when too many came before. True when it has to wait. */
  pass: (go: () => void) => boolean
}

export interface RateGateConfig {
  /** At least 1. As many may come at once as come in two seconds. */
  perS: number
  /** ms that only grow. */
  stopwatch: () => number
}

const BURST_MS = 2_000

/** Counts by the generic cell rate algorithm (ITU-T I.371): one number for each sender. */
export function createRateGate({ perS, stopwatch }: RateGateConfig): RateGate {
  const eachMs = 1_000 / perS
  /** When what came so far would have come at the rate. */
  let reckonedMs = Number.NEGATIVE_INFINITY
  const waiting: { go: () => void; atMs: number }[] = []

  const next = () => {
    const now = stopwatch()
    while (waiting[0] !== undefined && waiting[0].atMs <= now) waiting.shift()?.go()
    const [first] = waiting
    // Unreferenced: a process that stops does not wait for who was too fast.
    if (first !== undefined) setTimeout(next, first.atMs - now).unref()
  }
  return {
    pass: go => {
      const now = stopwatch()
      reckonedMs = Math.max(reckonedMs, now) + eachMs
      const atMs = reckonedMs - BURST_MS
      if (atMs <= now && waiting.length === 0) {
        go()
        return false
      }
      waiting.push({ go, atMs })
      if (waiting.length === 1) setTimeout(next, atMs - now).unref()
      return true
    },
  }
}
