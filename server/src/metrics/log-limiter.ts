export interface LogLimiterSettings {
  /** A key may be logged once in this time, in ms. */
  everyMs: number
  /** Keys remembered. While that many were logged within `everyMs`, other keys are not logged at all. */
  maxKeys: number
}

/** Decides which of many like log lines is written, in bounded memory. */
export interface LogLimiter {
  /** How many lines of `key` were held back since its last, when it may be written now; undefined when it may not. */
  admit(key: string): number | undefined
}

interface Entry {
  loggedAtMs: number
  heldBack: number
}

/** @param clock ms; only differences count. */
export function createLogLimiter({ everyMs, maxKeys }: LogLimiterSettings, clock: () => number): LogLimiter {
  // In the order of their last line, so the first is the first to expire.
  const entries = new Map<string, Entry>()

  function hasRoom(nowMs: number): boolean {
    if (entries.size < maxKeys) return true
    const [oldest] = entries
    if (oldest === undefined || nowMs - oldest[1].loggedAtMs < everyMs) return false
    entries.delete(oldest[0])
    return true
  }

  return {
    admit(key) {
      const nowMs = clock()
      const entry = entries.get(key)
      if (entry !== undefined && nowMs - entry.loggedAtMs < everyMs) {
        entry.heldBack += 1
        return undefined
      }
      entries.delete(key)
      if (!hasRoom(nowMs)) return undefined
      entries.set(key, { loggedAtMs: nowMs, heldBack: 0 })
      return entry?.heldBack ?? 0
    },
  }
}
