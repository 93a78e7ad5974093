import { z } from 'zod'
import { gatewayIdSchema, idSchema } from './ids.ts'
import { instantSchema } from './instant.ts'
import { APPLIANCE_KINDS, VENDORS, gatewayConfigSchema } from './registry.ts'
import { safetyLimitsSchema } from './safety.ts'

/**
 * Profiles: typed, versioned templates of a station's equipment. A gateway's config is a version of a profile, its station, and
 * overrides. Routes, for hardware and administrator:
 *
 * GET /api/v1/fleet/profiles gives ProfileList.
 * POST /api/v1/fleet/profiles takes newProfileSchema, answers 201 ProfileVersion; 400 with `error.details.problems` (ProfileProblem[]).
 * POST /api/v1/fleet/profiles/check takes profileTextSchema, answers ProfileCheck: it saves nothing.
 * GET /api/v1/fleet/profiles/{profile} gives ProfileView.
 * POST /api/v1/fleet/profiles/{profile}/versions takes newProfileVersionSchema, answers 201 ProfileVersion; 400 as above; 409 `conflict`.
 * GET /api/v1/fleet/profiles/{profile}/versions/{version} gives ProfileVersion.
 * GET /api/v1/fleet/profiles/{profile}/diff?from=1&to=2 gives ConfigDiff.
 *
 * GET /api/v1/fleet/gateways/{gateway}/config/versions gives ConfigVersionList, newest first.
 * GET /api/v1/fleet/gateways/{gateway}/config/explained?version= gives ExplainedConfig (default: the newest).
 * GET /api/v1/fleet/gateways/{gateway}/config/diff?from=1&to=2 gives ConfigDiff.
 * POST /api/v1/fleet/gateways/{gateway}/config/preview takes profileUseSchema, answers ConfigPreview: it issues nothing.
 * POST /api/v1/fleet/gateways/{gateway}/config/profile takes profileUseSchema and ?confirm=, answers 201 ExplainedConfig.
 * POST /api/v1/fleet/gateways/{gateway}/config/check takes configTextSchema, answers ConfigTextCheck: it issues nothing.
 * POST /api/v1/fleet/gateways/{gateway}/config takes a whole config by hand and ?confirm=, as before.
 * The two that issue answer 409 `confirmation_required` with `error.details` {losses: ConfigLoss[], confirm} where a device or a safety
 * limit would be lost: the same request with `?confirm=` that value is carried out.
 */

/** A text with `{station}`, `{gateway}` or `{site}` in it; `{site}` is the station's id without a leading word of letters (`cq-500103-01`: `500103-01`). */
const patternSchema = z
  .string()
  .min(1)
  .max(120)
  .regex(/^([^{}]|\{(station|gateway|site)\})*$/, 'expected {station}, {gateway} or {site}, and no other braces')

const shape = gatewayConfigSchema.shape
const MAX_DEVICES = 200
const keySchema = idSchema

const { reportEveryS: reportEverySSchema } = shape.devices.element.shape

/** An appliance that a station of this profile has. */
export const profileApplianceSchema = z.strictObject({
  /** What the profile's devices name it by. */
  key: keySchema,
  kind: z.enum(APPLIANCE_KINDS),
  /** Its id in the register; absent: `{station}-` and the key. A station's only appliance of the kind fits whatever its id. */
  id: patternSchema.optional(),
})

/** A plug or sensor of every station of this profile. */
export const profileDeviceSchema = z.strictObject({
  /** What overrides name it by. */
  key: keySchema,
  /** Absent: `{station}-` and the key. */
  id: patternSchema.optional(),
  vendor: z.enum(VENDORS),
  /** What the vendor's messages call it. */
  address: patternSchema,
  /** The key of an appliance; absent: it watches the station itself. */
  appliance: keySchema.optional(),
  switchable: z.boolean().optional(),
  safety: safetyLimitsSchema.optional(),
  reportEveryS: reportEverySSchema,
})

const general = {
  timeZone: shape.timeZone.unwrap().min(1).max(60).optional(),
  lanPort: shape.lanPort,
  mappings: shape.mappings,
  cardReaders: shape.cardReaders,
}

/** What a profile's version says. */
export const profileDocumentSchema = z
  .strictObject({
    ...general,
    appliances: z.array(profileApplianceSchema).max(20).default([]),
    devices: z.array(profileDeviceSchema).max(MAX_DEVICES),
  })
  .meta({ id: 'ProfileDocument' })
export type ProfileDocument = z.infer<typeof profileDocumentSchema>

