import { z } from 'zod'
import { instantSchema } from './instant.ts'
import { districtSchema, gatewayIdSchema, idSchema } from './ids.ts'
import { configDesiredSchema } from './messages.ts'
import { trustedKeysSchema } from './trusted-keys.ts'

/**
 * A claim token: 26 characters of Crockford's base32 (no i, l, o, u) are 130 bits, so that nobody guesses one. The prefix says
 * what it is when it turns up in a log or a drawer.
 */
export const claimTokenSchema = z
  .string()
  .regex(/^harbor1-[0-9a-hjkmnp-tv-z]{26}$/, 'expected harbor1- and 26 characters')

/** A claim token as text or in a link, with the server's address when the link has it. */
export interface ClaimText {
  token: string
  /** Without a trailing slash. */
  serverUrl: string | undefined
}

/** The link for a QR code: the token is the fragment, which a browser that opens the link sends to nobody (RFC 3986, 3.5). */
export function claimLink(serverUrl: string, token: string): string {
  return `${serverUrl.replace(/\/+$/, '')}/claim#${claimTokenSchema.parse(token)}`
}

/** Reads a token, alone or in its link, in any letter case and with blanks around; undefined when it is neither. */
export function tryParseClaimText(text: string): ClaimText | undefined {
  const trimmed = text.trim()
  const [link, fragment] = trimmed.includes('#') ? splitAtHash(trimmed) : [undefined, trimmed]
  const token = claimTokenSchema.safeParse(fragment.toLowerCase())
  if (!token.success) return undefined
  if (link === undefined) return { token: token.data, serverUrl: undefined }
  if (!/^https?:\/\/[^/]/i.test(link) || !URL.canParse(link)) return undefined
  return { token: token.data, serverUrl: link.replace(/\/claim\/?$/, '').replace(/\/+$/, '') }
}

function splitAtHash(text: string): [string, string] {
  const at = text.indexOf('#')
  return [text.slice(0, at), text.slice(at + 1)]
}

/** What a box says of itself, for whoever keeps the list of them; nothing is decided by it. */
export const boxHardwareSchema = z.object({
  model: z.string().max(120).optional(),
  serial: z.string().max(120).optional(),
  arch: z.string().max(40).optional(),
  memoryBytes: z.int().nonnegative().optional(),
  /** Of the gateway's software. */
  version: z.string().max(64).optional(),
})
export type BoxHardware = z.infer<typeof boxHardwareSchema>

/**
 * What a blank box sends. It makes its secret itself and says only its SHA-256: the secret never travels, the answer holds
 * nothing that is worth stealing, and the same request again is told from another box by the same hash.
 */
export const claimRequestSchema = z.object({
  token: claimTokenSchema,
  secretSha256: z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 hexadecimal digits'),
  hardware: boxHardwareSchema.default({}),
})
export type ClaimRequest = z.infer<typeof claimRequestSchema>

/** What makes the box a station's gateway. */
export const claimAnswerSchema = z
  .object({
    gateway: gatewayIdSchema,
    station: idSchema,
    district: districtSchema,
    /** Where the gateway finds the broker. */
    mqttUrl: z.string().max(500),
    trustedKeys: trustedKeysSchema,
    /** The first config, signed. */
    config: configDesiredSchema,
  })
  .meta({ id: 'ClaimAnswer' })
export type ClaimAnswer = z.infer<typeof claimAnswerSchema>

/** A claim token when it is made: it is shown this once. */
export const claimTokenViewSchema = z
  .object({
    token: claimTokenSchema,
    station: idSchema,
    /** Whose place the box takes; absent: the station's first gateway. */
    gateway: gatewayIdSchema.optional(),
    expiresAt: instantSchema,
  })
  .meta({ id: 'ClaimToken' })
export type ClaimTokenView = z.infer<typeof claimTokenViewSchema>
