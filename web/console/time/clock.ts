/** A clock that follows the server's, for ages must not depend on how well a phone keeps time. */
export interface ServerClock {
  /** Milliseconds since 1970 by the server's clock, as far as it is known. */
  now: () => number
  /** Takes an answer's time stamp over. */
  learn: (serverMs: number) => void
}

/** Differences up to this are the time an answer travels and the whole seconds of HTTP dates, not a wrong clock. */
const TOLERANCE_MS = 5_000

/** A clock that shows the device's time until the server's proves to be another. */
export function createServerClock(deviceNow: () => number): ServerClock {
  let offsetMs = 0
  return {
    now: () => deviceNow() + offsetMs,
    learn(serverMs) {
      const differenceMs = serverMs - deviceNow()
      offsetMs = Math.abs(differenceMs) > TOLERANCE_MS ? differenceMs : 0
    },
  }
}