/** What one gateway has otherwise than its profile says. */
export const profileOverridesSchema = z
  .strictObject({
    ...general,
    mqttUrl: shape.mqttUrl,
    /** The station's appliances by the profile's keys, where they cannot be found by kind and name. */
    appliances: z.record(keySchema, idSchema).optional(),
    /** By the profile's keys. */
    devices: z
      .record(
        keySchema,
        z.strictObject({
          /** True: this station has none. */
          isAbsent: z.boolean().optional(),
          id: idSchema.optional(),
          vendor: z.enum(VENDORS).optional(),
          address: z.string().min(1).max(120).optional(),
          /** An id; null: it is on no appliance. */
          appliance: idSchema.nullable().optional(),
          switchable: z.boolean().optional(),
          /** In place of the profile's, as a whole. */
          safety: safetyLimitsSchema.optional(),
          reportEveryS: reportEverySSchema,
        }),
      )
      .optional(),
    /** Devices that the profile knows nothing of. */
    extraDevices: shape.devices.max(MAX_DEVICES).optional(),
  })
  .meta({ id: 'ProfileOverrides' })
export type ProfileOverrides = z.infer<typeof profileOverridesSchema>

/** Which profile a gateway is to have. */
export const profileUseSchema = z.strictObject({
  profile: idSchema,
  /** Absent: the newest. */
  version: z.int().positive().optional(),
  /** In place of those that it has, as a whole; absent: those it has stay. */
  overrides: profileOverridesSchema.optional(),
})
export type ProfileUse = z.infer<typeof profileUseSchema>

/** ?confirm= of the acts that may lose something. */
export const confirmQuerySchema = z.object({
  confirm: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .optional(),
})

/** A fault of a profile's text. */
export const profileProblemSchema = z
  .object({
    /** As a JSON pointer (RFC 6901): `/devices/3/address`; empty: the whole text. */
    path: z.string(),
    /** From 1 on. */
    line: z.int().positive(),
    column: z.int().positive(),
    reason: z.string(),
  })
  .meta({ id: 'ProfileProblem' })
export type ProfileProblem = z.infer<typeof profileProblemSchema>

const textSchema = z.string().min(1).max(200_000)
const noteSchema = z.string().max(300).default('')
const nameSchema = z.string().trim().min(1).max(120)

/** POST /api/v1/fleet/profiles/check: a profile as JSON text, so that faults can be told by line. */
export const profileTextSchema = z.strictObject({ text: textSchema })

/** POST /api/v1/fleet/profiles */
export const newProfileSchema = z.strictObject({
  profile: idSchema,
  nameZh: nameSchema,
  nameEn: nameSchema,
  text: textSchema,
  note: noteSchema,
})
export type NewProfile = z.infer<typeof newProfileSchema>

/** POST /api/v1/fleet/profiles/{profile}/versions */
export const newProfileVersionSchema = z.strictObject({
  text: textSchema,
  /** Why. */
  note: noteSchema,
  /** The version that it was made from; 409 where that is no longer the newest. */
  after: z.int().positive(),
})
export type NewProfileVersion = z.infer<typeof newProfileVersionSchema>

/** What was found in a text. */
export const profileCheckSchema = z
  .object({
    /** In the text's order; empty: it may be saved. */
    problems: z.array(profileProblemSchema).max(100),
    document: profileDocumentSchema.optional(),
  })
  .meta({ id: 'ProfileCheck' })
export type ProfileCheck = z.infer<typeof profileCheckSchema>

const versionHead = {
  version: z.int().positive(),
  note: z.string(),
  savedAt: instantSchema,
  /** Login, or `server` of what came with the system. */
  savedBy: z.string(),
}

/** One version: it never changes. */
export const profileVersionSchema = z
  .object({
    profile: idSchema,
    nameZh: z.string(),
    nameEn: z.string(),
    ...versionHead,
    document: profileDocumentSchema,
    /** As it was written. */
    text: z.string(),
  })
  .meta({ id: 'ProfileVersion' })
export type ProfileVersion = z.infer<typeof profileVersionSchema>

/** A profile and its versions, newest first. */
export const profileViewSchema = z
  .object({
    profile: idSchema,
    nameZh: z.string(),
    nameEn: z.string(),
    /** `gateways`: how many within the asker's districts have it. */
    versions: z.array(z.object({ ...versionHead, gateways: z.int().nonnegative() })),
  })
  .meta({ id: 'ProfileView' })
export type ProfileView = z.infer<typeof profileViewSchema>

export const profileListSchema = z
  .object({
    profiles: z.array(
      z.object({
        profile: idSchema,
        nameZh: z.string(),
        nameEn: z.string(),
        /** The newest. */
        ...versionHead,
        appliances: z.int().nonnegative(),
        devices: z.int().nonnegative(),
        /** Within the asker's districts, of any version. */
        gateways: z.int().nonnegative(),
      }),
    ),
  })
  .meta({ id: 'ProfileList' })
export type ProfileList = z.infer<typeof profileListSchema>

/** Where a value of a config comes from: this server's settings or the software's defaults, the profile, the station, or an override. */
export const CONFIG_ORIGINS = ['default', 'profile', 'station', 'override'] as const
export type ConfigOrigin = (typeof CONFIG_ORIGINS)[number]

