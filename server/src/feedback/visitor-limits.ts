import { ApiProblem } from '../errors.ts'
import { type RateLimit, createRateLimit } from './rate.ts'

/**
 * How much visitors may say (chosen). Telephone networks put many phones behind one address, so an address may say more than one
 * person would: 20 at once and ten a minute, where somebody who floods sends a hundred. A phone has its own, smaller limit. A station and the
 * whole system have one each, so that not even a flood from many addresses fills the disk.
 */
const RATES = {
  network: { burst: 20, everyMs: 6_000 },
  sender: { burst: 6, everyMs: 20_000 },
  photos: { burst: 30, everyMs: 4_000 },
  station: { burst: 100, everyMs: 5_000 },
  all: { burst: 500, everyMs: 100 },
} as const

/** Whose message it is. Marks, never addresses or keys. */
export interface Speaker {
  network: string
  /** Absent where a key names a report and not a phone. */
  sender?: string | undefined
  station: string
}

/** Limits on what visitors say. */
export interface VisitorLimits {
  /** @throws ApiProblem `too_many_requests` with the time after which to try again. */
  take: (speaker: Speaker, nowMs: number) => void
  /** @throws ApiProblem `too_many_requests`. */
  takePhoto: (network: string, nowMs: number) => void
}

export function createVisitorLimits(): VisitorLimits {
  const limits = Object.fromEntries(
    Object.entries(RATES).map(([name, rate]) => [name, createRateLimit(rate)]),
  ) as Record<keyof typeof RATES, RateLimit>
  const check = (name: keyof typeof RATES, who: string, nowMs: number) => {
    const waitMs = limits[name].take(who, nowMs)
    if (waitMs === undefined) return
    const retryAfterS = Math.max(1, Math.ceil(waitMs / 1_000))
    throw new ApiProblem('too_many_requests', `too much at once; try again in ${retryAfterS} s`, { retryAfterS })
  }
  return {
    take: ({ network, sender, station }, nowMs) => {
      // The narrowest first: what a flood is refused by costs nobody else.
      if (sender !== undefined) check('sender', sender, nowMs)
      check('network', network, nowMs)
      check('station', station, nowMs)
      check('all', '', nowMs)
    },
    takePhoto: (network, nowMs) => check('photos', network, nowMs),
  }
}
