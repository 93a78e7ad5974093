import { z } from 'zod'
import { districtSchema, idSchema, regionCodeSchema, streetCodeSchema } from './ids.ts'
import { instantSchema } from './instant.ts'
import { dateSchema } from './opening-plan.ts'
import { HOST_KINDS } from './registry.ts'

/** What an order is about. */
export const NOTICE_KINDS = ['heat', 'cold', 'rain', 'supply', 'safety', 'other'] as const
/** `urgent` is told at once; the others wait for the end of somebody's quiet hours. */
export const NOTICE_SEVERITIES = ['info', 'important', 'urgent'] as const

/**
 * How far an addressee is: it left (`sent`), it reached a phone, a mailbox or a display (`delivered`), no way reached anybody
 * (`failed`, with the reason), somebody opened it, took it on, did it, or said why not.
 */
export const RECEIPT_STATES = ['sent', 'failed', 'delivered', 'read', 'accepted', 'done', 'declined'] as const
export type ReceiptState = (typeof RECEIPT_STATES)[number]

/** What an addressee does. */
export const RECEIPT_ACTS = ['read', 'accept', 'done', 'decline'] as const
export type ReceiptAct = (typeof RECEIPT_ACTS)[number]

/** Addressees of one order, all in all. */
export const MAX_ADDRESSEES = 5_000
/** Photos of one addressee. */
export const MAX_RECEIPT_PHOTOS = 5

const keySchema = z.string().regex(/^[0-9a-f]{32}$/, 'expected 32 hexadecimal digits')
const minuteSchema = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time such as 22:00')

/** Whom an order goes to: all stations of `regions`, of them only those of `hostKinds` if any are named, and beside them `stations`. */
export const noticeChoiceSchema = z
  .object({
    regions: z.array(regionCodeSchema).max(200).default([]),
    /** The whole city: only for whoever governs it. */
    wholeCity: z.boolean().default(false),
    hostKinds: z.array(z.enum(HOST_KINDS)).max(HOST_KINDS.length).default([]),
    stations: z.array(idSchema).max(MAX_ADDRESSEES).default([]),
  })
  .meta({ id: 'NoticeChoice' })
export type NoticeChoice = z.infer<typeof noticeChoiceSchema>

/**
 * Longer hours with an order: each chosen station opens no later than `openFrom` and closes no earlier than `openUntil`, without a break
 * between, on the days `from` to `to`. One that is open for longer anyway keeps its hours.
 */
export const noticeHoursSchema = z.object({
  openFrom: minuteSchema.optional(),
  openUntil: minuteSchema,
  from: dateSchema,
  /** The last day. */
  to: dateSchema,
})
export type NoticeHours = z.infer<typeof noticeHoursSchema>

const text = (longest: number) => z.string().trim().min(1).max(longest)

/** POST /api/v1/notices */
export const noticeRequestSchema = z
  .object({
    /** Made by the page: the same order sent twice, after a lost answer, is one. */
    key: keySchema,
    kind: z.enum(NOTICE_KINDS),
    severity: z.enum(NOTICE_SEVERITIES),
    titleZh: text(80),
    titleEn: text(120),
    textZh: text(1_000),
    textEn: text(2_000),
    /** Visitors read it too: on displays and on the stations' pages. */
    isPublic: z.boolean().default(false),
    /** Nobody can say "done" without a photo. */
    needsPhoto: z.boolean().default(false),
    /** By when it is to be done; what is not is told to the level above. */
    deadline: instantSchema.optional(),
    /** Whoever has not read it by then is told again by another way (default 15 minutes: chosen). */
    remindAfterMin: z.int().min(1).max(1_440).default(15),
    to: noticeChoiceSchema,
    /** How many recipients the writer was shown; another number is refused, for then the choice has changed meanwhile. */
    expected: z.int().positive(),
    hours: noticeHoursSchema.optional(),
    /** Ended by itself once no warning of heat stands in this district. */
    untilHeatEndsIn: districtSchema.optional(),
    /** The order that this one takes the place of. */
    supersedes: z.string().min(1).max(100).optional(),
  })
  .meta({ id: 'NoticeRequest' })
