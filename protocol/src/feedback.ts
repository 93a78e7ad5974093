import { z } from 'zod'
import { CONFIRMATIONS } from './api.ts'
import { districtSchema, idSchema } from './ids.ts'
import { instantSchema } from './instant.ts'
import { APPLIANCE_KINDS } from './registry.ts'

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
    /**
     * How many photos follow, each by PUT /api/v1/feedback/{key}/photos/{n} with a JPEG, PNG or WebP as its body; `n` counts
     * from 1. The same one may be sent again; what came first under a number stays.
     */
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

/** What a gateway says of a card that was held to its reader: never the card's number, nor anything it could be found from. */
export const cardCheckInSchema = z.object({
  /** Made of the card's number with a key that the gateway makes each month and destroys at its end. */
  pseudonym: z.string().regex(/^[0-9a-f]{32}$/),
  /** The full minute, in ms since 1970. */
  atMs: z.int().nonnegative(),
})
export type CardCheckIn = z.infer<typeof cardCheckInSchema>

/** A visitor's report as staff see it. */
export const feedbackViewSchema = z
  .object({
    /** Not the visitor's key: who has this can read and answer the report only as staff. */
    id: z.string(),
    station: idSchema,
    stationNameZh: z.string(),
    stationNameEn: z.string(),
    district: districtSchema,
    topic: z.enum(FEEDBACK_TOPICS),
    appliance: idSchema.optional(),
    applianceKind: z.enum(APPLIANCE_KINDS).optional(),
    /** As it was written; telephone numbers and the like are masked only where others than staff read it. */
    text: z.string().optional(),
    stars: z.int().min(1).max(5).optional(),
    state: z.enum(FEEDBACK_STATES),
    /** Counts every change: of two views of one report the higher is the newer. */
    revision: z.int().positive(),
    writtenAt: instantSchema,
    receivedAt: instantSchema,
    changedAt: instantSchema,
    /** The public reply, with who gave it and when. */
    reply: z.object({ text: z.string(), at: instantSchema, by: z.string() }).optional(),
    closed: z.object({ at: instantSchema, by: z.string().optional() }).optional(),
    /** The work order that answers it, with others of the same thing. */
    workOrder: z.string().optional(),
    promisedAt: instantSchema.optional(),
    /** What the visitor answered to "is it fixed?". */
    fixed: z.boolean().optional(),
    photos: z
      .array(
        z.object({
          /** For GET /api/v1/feedback-photos/{id}, which staff may; once released, for GET /api/v1/photos/{id}, which all may. */
          id: z.string(),
          released: z.object({ at: instantSchema, by: z.string() }).optional(),
        }),
      )
      .max(MAX_PHOTOS),
  })
  .meta({ id: 'Feedback' })
export type FeedbackView = z.infer<typeof feedbackViewSchema>

export const feedbackListSchema = z
  .object({
    at: instantSchema,
    feedback: z.array(feedbackViewSchema),
    /** Ask again with `after` set to this for those that follow; absent: there are none. */
    next: z.string().optional(),
  })
  .meta({ id: 'FeedbackList' })
export type FeedbackList = z.infer<typeof feedbackListSchema>

const replySchema = z.string().trim().min(1).max(500)

/** POST /api/v1/feedback/{id}/reply: everybody who has the report's key reads it. */
export const feedbackReplySchema = z.object({ text: replySchema })
/** POST /api/v1/feedback/{id}/close: with a last reply, or without a word. */
export const feedbackCloseSchema = z.object({ text: replySchema.optional() })

/** The code on a station's door, as staff print it. */
export const doorCodeSchema = z
  .object({
    station: idSchema,
    code: z.string(),
    /** When it was changed last, and by whom; absent: never. */
    since: instantSchema.optional(),
    by: z.string().optional(),
  })
  .meta({ id: 'DoorCode' })
export type DoorCode = z.infer<typeof doorCodeSchema>
