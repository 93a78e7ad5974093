import { z } from 'zod'
import { versionNameSchema } from './firmware.ts'
import { districtSchema, gatewayIdSchema, idSchema, regionCodeSchema } from './ids.ts'
import { instantSchema } from './instant.ts'
import { profileOverridesSchema } from './profiles.ts'
import { tagSchema } from './twin.ts'

/**
 * Rollouts: a config or a version of the gateways' software to many gateways, in stages. For hardware and administrator:
 *
 * POST /api/v1/fleet/rollouts/preview takes newRolloutSchema, answers RolloutPreview: it makes nothing.
 * POST /api/v1/fleet/rollouts takes newRolloutSchema, answers 201 RolloutView in state `ready`: its gateways are held, none is changed. 409
 * `conflict` where another rollout holds one of them; 400 where the selection finds none.
 * GET /api/v1/fleet/rollouts?state=&before=&limit= gives RolloutList, newest first.
 * GET /api/v1/fleet/rollouts/{rollout} gives RolloutView.
 * GET /api/v1/fleet/rollouts/{rollout}/gateways?state=&stage=&after=&limit= gives RolloutGatewayPage, by id.
 * GET /api/v1/fleet/rollouts/{rollout}/events?after=&gateway=&limit= gives RolloutEventPage, oldest first: the exact record.
 * GET /api/v1/fleet/rollouts/{rollout}/events.csv (.xlsx, .pdf) gives the record as a file.
 * POST /api/v1/fleet/rollouts/{rollout}/start, …/pause, …/resume, …/abort answer RolloutView; 409 `conflict` where its state does not allow it.
 * Abort rolls back whatever was changed. A rollout is seen, and acted on, by whom who may see all of its gateways.
 *
 * Socket: staff event `rollout` (RolloutNews) names a rollout that is another than before, at most once a second.
 */

/** What gateways are to get. */
export const rolloutTargetSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('profile'),
    profile: idSchema,
    /** Absent: the newest when the rollout is made. Each gateway keeps its overrides. */
    version: z.int().positive().optional(),
  }),
  z.strictObject({
    kind: z.literal('overrides'),
    /** Laid over each gateway's own: what is named here is set, device by device, and the rest stays. Only for gateways that have a profile. */
    overrides: profileOverridesSchema,
  }),
  z.strictObject({ kind: z.literal('software'), version: versionNameSchema }),
])
export type RolloutTarget = z.infer<typeof rolloutTargetSchema>

/** Gateways of one rollout. Chosen: the whole city, and more. */
export const MAX_ROLLOUT_GATEWAYS = 20_000

/** Which gateways: all that is given must hold, of a list one suffices. Gateways that no box has claimed are left out. */
export const rolloutSelectionSchema = z.strictObject({
  /** Districts and streets; absent: everywhere within the person's own. */
  regions: z.array(regionCodeSchema).min(1).max(100).optional(),
  tags: z.array(tagSchema).min(1).max(20).optional(),
  /** Those whose newest config is made of it. */
  profile: idSchema.optional(),
  gateways: z.array(gatewayIdSchema).min(1).max(MAX_ROLLOUT_GATEWAYS).optional(),
})
export type RolloutSelection = z.infer<typeof rolloutSelectionSchema>

/**
 * A stage. `count` and `percent` take gateways until so many of the whole are taken, those connected first, then by id; the others take what
 * no stage before took.
 */
export const rolloutStageSchema = z.discriminatedUnion('by', [
  z.strictObject({ by: z.literal('count'), count: z.int().min(1).max(MAX_ROLLOUT_GATEWAYS) }),
  z.strictObject({ by: z.literal('percent'), percent: z.number().gt(0).max(100) }),
  z.strictObject({ by: z.literal('regions'), regions: z.array(regionCodeSchema).min(1).max(100) }),
  z.strictObject({ by: z.literal('tags'), tags: z.array(tagSchema).min(1).max(20) }),
])
export type RolloutStage = z.infer<typeof rolloutStageSchema>

export const MAX_ROLLOUT_STAGES = 20
const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

