import { z } from 'zod'
import { gatewayConfigSchema } from './registry.ts'

/** `typ` of a signed config's header, so that no other thing ever signed with the key passes for one (RFC 8725, 3.11). */
export const CONFIG_JWS_TYPE = 'harbor-config+jws'

/** The one algorithm (RFC 8037): Ed25519. A header that names another is refused before its signature is looked at. */
export const CONFIG_JWS_ALGORITHM = 'EdDSA'

/** What a config's JWS holds: the whole config, and when it was signed (for people: nothing is decided by it). */
export const signedConfigSchema = gatewayConfigSchema.extend({ issuedAtMs: z.int().nonnegative() })
export type SignedConfig = z.infer<typeof signedConfigSchema>
