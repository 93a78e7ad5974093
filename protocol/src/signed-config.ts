import { z } from 'zod'
import { type GatewayConfig, gatewayConfigSchema } from './registry.ts'

/** `typ` of a signed config's header, so that no other thing ever signed with the key passes for one (RFC 8725, 3.11). */
export const CONFIG_JWS_TYPE = 'harbor-config+jws'

/** The one algorithm (RFC 8037): Ed25519. A header that names another is refused before its signature is looked at. */
export const CONFIG_JWS_ALGORITHM = 'EdDSA'

/** What a config's JWS holds: the whole config, and when it was signed (for people: nothing is decided by it). */
export const signedConfigSchema = gatewayConfigSchema.extend({ issuedAtMs: z.int().nonnegative() })
export type SignedConfig = z.infer<typeof signedConfigSchema>

/**
 * A config's content as text: without its version, things in the order of their names, lists in theirs. Equal for equal contents, whoever
 * writes it.
 */
export function configContent(config: GatewayConfig): string {
  return JSON.stringify({ ...config, version: undefined }, (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
}