/** When a gateway counts as well, and when as failed. */
export const rolloutHealthSchema = z.strictObject({
  /** It runs the new, is connected, its readings come, and no alert of its station was raised since: for so long. Default 10 minutes. */
  steadyMs: z
    .int()
    .min(0)
    .max(DAY_MS)
    .default(10 * MINUTE_MS),
  /** While it is connected, it runs the new at the latest so long after it was changed, and is well at the latest `steadyMs` and so long after that; or it has failed. Default 30 minutes. */
  settleMs: z
    .int()
    .min(1_000)
    .max(DAY_MS)
    .default(30 * MINUTE_MS),
  /** So long a gateway that is not connected is waited for; then it has failed. Default a day. */
  offlineMs: z
    .int()
    .min(1_000)
    .max(30 * DAY_MS)
    .default(DAY_MS),
  /** Whether readings have to come. Default: yes, of gateways that have devices. */
  needsReadings: z.boolean().default(true),
})
export type RolloutHealth = z.infer<typeof rolloutHealthSchema>

/** POST /api/v1/fleet/rollouts */
export const newRolloutSchema = z.strictObject({
  name: z.string().trim().min(1).max(120),
  target: rolloutTargetSchema,
  selection: rolloutSelectionSchema,
  /** What no stage takes is a last one. Default: 1, 10 %, all. */
  stages: z
    .array(rolloutStageSchema)
    .min(1)
    .max(MAX_ROLLOUT_STAGES)
    .default([
      { by: 'count', count: 1 },
      { by: 'percent', percent: 10 },
      { by: 'percent', percent: 100 },
    ]),
  health: rolloutHealthSchema.prefault({}),
  /** More failures than this stop it, and all that was changed is changed back. Default: not one. */
  maxFailures: z.int().min(0).max(MAX_ROLLOUT_GATEWAYS).default(0),
  /** Whether a gateway may lose devices or safety limits by it; where not, such a gateway is left as it is and counts as failed. */
  mayLose: z.boolean().default(false),
})
export type NewRollout = z.infer<typeof newRolloutSchema>
export type NewRolloutInput = z.input<typeof newRolloutSchema>

/** What a rollout would do. */
export const rolloutPreviewSchema = z
  .object({
    total: z.int().nonnegative(),
    online: z.int().nonnegative(),
    stages: z.array(z.object({ gateways: z.int().nonnegative(), first: z.array(gatewayIdSchema).max(10) })),
    /** Gateways that another rollout holds, with it; at most 20. */
    held: z.array(z.object({ gateway: gatewayIdSchema, rollout: idSchema })).max(20),
  })
  .meta({ id: 'RolloutPreview' })
export type RolloutPreview = z.infer<typeof rolloutPreviewSchema>

/**
 * `ready`: made, not begun; `running`; `paused`: no further gateway is changed, those changed are watched; `rolling_back`: what was changed is
 * being changed back; `done`: every gateway has the new, or failed within the limit and has its former; `rolled_back`: none has the new.
 */
export const ROLLOUT_STATES = ['ready', 'running', 'paused', 'rolling_back', 'done', 'rolled_back'] as const
export type RolloutState = (typeof ROLLOUT_STATES)[number]

/**
 * `queued`: its stage has not begun, or it waits for its turn; `waiting`: its turn has come, it is not connected and not changed; `changed`: it
 * was given the new and has not said that it runs it; `watched`: it runs it and is watched; `well`; `reverting`: it was given its former again
 * and has not said that it runs it; `reverted`; `unreached`: it was given its former again and was not heard until the time limit: it takes it
 * when it comes; `left`: it was never changed.
 */
export const ROLLOUT_GATEWAY_STATES = [
  'queued',
  'waiting',
  'changed',
  'watched',
  'well',
  'reverting',
  'reverted',
  'unreached',
  'left',
] as const
export type RolloutGatewayState = (typeof ROLLOUT_GATEWAY_STATES)[number]

/**
 * Why a gateway failed. `refused`: it refused the config, with its reason; `unfit`: nothing could be issued to it, with the reason; `losses`: it
 * would have lost devices or limits; `offline`: it was not connected for too long; `unsettled`: it was not well in time; `alert`: an alert of
 * its station was raised.
 */
export const ROLLOUT_FAILURES = ['refused', 'unfit', 'losses', 'offline', 'unsettled', 'alert'] as const
export type RolloutFailure = (typeof ROLLOUT_FAILURES)[number]

const countSchema = z.int().nonnegative()
const countsSchema = z.record(z.enum(ROLLOUT_GATEWAY_STATES), countSchema)