/**
 * Paths of a config's values are JSON pointers in which a thing with an id (a profile's appliance or device: its key; a mapping or
 * card reader: its topic) stands under that in place of its number: `/devices/cq-1-fridge/address`. So a change of order is none.
 */
const pathSchema = z.string().max(500)

/** One value that is not the same in two documents; a whole thing that is new or gone is one change. */
export const configChangeSchema = z
  .object({
    path: pathSchema,
    change: z.enum(['added', 'removed', 'changed']),
    /** JSON; absent where it was added. */
    before: z.unknown().optional(),
    /** JSON; absent where it was removed. */
    after: z.unknown().optional(),
  })
  .meta({ id: 'ConfigChange' })
export type ConfigChange = z.infer<typeof configChangeSchema>

export const configDiffSchema = z
  .object({ from: z.int().positive(), to: z.int().positive(), changes: z.array(configChangeSchema) })
  .meta({ id: 'ConfigDiff' })
export type ConfigDiff = z.infer<typeof configDiffSchema>

/** What a change would take away: a device, or a limit that keeps one from harm. */
export const configLossSchema = z
  .object({
    kind: z.enum(['device', 'safety']),
    device: idSchema,
    path: pathSchema,
    /** JSON: what stands now. */
    before: z.unknown().optional(),
    /** JSON: what would stand; absent: nothing. */
    after: z.unknown().optional(),
  })
  .meta({ id: 'ConfigLoss' })
export type ConfigLoss = z.infer<typeof configLossSchema>

/** `error.details` of 409 `confirmation_required`. */
export const confirmationSchema = z.object({ losses: z.array(configLossSchema), confirm: z.string() })
export type Confirmation = z.infer<typeof confirmationSchema>

/** Of which profile a config was made; absent: by hand. */
export const configSourceSchema = z.object({
  profile: idSchema,
  version: z.int().positive(),
  overrides: profileOverridesSchema,
})
export type ConfigSource = z.infer<typeof configSourceSchema>

/** The origin of each value of a document, by path, in the order of the paths. */
const originsSchema = z.array(z.object({ path: pathSchema, value: z.unknown(), from: z.enum(CONFIG_ORIGINS) }))

/** A config as it was issued, and where each value of it comes from. */
export const explainedConfigSchema = z
  .object({
    gateway: gatewayIdSchema,
    version: z.int().positive(),
    issuedAt: instantSchema,
    issuedBy: z.string(),
    source: configSourceSchema.optional(),
    config: gatewayConfigSchema,
    origins: originsSchema,
  })
  .meta({ id: 'ExplainedConfig' })
export type ExplainedConfig = z.infer<typeof explainedConfigSchema>

/** What a profile would make of a gateway. */
export const configPreviewSchema = z
  .object({
    gateway: gatewayIdSchema,
    source: configSourceSchema,
    /** Why it cannot be issued; empty: it can. */
    problems: z.array(z.string()),
    /** With the version that it would get. Absent where it cannot be issued. */
    config: gatewayConfigSchema.optional(),
    origins: originsSchema,
    /** Against what it is to run now. */
    changes: z.array(configChangeSchema),
    losses: z.array(configLossSchema),
    /** To be sent as `?confirm=`; absent: nothing would be lost. */
    confirm: z.string().optional(),
  })
  .meta({ id: 'ConfigPreview' })
export type ConfigPreview = z.infer<typeof configPreviewSchema>

/**
 * POST /api/v1/fleet/gateways/{gateway}/config/check: what a person writes of one gateway, as JSON text, so that faults can be told by
 * line: with a `profile` its overrides, without one the settings of a config by hand.
 */
export const configTextSchema = z.strictObject({
  text: textSchema,
  profile: idSchema.optional(),
  /** Of the profile; absent: the newest. */
  version: z.int().positive().optional(),
})
export type ConfigText = z.infer<typeof configTextSchema>

/** What was found in such a text, and what it would make of the gateway. */
export const configTextCheckSchema = z
  .object({
    /** In the text's order; empty: it can be read. */
    problems: z.array(profileProblemSchema).max(100),
    /** Absent where it cannot be read. Its `source` is absent for a config by hand. */
    preview: configPreviewSchema.partial({ source: true }).optional(),
  })
  .meta({ id: 'ConfigTextCheck' })
export type ConfigTextCheck = z.infer<typeof configTextCheckSchema>

export const configVersionListSchema = z
  .object({
    gateway: gatewayIdSchema,
    versions: z.array(
      z.object({
        version: z.int().positive(),
        issuedAt: instantSchema,
        issuedBy: z.string(),
        source: configSourceSchema.omit({ overrides: true }).optional(),
        devices: z.int().nonnegative(),
      }),
    ),
  })
  .meta({ id: 'ConfigVersionList' })
export type ConfigVersionList = z.infer<typeof configVersionListSchema>
