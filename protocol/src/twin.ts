import { z } from 'zod'
import { discoveredDeviceSchema } from './discovery.ts'
import { versionNameSchema } from './firmware.ts'
import { districtSchema, gatewayIdSchema, idSchema, regionCodeSchema } from './ids.ts'
import { instantSchema } from './instant.ts'
import { gatewayStatusSchema } from './messages.ts'
import { VENDORS } from './registry.ts'

/**
 * What each gateway is to be, against what it says it is. For hardware and administrator; reading also for manager and maintainer:
 *
 * GET /api/v1/fleet/gateways?region=&state=&problem=&profile=&profileVersion=&software=&tag=&text=&after=&limit= gives TwinPage, by id.
 * GET /api/v1/fleet/gateways/{gateway} gives TwinView.
 * GET /api/v1/fleet/tags gives TagList: the tags of the gateways that the asker sees.
 * PUT /api/v1/fleet/gateways/{gateway}/tags takes tagsSchema, answers TwinView. Not for manager and maintainer.
 * POST /api/v1/fleet/gateways/{gateway}/adopt takes adoptionSchema, answers 201 TwinView: the device is in the gateway's next config. 409
 * `conflict` where a config has a device of this vendor and address, or of this id. Not for manager and maintainer.
 *
 * Socket: staff event `twin` (TwinNews) names the gateways of the person's region of which a row is another than before, at most once a second.
 */

/**
 * One word on a gateway, the first that holds: `unclaimed`: no box has its identity; `refused`: it refused its newest config; `silent`: it is
 * not connected, or was not heard since the server's start; `pending`: it has not said yet that it runs its newest config; `trouble`: it runs
 * it, and something is wrong with it; `in_step`.
 */
export const TWIN_STATES = ['unclaimed', 'refused', 'silent', 'pending', 'trouble', 'in_step'] as const
export type TwinState = (typeof TWIN_STATES)[number]

/**
 * What is wrong. `config_differs`: it runs the version that it is to run, with another content. `software_differs`: it runs another version
 * than it is told to. `clock_off`: more than 5 s from the server's time, or nobody's time. `outbox_behind`: readings wait for more than 10
 * minutes. `outbox_problem`: readings cannot be kept. `on_battery`: the mains are gone. `devices_missing`: devices of the config are not
 * heard. `devices_unknown`: devices are heard that no config names. `disk_low`: less than 100 MB are free.
 */
export const TWIN_PROBLEMS = [
  'config_differs',
  'software_differs',
  'clock_off',
  'outbox_behind',
  'outbox_problem',
  'on_battery',
  'devices_missing',
  'devices_unknown',
  'disk_low',
] as const
export type TwinProblem = (typeof TWIN_PROBLEMS)[number]

/** A word by which gateways are grouped: `pilot`, `batch-7`. */
export const tagSchema = idSchema
/** Tags of one gateway. */
export const MAX_TAGS = 20

/** PUT /api/v1/fleet/gateways/{gateway}/tags: all that it has from now on. */
export const tagsSchema = z.strictObject({ tags: z.array(tagSchema).max(MAX_TAGS) })

const hashSchema = z.string().regex(/^[0-9a-f]{64}$/)

/** A gateway in the list. */
export const twinRowSchema = z
  .object({
    gateway: gatewayIdSchema,
    station: idSchema,
    stationNameZh: z.string(),
    stationNameEn: z.string(),
    district: districtSchema,
    state: z.enum(TWIN_STATES),
    problems: z.array(z.enum(TWIN_PROBLEMS)),
    tags: z.array(tagSchema),
    online: z.boolean(),
    /** When its status came last; absent: not since the server's start. */
    heardAt: instantSchema.optional(),
    /** The newest config it was given; absent: none. */
    desiredVersion: z.int().positive().optional(),
    /** The version that it runs by its own word. */
    appliedVersion: z.int().nonnegative().optional(),
    /** Why it refused its newest config. */
    refusal: z.string().optional(),
    /** Of which its newest config was made; absent: by hand. */
    profile: z.object({ profile: idSchema, version: z.int().positive() }).optional(),
    /** The gateway's software: what it runs by its own word, and what it is told to run (absent: nothing). */
    software: z.string().max(64).optional(),
    desiredSoftware: versionNameSchema.optional(),
    /** Readings not yet acknowledged. */
    outboxDepth: z.int().nonnegative().optional(),
    outboxOldestMs: z.int().nonnegative().optional(),
    /** How far its clock is ahead of the server's. */
    clockOffsetMs: z.int().optional(),
    uptimeMs: z.int().nonnegative().optional(),
    power: z.enum(['mains', 'battery']).optional(),
    /** Devices of its newest config; those among them that are not heard; those heard that it does not name. */
    devices: z.int().nonnegative(),
    missing: z.int().nonnegative(),
    unknown: z.int().nonnegative(),
    /** The rollout that holds it. */
    rollout: idSchema.optional(),
  })
  .meta({ id: 'TwinRow' })
