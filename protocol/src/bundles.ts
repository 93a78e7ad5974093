import { z } from 'zod'
import { claimTokenSchema } from './claim.ts'
import { gatewayIdSchema, idSchema } from './ids.ts'
import { instantSchema } from './instant.ts'

/**
 * Flash bundles: what is copied onto the boot partition of a box's card, so that the box claims its station by itself. A ZIP, for hardware and
 * administrator. This server keeps neither tokens nor networks: both come with the request, and go into the answer alone.
 *
 * POST /api/v1/fleet/bundles takes newBundleSchema, answers 201 application/zip: one folder `harbor/` for one token, `{station}/harbor/`
 * for each of several. The tokens are those that POST /api/v1/fleet/claim-tokens or POST /api/v1/fleet/claim-batches just showed.
 * 404 `token_unknown` also for a token of a station that the asker may not see; 409 `token_used`; 410 `token_expired` or `token_revoked`.
 * POST /api/v1/fleet/gateways/{gateway}/bundle takes reissueSchema, answers 201 application/zip: with a new token, and the tokens of this
 * gateway that no box has used yet are dead.
 */

/** Cards of one bundle: those of a batch. */
export const MAX_BUNDLE_BOXES = 200

/** A network's name: 1 to 32 bytes (IEEE 802.11, 9.4.2.2). */
const ssidSchema = z
  .string()
  .min(1)
  // Half a letter of UTF-16 has no bytes.
  .refine(text => !/\p{Cs}/u.test(text), 'expected whole letters')
  .refine(text => new TextEncoder().encode(text).length <= 32, 'expected at most 32 bytes')

/** A WPA passphrase: 8 to 63 printable ASCII characters (IEEE 802.11, J.4.1). */
const passphraseSchema = z.string().regex(/^[\x20-\x7e]{8,63}$/, 'expected 8 to 63 printable ASCII characters')

/** The station's Wi-Fi, for boxes that are not on a cable. */
export const wifiSchema = z.strictObject({ ssid: ssidSchema, passphrase: passphraseSchema })
export type Wifi = z.infer<typeof wifiSchema>

const options = {
  /** Where boxes find this server. Default: its public address, or that of this request. */
  serverUrl: z
    .string()
    .max(200)
    .regex(/^https?:\/\/[^/\s?#]+$/, 'expected an address such as https://harbor.example')
    .optional(),
  /** The line to the server is one's own: the box may claim without encryption. Needed where the address begins with http:. */
  allowHttp: z.boolean().default(false),
  /** Goes onto the card and is kept nowhere. */
  wifi: wifiSchema.optional(),
}

/** POST /api/v1/fleet/bundles */
export const newBundleSchema = z.strictObject({
  tokens: z.array(claimTokenSchema).min(1).max(MAX_BUNDLE_BOXES),
  ...options,
})
export type NewBundle = z.infer<typeof newBundleSchema>

/** POST /api/v1/fleet/gateways/{gateway}/bundle */
export const reissueSchema = z.strictObject({
  /** Default a week: a card may travel. */
  expiresInMs: z
    .int()
    .min(60_000)
    .max(90 * 24 * 3_600_000)
    .default(7 * 24 * 3_600_000),
  ...options,
})
export type Reissue = z.infer<typeof reissueSchema>

/** The folder of the card that a gateway looks into. */
export const BUNDLE_FOLDER = 'harbor'
/** Written last: without it, or with one that is cut off, a card was not copied to its end. */
export const BUNDLE_MANIFEST = 'manifest.json'
/** Holds the token; taken off the card once the box is a gateway. */
export const BUNDLE_CLAIM = 'claim.json'
/** Whom to believe on the line to the server and the broker, in PEM; there when the server has one. */
export const BUNDLE_CA = 'ca.pem'
/** A connection of NetworkManager; there when a Wi-Fi was given. */
export const BUNDLE_WIFI = 'wifi.nmconnection'

/** `claim.json`. */
export const bundleClaimSchema = z.strictObject({
  token: claimTokenSchema,
  serverUrl: z
    .string()
    .max(200)
    .regex(/^https?:\/\/[^/\s?#]+$/, 'expected an address such as https://harbor.example'),
  allowHttp: z.boolean(),
})
export type BundleClaim = z.infer<typeof bundleClaimSchema>

/** `manifest.json`: what the folder holds. A format that a box does not know is refused by its name. */
export const bundleManifestSchema = z.object({
  format: z.literal('harbor-bundle/1'),
  madeAt: instantSchema,
  /** Of the server's software. */
  serverVersion: z.string().max(64),
  station: idSchema,
  /** Whose place the box takes; absent: the station's first gateway. */
  gateway: gatewayIdSchema.optional(),
  /** The token's end. */
  expiresAt: instantSchema,
  files: z
    .array(
      z.object({
        /** In the same folder: a plain name, never a way out of it. */
        name: z.string().regex(/^[a-z0-9][a-z0-9.-]{0,63}$/i, 'expected a plain file name'),
        sizeBytes: z
          .int()
          .nonnegative()
          .max(1024 * 1024),
        sha256: z.string().regex(/^[0-9a-f]{64}$/),
      }),
    )
    .min(1)
    .max(20),
})
export type BundleManifest = z.infer<typeof bundleManifestSchema>
