import { createHash, createHmac } from 'node:crypto'
import { networkOf } from '../people/sign-in-limits.ts'

const DAY_MS = 24 * 3_600_000

/**
 * What stands for visitors in tables and in memory. Addresses and the keys of their phones are kept as keyed hashes of one day
 * alone: they serve to count the same one once, and after a day nothing of two days fits together.
 */
export interface VisitorKeys {
  /**
   * What a phone's key or a login stands as: today's mark first, then yesterday's, so that who spoke just before midnight is known just
   * after it.
   */
  sender: (key: string, atMs: number) => readonly [string, string]
  /** The same for the network that an address is in: an IPv6 address counts by its first 64 bits (RFC 6177). */
  network: (address: string, atMs: number) => readonly [string, string]
  /** A check-in's pseudonym: the same within a month of the stations' calendar, such as 2026-11, and within one station. */
  pseudonym: (of: { source: 'phone' | 'card'; station: string; key: string; month: string }) => string
  /** The code on a station's door, ten letters and digits that cannot be mistaken for one another. */
  doorCode: (station: string, rotation: number) => string
}

/** @param secret the text of the secret `visitor-key` */
export function createVisitorKeys(secret: string): VisitorKeys {
  const mark = (...parts: string[]) => createHmac('sha256', secret).update(JSON.stringify(parts)).digest()
  const daily = (purpose: string, text: string, atMs: number): readonly [string, string] => {
    const day = Math.floor(atMs / DAY_MS)
    const of = (number: number) => mark(purpose, String(number), text).toString('hex').slice(0, 32)
    return [of(day), of(day - 1)]
  }
  return {
    sender: (key, atMs) => daily('sender', key, atMs),
    network: (address, atMs) => daily('network', networkOf(address), atMs),
    pseudonym: ({ source, station, key, month }) =>
      mark('check-in', month, source, station, key).toString('hex').slice(0, 32),
    doorCode: (station, rotation) => {
      const digest = mark('door', station, String(rotation))
      // 31 divides no power of two; that some letters come 1 % more often leaves 49 of 49.5 bits.
      return [...digest.subarray(0, 10)].map(byte => READABLE[byte % READABLE.length]).join('')
    },
  }
}

const READABLE = 'abcdefghjkmnpqrstuvwxyz23456789'

/** The SHA-256 of a report's key. The key is 128 random bits, so that a fast hash gives nothing away. */
export function reportKeyHash(key: string): string {
  return createHash('sha256').update(key).digest('hex')
}
