import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { ApiProblem } from '../errors.ts'
import { networkOf } from '../people/sign-in-limits.ts'

/**
 * Refused claims from one network. Chosen: a bench of fifty boxes with some wrong tokens passes, and guessing 130 bits does
 * not get nearer; what it bounds is the work and the log.
 */
const REFUSED = { points: 60, duration: 15 * 60 }

/** Limits on trying tokens. A claim that succeeds costs nothing. */
export interface ClaimLimits {
  /** Counts a try. @throws ApiProblem `too_many_requests` with the time after which to try again. */
  attempt: (address: string) => Promise<void>
  succeeded: (address: string) => Promise<void>
}

export function createClaimLimits(): ClaimLimits {
  const limiter = new RateLimiterMemory({ keyPrefix: 'claim', ...REFUSED })
  return {
    attempt: async address => {
      try {
        await limiter.consume(networkOf(address))
      } catch (reason) {
        if (!(reason instanceof RateLimiterRes)) throw reason
        const retryAfterS = Math.max(1, Math.ceil(reason.msBeforeNext / 1000))
        throw new ApiProblem('too_many_requests', `too many refused claims; try again in ${retryAfterS} s`, {
          retryAfterS,
        })
      }
    },
    succeeded: async address => {
      await limiter.reward(networkOf(address))
    },
  }
}
