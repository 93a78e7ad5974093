import { createHash } from 'node:crypto'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { ApiProblem } from '../errors.ts'
import { isLoopback } from '../http/health.routes.ts'
import { networkOf } from '../people/sign-in-limits.ts'

/**
 * What one address may ask of the public side. Chosen: a mobile carrier puts some thousands of phones behind one address, and
 * a page in use asks once in a few seconds, so 300 points a second let them all through; one point is some tenths of a
 * millisecond of work, so one address takes a tenth of one server and no more.
 */
const SHARE = { points: 3_000, duration: 10 }

/** Counters are kept in so many buckets, so that made-up addresses cannot fill the memory. */
const BUCKETS = 2 ** 16

/** Limits on what is open to everybody, for each address; callers on this machine are not limited. */
export interface PublicLimits {
  /** @throws ApiProblem `too_many_requests` with the time after which to try again. */
  take: (address: string, points: number) => Promise<void>
}

/** @param key random, so that nobody can aim at another's bucket */
export function createPublicLimits(key: Buffer, share: typeof SHARE = SHARE): PublicLimits {
  const limiter = new RateLimiterMemory({ keyPrefix: 'public', ...share })
  const bucketOf = (address: string) =>
    createHash('sha256').update(key).update(networkOf(address)).digest().readUInt32BE(0) % BUCKETS
  return {
    take: async (address, points) => {
      if (isLoopback(address)) return
      try {
        await limiter.consume(String(bucketOf(address)), points)
      } catch (reason) {
        if (!(reason instanceof RateLimiterRes)) throw reason
        const retryAfterS = Math.max(1, Math.ceil(reason.msBeforeNext / 1000))
        throw new ApiProblem('too_many_requests', `too much was asked from here; try again in ${retryAfterS} s`, {
          retryAfterS,
        })
      }
    },
  }
}
