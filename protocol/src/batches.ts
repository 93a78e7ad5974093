import { z } from 'zod'
import { boxHardwareSchema, claimTokenSchema } from './claim.ts'
import { gatewayIdSchema, idSchema, regionCodeSchema } from './ids.ts'
import { instantSchema } from './instant.ts'

/**
 * Batches of claim tokens: one box, one token, one station. Routes, for hardware and administrator:
 *
 * POST /api/v1/fleet/claim-batches takes newBatchSchema, answers 201 IssuedBatch: tokens and their printable sheet, this once.
 * GET /api/v1/fleet/claim-batches gives BatchList, newest first.
 * GET /api/v1/fleet/claim-batches/{batch} gives BatchView.
 * POST /api/v1/fleet/claim-batches/{batch}/revoke answers BatchView: tokens that no box has used yet are dead.
 * A batch is seen by whom who may see a station of it, and only with the stations that they may see.
 */

/** Boxes of one batch. Chosen: fifty pages of the sheet, and more than one bench flashes in a day. */
export const MAX_BATCH = 200

/** A token lives at least a minute, and at most so long that a box shipped to a far station is still in time. */
export const MIN_TOKEN_LIFE_MS = 60_000
export const MAX_TOKEN_LIFE_MS = 90 * 24 * 3_600_000

/** The profile of which a box that takes an empty place gets its first config. */
export const firstProfileSchema = z.strictObject({
  profile: idSchema,
  /** Absent: the newest at this moment. */
  version: z.int().positive().optional(),
})

export type FirstProfile = z.infer<typeof firstProfileSchema>

/** POST /api/v1/fleet/claim-batches. Either `boxes` or `pick`. */
export const newBatchSchema = z
  .strictObject({
    /** For people: "Yuzhong, October". */
    name: z.string().trim().min(1).max(120),
    boxes: z
      .array(
        z.strictObject({
          station: idSchema,
          /** Whose place the box takes; needed only where a station has several gateways. */
          gateway: gatewayIdSchema.optional(),
        }),
      )
      .min(1)
      .max(MAX_BATCH)
      .optional(),
    /** The next stations, in the order of their ids, that have no gateway with an identity and no token that still holds. */
    pick: z.strictObject({ count: z.int().min(1).max(MAX_BATCH), region: regionCodeSchema.optional() }).optional(),
    firstProfile: firstProfileSchema.optional(),
    /** Default a week. */
    expiresInMs: z
      .int()
      .min(MIN_TOKEN_LIFE_MS)
      .max(MAX_TOKEN_LIFE_MS)
      .default(7 * 24 * 3_600_000),
    /** Where boxes find this server: in the code on the sheet. Default: its public address, or that of this request. */
    serverUrl: z
      .string()
      .max(200)
      .regex(/^https?:\/\/[^/\s?#]+$/, 'expected an address such as https://harbor.example')
      .optional(),
  })
  .refine(({ boxes, pick }) => (boxes === undefined) !== (pick === undefined), 'expected either boxes or pick')
export type NewBatch = z.infer<typeof newBatchSchema>

/** `open`: a box may still use it. */
export const TOKEN_STATES = ['open', 'used', 'expired', 'revoked'] as const
export type TokenState = (typeof TOKEN_STATES)[number]

/** A token of a batch without the token. */
export const batchTokenSchema = z
  .object({
    /** Its first letters, as on the sheet: `harbor1-7k2m`. */
    prefix: z.string(),
    station: idSchema,
    nameZh: z.string(),
    nameEn: z.string(),
    /** Whose place the box takes; absent: the station's first gateway. */
    gateway: gatewayIdSchema.optional(),
    state: z.enum(TOKEN_STATES),
    /** Of a used one: when, and which gateway the box became. */
    usedAt: instantSchema.optional(),
    usedGateway: gatewayIdSchema.optional(),
    hardware: boxHardwareSchema.optional(),
  })
  .meta({ id: 'BatchToken' })
export type BatchToken = z.infer<typeof batchTokenSchema>

const head = {
  batch: idSchema,
  name: z.string(),
  createdAt: instantSchema,
  createdBy: z.string(),
  expiresAt: instantSchema,
  firstProfile: firstProfileSchema.required().optional(),
  revokedAt: instantSchema.optional(),
  revokedBy: z.string().optional(),
}

/** A batch with its tokens, by station. */
export const batchViewSchema = z.object({ ...head, tokens: z.array(batchTokenSchema) }).meta({ id: 'BatchView' })
export type BatchView = z.infer<typeof batchViewSchema>

/** How many tokens are in each state. */
export const tokenCountsSchema = z.record(z.enum(TOKEN_STATES), z.int().nonnegative())
export type TokenCounts = z.infer<typeof tokenCountsSchema>

export const batchListSchema = z
  .object({ batches: z.array(z.object({ ...head, tokens: tokenCountsSchema })) })
  .meta({ id: 'BatchList' })
export type BatchList = z.infer<typeof batchListSchema>

/** A batch when it is made: its tokens are shown this once. */
export const issuedBatchSchema = z
  .object({
    batch: batchViewSchema,
    tokens: z.array(
      z.object({ station: idSchema, gateway: gatewayIdSchema.optional(), token: claimTokenSchema, link: z.string() }),
    ),
    /** The sheet to print: a PDF, A4, in base64. */
    sheetPdf: z.string(),
  })
  .meta({ id: 'IssuedBatch' })
export type IssuedBatch = z.infer<typeof issuedBatchSchema>
