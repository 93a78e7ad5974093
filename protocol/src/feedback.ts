import { z } from 'zod'
import { CONFIRMATIONS } from './api.ts'
import { idSchema } from './ids.ts'
import { instantSchema } from './instant.ts'

/** What a visitor tells of: something to be done about, or a thank-you. */
export const FEEDBACK_TOPICS = [
  'broken',
  'dirty',
  'closed_though_open',
  'full',
  'out_of_water',
  'thanks',
  'other',
] as const
export type FeedbackTopic = (typeof FEEDBACK_TOPICS)[number]

/** Photos that one report may carry. */
export const MAX_PHOTOS = 3
/** Of one photo as it is sent: a phone shrinks it to 1,600 pixels first, which is a third of this. */
export const MAX_PHOTO_BYTES = 1_500_000

/** POST /api/v1/stations/{id}/feedback: no login. */
export const feedbackRequestSchema = z
  .object({
    /** Made by the phone, 128 random bits in hex: the same report sent twice, after a lost answer, is one. It also opens the report to whoever made it. */
    key: z.string().regex(/^[0-9a-f]{32}$/),
    topic: z.enum(FEEDBACK_TOPICS),
    /** The appliance it is about, when its QR code or its row on the page was used. */
    appliance: idSchema.optional(),
    text: z.string().trim().max(500).optional(),
    stars: z.int().min(1).max(5).optional(),
    /** How many photos follow, each by PUT /api/v1/feedback/{key}/photos/{n} with a JPEG, PNG or WebP as its body. */
    photos: z.int().min(0).max(MAX_PHOTOS).default(0),
    /** When it was written: a phone without network sends it later. Not believed when in the future or older than 7 days. */
    writtenAt: instantSchema.optional(),
  })
  .meta({ id: 'FeedbackRequest' })
export type FeedbackRequest = z.infer<typeof feedbackRequestSchema>

/**
 * What became of a report. `received`: nobody has looked yet; `in_work`: it is a work order; `answered`: somebody replied;
 * `fixed`: the work was done, the visitor is asked whether it is so; `closed`: nothing more will come.
 */
export const FEEDBACK_STATES = ['received', 'in_work', 'answered', 'fixed', 'closed'] as const

/** GET /api/v1/feedback/{key}: for whoever made it. */
export const feedbackStatusSchema = z
  .object({
    station: idSchema,
    topic: z.enum(FEEDBACK_TOPICS),
    appliance: idSchema.optional(),
    state: z.enum(FEEDBACK_STATES),
    receivedAt: instantSchema,
    changedAt: instantSchema,
    /** The public reply. */
    reply: z.string().optional(),
    photos: z.int().min(0).max(MAX_PHOTOS),
    /** The promised time of the work order that it became. */
    promisedAt: instantSchema.optional(),
    /** What the visitor answered to "is it fixed?". */
    fixed: z.boolean().optional(),
  })
  .meta({ id: 'FeedbackStatus' })
export type FeedbackStatus = z.infer<typeof feedbackStatusSchema>

/** POST /api/v1/feedback/{key}/fixed: the visitor's answer to "is it fixed?". */
export const feedbackFixedSchema = z.object({ fixed: z.boolean() })

/** POST /api/v1/stations/{id}/confirmations: one tap, no login. */
export const confirmationRequestSchema = z
  .object({ key: z.string().regex(/^[0-9a-f]{32}$/), says: z.enum(CONFIRMATIONS) })
  .meta({ id: 'ConfirmationRequest' })

/** POST /api/v1/stations/{id}/check-ins: a visitor scanned the code on the door. No name, no account. */
export const checkInRequestSchema = z
  .object({
    key: z.string().regex(/^[0-9a-f]{32}$/),
    /** The code on the door: the station's own, so that a check-in is made on site. */
    code: z.string().regex(/^[a-z0-9]{10,32}$/),
    leaving: z.boolean().optional(),
  })
  .meta({ id: 'CheckInRequest' })
