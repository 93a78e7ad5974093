import { createHmac } from 'node:crypto'
import { isIPv6 } from 'node:net'
import { hasCode } from '@harbor/protocol'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { ApiProblem } from '../errors.ts'
import { normalLogin } from './people.ts'

/**
 * Failed sign-ins allowed (chosen): from one address, enough for an office behind one; for one login from one address, few;
 * for one login from anywhere, more, so that a stranger cannot easily lock somebody out, yet guessing gets nowhere.
 */
const FROM_ADDRESS = { points: 30, duration: 15 * 60 }
const LOGIN_FROM_ADDRESS = { points: 5, duration: 5 * 60 }
const LOGIN_FROM_ANYWHERE = { points: 100, duration: 60 * 60 }

/** Counters are kept in so many buckets, so that made-up logins and addresses cannot fill the memory. */
const BUCKETS = 2 ** 16

/** Limits on guessing. Successful sign-ins cost nothing. */
export interface SignInLimits {
  /** Counts an attempt. @throws ApiProblem `too_many_requests` with the time after which to try again. */
  attempt: (address: string, login: string) => Promise<void>
  /** The attempt was right after all: it is taken back. */
  succeeded: (address: string, login: string) => Promise<void>
}

/** @param key random, so that nobody can aim at another's bucket */
export function createSignInLimits(key: Buffer): SignInLimits {
  const fromAddress = new RateLimiterMemory({ keyPrefix: 'a', ...FROM_ADDRESS })
  const loginFromAddress = new RateLimiterMemory({ keyPrefix: 'la', ...LOGIN_FROM_ADDRESS })
  const loginFromAnywhere = new RateLimiterMemory({ keyPrefix: 'l', ...LOGIN_FROM_ANYWHERE })

  const bucket = (text: string): string => {
    const digest = createHmac('sha256', key).update(text).digest()
    return String(digest.readUInt32BE(0) % BUCKETS)
  }
  const buckets = (address: string, login: string) => {
    const network = networkOf(address)
    return [
      [fromAddress, bucket(network)],
      [loginFromAddress, bucket(`${network} ${normalLogin(login)}`)],
      [loginFromAnywhere, bucket(normalLogin(login))],
    ] as const
  }

  return {
    attempt: async (address, login) => {
      for (const [limiter, name] of buckets(address, login)) {
        try {
          await limiter.consume(name)
        } catch (reason) {
          if (!(reason instanceof RateLimiterRes)) throw reason
          const retryAfterS = Math.max(1, Math.ceil(reason.msBeforeNext / 1000))
          throw new ApiProblem('too_many_requests', `too many failed sign-ins; try again in ${retryAfterS} s`, {
            retryAfterS,
          })
        }
      }
    },
    succeeded: async (address, login) => {
      for (const [limiter, name] of buckets(address, login)) await limiter.reward(name)
    },
  }
}

/** Does what an attempt is made of. What was no wrong guess, as a conflict, costs no more than what was right. */
export async function underLimits<T>(
  limits: SignInLimits,
  { address, login }: { address: string; login: string },
  check: () => Promise<T>,
): Promise<T> {
  await limits.attempt(address, login)
  try {
    const result = await check()
    await limits.succeeded(address, login)
    return result
  } catch (error) {
    if (hasCode(error, 'conflict')) await limits.succeeded(address, login)
    throw error
  }
}

/** What one household or company can choose freely counts as one: an IPv6 address' first 64 bits (RFC 6177). */
export function networkOf(address: string): string {
  if (!isIPv6(address) || address.startsWith('::ffff:')) return address
  const [head = '', tail] = address.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length
  return [...left, ...Array.from({ length: zeros }, () => '0'), ...right].slice(0, 4).join(':')
}
