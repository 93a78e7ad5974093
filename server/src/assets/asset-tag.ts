import { createHash } from 'node:crypto'

/** Crockford's base 32: no I, L, O, U, so that a tag can be read aloud and typed. */
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
/** 40 bits: two of 20,000 appliances are alike once in 5,000 fleets, and then the second gets a longer one. */
const SHORTEST = 8
const LONGEST = 20

/** The tag of an appliance that has none: made of its id, so that it is the same on whatever server it is made. */
export function madeTag(appliance: string, isTaken: (tag: string) => boolean): string {
  const text = [...createHash('sha256').update(appliance).digest()].map(byte => DIGITS[byte % 32]).join('')
  let length = SHORTEST
  while (length < LONGEST && isTaken(`H${text.slice(0, length)}`)) length += 1
  return `H${text.slice(0, length)}`
}
