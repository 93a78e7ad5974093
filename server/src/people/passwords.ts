import { hash, verify } from '@node-rs/argon2'

/** OWASP Password Storage Cheat Sheet, argon2id: 19 MiB, 2 passes, 1 lane. Some 25 ms on one core. argon2id is the default. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** A new password's shortest length in characters (chosen, above the 8 of NIST SP 800-63B, for there is no second factor yet). */
export const MIN_PASSWORD_LENGTH = 12

/** The argon2id hash of a password, in PHC format with its own salt. */
export function hashPassword(password: string): Promise<string> {
  return hash(password, COST)
}

/** Whether a password belongs to a hash. Takes the same time for any password. */
export function isPassword(passwordHash: string, password: string): Promise<boolean> {
  return verify(passwordHash, password)
}
