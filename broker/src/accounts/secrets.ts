import { createHash, timingSafeEqual } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BrokerError } from '../errors.ts'
import { OPTIONAL_ACCOUNTS, SYSTEM_ACCOUNTS, type SystemAccount } from '../authority/account.ts'

/** SHA-256 of a secret. Secrets are 32 random bytes, so a fast hash without salt gives nothing away. */
export function secretHash(secret: string | Uint8Array): Buffer {
  return createHash('sha256').update(secret).digest()
}

/** Compares in a time that does not depend on where the two differ. */
export function isSameHash(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}

/**
 * The hashes of the system accounts' secrets, read from `mqtt-server`, `mqtt-node-red` and, if it is there, `mqtt-weather` in
 * `directory`; white space at the end is not part of a secret.
 *
 * @throws BrokerError BROKER_SECRET_MISSING
 */
export async function readSystemSecrets(directory: string): Promise<ReadonlyMap<SystemAccount, Buffer>> {
  const hashes = new Map<SystemAccount, Buffer>()
  for (const account of SYSTEM_ACCOUNTS) {
    const file = join(directory, `mqtt-${account}`)
    if (OPTIONAL_ACCOUNTS.has(account) && !existsSync(file)) continue
    const secret = await readSecret(file)
    hashes.set(account, secretHash(secret))
  }
  return hashes
}

async function readSecret(file: string): Promise<string> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (cause) {
    throw new BrokerError('BROKER_SECRET_MISSING', `secret file ${file} cannot be read; the start script makes it`, {
      cause,
    })
  }
  const secret = text.trimEnd()
  if (secret.length > 0) return secret
  throw new BrokerError(
    'BROKER_SECRET_MISSING',
    `secret file ${file} is empty; delete it and start again to get a new one`,
  )
}