export type TwinRow = z.infer<typeof twinRowSchema>

/** Gateways of one page at most. */
export const MAX_TWIN_ROWS = 500

/** GET /api/v1/fleet/gateways: all that are given must hold. */
export const twinQuerySchema = z.object({
  region: regionCodeSchema.optional(),
  state: z.enum(TWIN_STATES).optional(),
  problem: z.enum(TWIN_PROBLEMS).optional(),
  profile: idSchema.optional(),
  profileVersion: z.coerce.number().int().positive().optional(),
  /** The version that it runs by its own word. */
  software: z.string().max(64).optional(),
  tag: tagSchema.optional(),
  /** Part of the gateway's or station's id, or of the station's name in either language. */
  text: z.string().trim().max(80).optional(),
  /** Only gateways whose id sorts behind. */
  after: gatewayIdSchema.optional(),
  limit: z.coerce.number().int().min(1).max(MAX_TWIN_ROWS).default(100),
})
export type TwinQuery = z.infer<typeof twinQuerySchema>

export const twinPageSchema = z
  .object({
    at: instantSchema,
    /** All that the query finds, beyond this page. */
    total: z.int().nonnegative(),
    /** How many of them are in each state. */
    states: z.record(z.enum(TWIN_STATES), z.int().nonnegative()),
    gateways: z.array(twinRowSchema),
    /** Give it as `after` for the next page; absent: this was the last. */
    next: gatewayIdSchema.optional(),
  })
  .meta({ id: 'TwinPage' })
export type TwinPage = z.infer<typeof twinPageSchema>

/** A device of the config, and when it spoke. */
export const twinDeviceSchema = z.object({
  device: idSchema,
  vendor: z.enum(VENDORS),
  address: z.string(),
  appliance: idSchema.optional(),
  /** The last reading that came from it; absent: none since the server's start, nor in the gateway's own memory. */
  heardAt: instantSchema.optional(),
  isMissing: z.boolean(),
})
export type TwinDevice = z.infer<typeof twinDeviceSchema>

/** A device that was heard and that no config names, with what adopting it would make of it. */
export const strangerSchema = discoveredDeviceSchema.extend({
  proposal: z.object({
    device: idSchema,
    /** An appliance of the station that has no plug yet and that this looks like; absent: it watches the station itself. */
    appliance: idSchema.optional(),
  }),
})
export type Stranger = z.infer<typeof strangerSchema>

/** One gateway, whole. */
export const twinViewSchema = twinRowSchema
  .extend({
    /** SHA-256 of the config without its version, so that it tells whether two contents are the same. */
    desiredSha256: hashSchema.optional(),
    reportedSha256: hashSchema.optional(),
    desiredAt: instantSchema.optional(),
    desiredBy: z.string().optional(),
    /** When a box claimed it last. */
    claimedAt: instantSchema.optional(),
    /** What it said of itself last while it was online. */
    status: gatewayStatusSchema.optional(),
    deviceList: z.array(twinDeviceSchema),
    strangers: z.array(strangerSchema),
  })
  .meta({ id: 'TwinView' })
export type TwinView = z.infer<typeof twinViewSchema>

/** POST /api/v1/fleet/gateways/{gateway}/adopt */
export const adoptionSchema = z.strictObject({
  vendor: z.enum(VENDORS),
  address: z.string().min(1).max(120),
  /** Absent: the proposal's. */
  device: idSchema.optional(),
  /** Absent: the proposal's; null: it is on no appliance. */
  appliance: idSchema.nullable().optional(),
})
export type Adoption = z.infer<typeof adoptionSchema>

export const tagListSchema = z
  .object({ tags: z.array(z.object({ tag: tagSchema, gateways: z.int().positive() })) })
  .meta({ id: 'TagList' })
export type TagList = z.infer<typeof tagListSchema>

/** What the socket event `twin` tells: ask again for what is shown of these. */
export interface TwinNews {
  /** At most 500; `isAll`: there were more. */
  gateways: string[]
  isAll?: boolean
}
