import { z } from 'zod'

/** A public key that configs may be signed with, as a JWK (RFC 7517, RFC 8037). `kid` is its thumbprint (RFC 7638). */
export const configKeySchema = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  /** 32 bytes in base64url. */
  x: z.string().regex(/^[\w-]{43}$/, 'expected 32 bytes in base64url'),
  kid: z.string().min(1).max(100),
})
export type ConfigKey = z.infer<typeof configKeySchema>

/** Whom a gateway believes; several while keys are changed. */
export const trustedKeysSchema = z.object({ keys: z.array(configKeySchema).min(1).max(8) })
export type TrustedKeys = z.infer<typeof trustedKeysSchema>