export type NoticeRequest = z.infer<typeof noticeRequestSchema>

const stationAddresseeSchema = z.object({
  station: idSchema,
  nameZh: z.string(),
  nameEn: z.string(),
  district: districtSchema,
  street: streetCodeSchema.optional(),
  /** People who answer for it. */
  keepers: z.int().nonnegative(),
})

/** POST /api/v1/notices/preview: exactly whom an order to this choice would go to. */
export const noticePreviewSchema = z
  .object({
    stations: z.array(stationAddresseeSchema),
    /** Managers of lower levels in whose scope such a station is. */
    managers: z.array(z.object({ login: z.string(), name: z.string() })),
    /** Of both. */
    count: z.int().nonnegative(),
    /** Stations for which nobody answers yet. */
    withoutKeeper: z.int().nonnegative(),
  })
  .meta({ id: 'NoticePreview' })
export type NoticePreview = z.infer<typeof noticePreviewSchema>

/** An order. Its words are never edited: it stands, or was withdrawn, replaced by another, or ended. */
export const noticeViewSchema = z
  .object({
    id: z.string(),
    kind: z.enum(NOTICE_KINDS),
    severity: z.enum(NOTICE_SEVERITIES),
    titleZh: z.string(),
    titleEn: z.string(),
    textZh: z.string(),
    textEn: z.string(),
    isPublic: z.boolean(),
    needsPhoto: z.boolean(),
    deadline: instantSchema.optional(),
    hours: noticeHoursSchema.optional(),
    untilHeatEndsIn: districtSchema.optional(),
    state: z.enum(['standing', 'withdrawn', 'superseded', 'ended']),
    supersedes: z.string().optional(),
    issuedAt: instantSchema,
    /** Name of the person. */
    issuedBy: z.string(),
    /** Whether the asker may remind and withdraw. */
    isYours: z.boolean(),
    /** Of the addressees within the asker's scope, by state; their sum is `addressees`. */
    counts: z.record(z.enum(RECEIPT_STATES), z.int().nonnegative()),
    addressees: z.int().nonnegative(),
    escalated: z.int().nonnegative(),
    /** Receipts that the asker can still answer. */
    toDo: z.int().nonnegative(),
  })
  .meta({ id: 'Notice' })
export type NoticeView = z.infer<typeof noticeViewSchema>

export const noticeListSchema = z
  .object({
    at: instantSchema,
    notices: z.array(noticeViewSchema),
    /** Whether the asker may write orders. */
    mayIssue: z.boolean(),
  })
  .meta({ id: 'NoticeList' })
export type NoticeList = z.infer<typeof noticeListSchema>

/** One addressee and how far it is. */
export const receiptSchema = z.object({
  n: z.int().positive(),
  /** Either a station or a person. */
  station: idSchema.optional(),
  login: z.string().optional(),
  nameZh: z.string(),
  nameEn: z.string(),
  state: z.enum(RECEIPT_STATES),
  at: instantSchema,
  /** Of who answered. */
  by: z.string().optional(),
  /** Why it failed, or was declined; what they wrote. */
  note: z.string().optional(),
  photos: z.array(z.string()).max(MAX_RECEIPT_PHOTOS),
  isEscalated: z.boolean(),
  /** The asker answers for it. */
  isYours: z.boolean(),
})
export type Receipt = z.infer<typeof receiptSchema>

/** What happened to an order, oldest first: rows that are only ever added. */
export const noticeStepSchema = z.object({
  seq: z.int().positive(),
  at: instantSchema,
  what: z.string(),
  /** Absent: the order as a whole. */
  n: z.int().positive().optional(),
  by: z.string().optional(),
  note: z.string().optional(),
})

