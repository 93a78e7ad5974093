import { createCipheriv, createDecipheriv } from 'node:crypto'
import { RegistryError } from '../errors.ts'

const [IV_BYTES, TAG_BYTES] = [12, 16]

/** Keeps small secrets in the registry unreadable for whoever has the registry alone. */
export interface Seal {
  /** @param owner whose it is: sealed for one, it opens for no other */
  close: (secret: Uint8Array, owner: string) => string
  /** @throws RegistryError `SECRET_MISSING` when it was sealed with another key, or was changed. */
  open: (sealed: string, owner: string) => Uint8Array
}

/**
 * AES-256-GCM with 96-bit random IVs (NIST SP 800-38D), as `v1.` and base64url of IV, tag and text.
 *
 * @param keyText the secret `second-factor-key`: 64 hex digits
 * @throws RegistryError `SECRET_MISSING` when it is not of that form.
 */
export function createSeal(keyText: string, randomBytes: (size: number) => Buffer): Seal {
  if (!/^[0-9a-f]{64}$/i.test(keyText))
    throw new RegistryError('SECRET_MISSING', 'secret second-factor-key: expected 64 hex digits')
  const key = Buffer.from(keyText, 'hex')
  return {
    close: (secret, owner) => {
      const iv = randomBytes(IV_BYTES)
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(owner))
      const text = Buffer.concat([cipher.update(secret), cipher.final()])
      return `v1.${Buffer.concat([iv, cipher.getAuthTag(), text]).toString('base64url')}`
    },
    open: (sealed, owner) => {
      try {
        const bytes = Buffer.from(sealed.replace(/^v1\./, ''), 'base64url')
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
          .setAAD(Buffer.from(owner))
          .setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES))
        return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()])
      } catch (cause) {
        throw new RegistryError(
          'SECRET_MISSING',
          `the second factor of ${owner} was sealed with another second-factor-key: put that one back, or reset it`,
          { cause },
        )
      }
    },
  }
}