export const rolloutViewSchema = z
  .object({
    rollout: idSchema,
    name: z.string(),
    state: z.enum(ROLLOUT_STATES),
    /** Why it was rolled back. */
    stoppedBy: z.enum(['failures', 'abort']).optional(),
    target: rolloutTargetSchema,
    selection: rolloutSelectionSchema,
    health: rolloutHealthSchema,
    maxFailures: countSchema,
    mayLose: z.boolean(),
    madeAt: instantSchema,
    madeBy: z.string(),
    startedAt: instantSchema.optional(),
    endedAt: instantSchema.optional(),
    total: countSchema,
    failures: countSchema,
    counts: countsSchema,
    /** Index of the stage that runs, from 0 on; absent: none has begun. */
    stage: countSchema.optional(),
    stages: z.array(z.object({ stage: rolloutStageSchema.optional(), gateways: countSchema, counts: countsSchema })),
  })
  .meta({ id: 'Rollout' })
export type RolloutView = z.infer<typeof rolloutViewSchema>

export const rolloutQuerySchema = z.object({
  state: z.enum(ROLLOUT_STATES).optional(),
  /** Only those made before this one. */
  before: idSchema.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
})
export type RolloutQuery = z.infer<typeof rolloutQuerySchema>

export const rolloutListSchema = z
  .object({ rollouts: z.array(rolloutViewSchema), next: idSchema.optional() })
  .meta({ id: 'RolloutList' })
export type RolloutList = z.infer<typeof rolloutListSchema>

const MAX_PAGE = 500
const limitSchema = z.coerce.number().int().min(1).max(MAX_PAGE).default(100)

export const rolloutGatewayQuerySchema = z.object({
  state: z.enum(ROLLOUT_GATEWAY_STATES).optional(),
  /** Only those that failed. */
  failed: z.enum(['1']).optional(),
  stage: z.coerce.number().int().nonnegative().optional(),
  after: gatewayIdSchema.optional(),
  limit: limitSchema,
})
export type RolloutGatewayQuery = z.infer<typeof rolloutGatewayQuerySchema>

export const rolloutGatewaySchema = z
  .object({
    gateway: gatewayIdSchema,
    station: idSchema,
    district: districtSchema,
    stage: countSchema,
    state: z.enum(ROLLOUT_GATEWAY_STATES),
    failure: z.enum(ROLLOUT_FAILURES).optional(),
    reason: z.string().optional(),
    /** Config versions: what it had, what it was given, what it was given back. */
    formerVersion: z.int().optional(),
    newVersion: z.int().optional(),
    backVersion: z.int().optional(),
    changedAt: instantSchema.optional(),
    /** When it came into its state. */
    since: instantSchema,
  })
  .meta({ id: 'RolloutGateway' })
export type RolloutGateway = z.infer<typeof rolloutGatewaySchema>

export const rolloutGatewayPageSchema = z
  .object({ gateways: z.array(rolloutGatewaySchema), next: gatewayIdSchema.optional() })
  .meta({ id: 'RolloutGatewayPage' })
export type RolloutGatewayPage = z.infer<typeof rolloutGatewayPageSchema>

/** What is written down: steps of the rollout, and each change of a gateway's state. */
export const ROLLOUT_EVENTS = [
  'made',
  'started',
  'stage-begun',
  'stage-passed',
  'paused',
  'resumed',
  'aborted',
  'stopped',
  'done',
  'rolled-back',
  'gateway',
] as const

export const rolloutEventSchema = z
  .object({
    /** From 1 on, without a gap. */
    seq: z.int().positive(),
    at: instantSchema,
    event: z.enum(ROLLOUT_EVENTS),
    /** Login, or `server`. */
    by: z.string(),
    stage: countSchema.optional(),
    gateway: gatewayIdSchema.optional(),
    /** The gateway's state from now on. */
    state: z.enum(ROLLOUT_GATEWAY_STATES).optional(),
    failure: z.enum(ROLLOUT_FAILURES).optional(),
    reason: z.string().optional(),
    /** The config version that it was given with this step. */
    version: z.int().optional(),
  })
  .meta({ id: 'RolloutEvent' })
export type RolloutEvent = z.infer<typeof rolloutEventSchema>

export const rolloutEventQuerySchema = z.object({
  after: z.coerce.number().int().nonnegative().default(0),
  gateway: gatewayIdSchema.optional(),
  limit: limitSchema,
})
export type RolloutEventQuery = z.infer<typeof rolloutEventQuerySchema>

export const rolloutEventPageSchema = z
  .object({ events: z.array(rolloutEventSchema), next: z.int().positive().optional() })
  .meta({ id: 'RolloutEventPage' })
export type RolloutEventPage = z.infer<typeof rolloutEventPageSchema>

/** What the socket event `rollout` tells. */
export interface RolloutNews {
  rollout: string
  name: string
}