export const noticeDetailSchema = noticeViewSchema
  .extend({
    receipts: z.array(receiptSchema).max(MAX_ADDRESSEES),
    /** The last 500. */
    steps: z.array(noticeStepSchema),
  })
  .meta({ id: 'NoticeDetail' })
export type NoticeDetail = z.infer<typeof noticeDetailSchema>

/** POST /api/v1/notices/{id}/acts: one answer for some of the asker's receipts; `key` as of the request. */
export const noticeActSchema = z
  .object({
    key: keySchema,
    act: z.enum(RECEIPT_ACTS),
    receipts: z.array(z.int().positive()).min(1).max(MAX_ADDRESSEES),
    /** Needed to decline. */
    note: z.string().trim().min(1).max(500).optional(),
  })
  .meta({ id: 'NoticeAct' })
export type NoticeAct = z.infer<typeof noticeActSchema>

/** POST /api/v1/notices/{id}/withdraw */
export const noticeEndSchema = z.object({ reason: text(300) }).meta({ id: 'NoticeEnd' })

/** What the staff's socket says: something of this order changed; it carries no numbers, for they differ by scope. */
export interface NoticeNews {
  id: string
}

/** What visitors read of an order. */
export const publicNoticeSchema = z.object({
  id: z.string(),
  kind: z.enum(NOTICE_KINDS),
  severity: z.enum(NOTICE_SEVERITIES),
  titleZh: z.string(),
  titleEn: z.string(),
  textZh: z.string(),
  textEn: z.string(),
  issuedAt: instantSchema,
})
export type PublicNotice = z.infer<typeof publicNoticeSchema>

/** GET /api/v1/stations/{id}/notices: what stands at a station for everybody, newest first. */
export const publicNoticesSchema = z
  .object({ at: instantSchema, notices: z.array(publicNoticeSchema).max(20) })
  .meta({ id: 'PublicNotices' })
export type PublicNotices = z.infer<typeof publicNoticesSchema>

/** A station that might stay open longer, and why. */
export const heatCandidateSchema = z.object({
  station: idSchema,
  nameZh: z.string(),
  nameEn: z.string(),
  district: districtSchema,
  /** The higher the more it would help; only to compare within one proposal. */
  score: z.number(),
  isProposed: z.boolean(),
  /** Each with its part of the score; `no_ac`, `ac_faulty`, `open_anyway`, `no_hours` keep a station from being proposed. */
  reasons: z.array(
    z.object({
      what: z.enum([
        'people_late',
        'capacity',
        'hot',
        'far_from_late',
        'late_near',
        'ac_works',
        'ac_unknown',
        'ac_faulty',
        'no_ac',
        'open_anyway',
        'no_hours',
        'closed_down',
      ]),
      /** People, seats, °C or metres. */
      value: z.number().optional(),
      points: z.number(),
    }),
  ),
  /** When it closes today by its usual hours, minutes since midnight; above 1,440: on the next day. */
  closesAtMin: z.int().optional(),
})
export type HeatCandidate = z.infer<typeof heatCandidateSchema>

/** GET /api/v1/heat/proposal: what a person may confirm; nothing happens by itself. */
export const heatProposalSchema = z
  .object({
    at: instantSchema,
    district: districtSchema,
    /** Absent: no warning of heat stands; the stations are ranked all the same. */
    signal: z.enum(['yellow', 'orange', 'red']).optional(),
    warningTo: instantSchema.optional(),
    outdoorC: z.number().optional(),
    maxTodayC: z.number().optional(),
    openFrom: minuteSchema,
    openUntil: minuteSchema,
    from: dateSchema,
    to: dateSchema,
    /** The best first. */
    candidates: z.array(heatCandidateSchema),
  })
  .meta({ id: 'HeatProposal' })
export type HeatProposal = z.infer<typeof heatProposalSchema>
