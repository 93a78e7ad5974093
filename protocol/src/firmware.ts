import { z } from 'zod'
import { idSchema } from './ids.ts'
import { instantSchema } from './instant.ts'

/**
 * Images for ESP boards, flashed from a browser, and the gateways' own software. Both are supplied by the team, kept under DATA_DIR and
 * named by their SHA-256. For hardware and administrator, except where said:
 *
 * GET /api/v1/fleet/firmware gives FirmwareList, newest first.
 * POST /api/v1/fleet/firmware?firmware=&name=&version=&chipFamily=&offset=&sha256= takes application/octet-stream, at most MAX_IMAGE_BYTES: an
 * image's first part, or one more part or chip of it; answers 201 Firmware. 409 `conflict` where that part is there, with other content, already,
 * or the name or version is another than before; 400 where `sha256` is given and the bytes have another.
 * DELETE /api/v1/fleet/firmware/{firmware} takes it away: 204.
 * GET /api/v1/fleet/firmware/{firmware}/manifest.json gives what esp-web-tools reads.
 * GET /api/v1/fleet/firmware/{firmware}/parts/{sha256} gives a part's bytes.
 *
 * GET /api/v1/fleet/software gives SoftwareList, newest first.
 * POST /api/v1/fleet/software?version=&sha256= takes application/gzip (a .tar.gz), at most MAX_SOFTWARE_BYTES; answers 201 Software. The same version
 * with the same content again is no error; with other content 409 `conflict`: a version is one thing for ever.
 * DELETE /api/v1/fleet/software/{version}: 204. Gateways fetch `path` of Software, which everybody may read who knows its SHA-256:
 * GET /api/v1/fleet/software-files/{sha256}.
 */

/** Of one part. The largest flash of common boards is 16 MB. */
export const MAX_IMAGE_BYTES = 16 * 2 ** 20
/** Chosen: the gateway with its packages is some 10 MB, with Node itself some 50 MB. */
export const MAX_SOFTWARE_BYTES = 96 * 2 ** 20

/** Chips by the names of esp-web-tools (https://esphome.github.io/esp-web-tools/#manifest). */
export const CHIP_FAMILIES = [
  'ESP32',
  'ESP32-C2',
  'ESP32-C3',
  'ESP32-C5',
  'ESP32-C6',
  'ESP32-C61',
  'ESP32-H2',
  'ESP32-P4',
  'ESP32-S2',
  'ESP32-S3',
  'ESP8266',
] as const
export type ChipFamily = (typeof CHIP_FAMILIES)[number]

export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 hexadecimal digits')

/** As in `1.4.0` or `2026.10.1-beta2`: part of file names and addresses. */
export const versionNameSchema = z
  .string()
  .regex(/^[0-9A-Za-z](?:[0-9A-Za-z.+-]{0,62}[0-9A-Za-z])?$/, 'expected a version such as 1.4.0')
  .refine(text => !text.includes('..'), 'expected a version such as 1.4.0')

export const firmwareQuerySchema = z.object({
  firmware: idSchema,
  name: z.string().trim().min(1).max(80),
  version: versionNameSchema,
  chipFamily: z.enum(CHIP_FAMILIES),
  /** Where in the flash it goes; 0 for an image that is whole (`firmware.factory.bin`). */
  offset: z.coerce
    .number()
    .int()
    .min(0)
    .max(MAX_IMAGE_BYTES - 1)
    .default(0),
  sha256: sha256Schema.optional(),
})
export type FirmwareQuery = z.infer<typeof firmwareQuerySchema>

export const firmwareSchema = z
  .object({
    firmware: idSchema,
    name: z.string(),
    version: z.string(),
    builds: z.array(
      z.object({
        chipFamily: z.enum(CHIP_FAMILIES),
        parts: z.array(z.object({ offset: z.int(), sizeBytes: z.int(), sha256: sha256Schema })),
      }),
    ),
    /** Where esp-web-tools finds it, on this server. */
    manifestPath: z.string(),
    addedAt: instantSchema,
    addedBy: z.string(),
  })
  .meta({ id: 'Firmware' })
export type Firmware = z.infer<typeof firmwareSchema>

export const firmwareListSchema = z.object({ firmware: z.array(firmwareSchema) }).meta({ id: 'FirmwareList' })
export type FirmwareList = z.infer<typeof firmwareListSchema>

/** What esp-web-tools reads (https://esphome.github.io/esp-web-tools/#manifest). */
export const espManifestSchema = z
  .object({
    name: z.string(),
    version: z.string(),
    new_install_prompt_erase: z.boolean(),
    builds: z.array(
      z.object({
        chipFamily: z.enum(CHIP_FAMILIES),
        /** Paths are relative to the manifest. */
        parts: z.array(z.object({ path: z.string(), offset: z.int() })),
      }),
    ),
  })
  .meta({ id: 'EspManifest' })
export type EspManifest = z.infer<typeof espManifestSchema>

export const softwareQuerySchema = z.object({ version: versionNameSchema, sha256: sha256Schema.optional() })

/** A version of the gateways' software. */
export const softwareSchema = z
  .object({
    version: versionNameSchema,
    sha256: sha256Schema,
    sizeBytes: z.int(),
    /** The path on this server from which gateways fetch it; it holds no secret. */
    path: z.string(),
    addedAt: instantSchema,
    addedBy: z.string(),
  })
  .meta({ id: 'Software' })
export type Software = z.infer<typeof softwareSchema>

export const softwareListSchema = z.object({ software: z.array(softwareSchema) }).meta({ id: 'SoftwareList' })
export type SoftwareList = z.infer<typeof softwareListSchema>
