import { z } from 'zod'
import { ALERT_STATES, SEVERITIES } from './alerts.ts'
import { districtSchema, idSchema } from './ids.ts'
import { instantSchema } from './instant.ts'
import { APPLIANCE_KINDS } from './registry.ts'

/**
 * Where a work order stands: open → assigned → accepted → on_site → done → verified. `reopen` leads back from done, verified or
 * cancelled to open, `cancel` ends it from any state but verified.
 */
export const WORK_ORDER_STATES = ['open', 'assigned', 'accepted', 'on_site', 'done', 'verified', 'cancelled'] as const
export type WorkOrderState = (typeof WORK_ORDER_STATES)[number]

/** What it came from. */
export const WORK_ORDER_SOURCES = ['alert', 'feedback', 'plan', 'checklist', 'person'] as const
export type WorkOrderSource = (typeof WORK_ORDER_SOURCES)[number]

/**
 * What a person or the system does to a work order. `join`: another alert or report of the same thing; `regrade`: the fault grew
 * worse; `pause`: its clock stands, with a reason; `promise`: when it will be done; `remind` and `escalate`: the clock's own.
 */
export const WORK_ORDER_ACTS = [
  'create',
  'join',
  'regrade',
  'assign',
  'accept',
  'arrive',
  'finish',
  'verify',
  'reopen',
  'cancel',
  'pause',
  'resume',
  'promise',
  'note',
  'part',
  'photo',
  'remind',
  'escalate',
] as const
export type WorkOrderAct = (typeof WORK_ORDER_ACTS)[number]

/**
 * Acts that take nothing from whoever looked before them: an order that was reminded of, or that somebody added a note to, is still the
 * one that they saw. Any other act in between makes theirs come too late.
 */
export const GENTLE_ACTS: readonly WorkOrderAct[] = ['join', 'regrade', 'note', 'part', 'photo', 'remind', 'escalate']

/** Who is told when a work order is late, one after the other: the crew, its lead, the district, the city. */
export const ESCALATION_LEVELS = ['crew', 'lead', 'district', 'city'] as const
export type EscalationLevel = (typeof ESCALATION_LEVELS)[number]

/**
 * Why the system did something by itself. `fault_back`: it came back after the work was done; `fault_stands`: it never went, long
 * after the work was done; `fault_gone`: it went before anybody took the order; `reporter_says_not`: the visitor who reported it
 * says that it is not fixed.
 */
export const WORK_ORDER_REASONS = ['fault_back', 'fault_stands', 'fault_gone', 'reporter_says_not'] as const
export type WorkOrderReason = (typeof WORK_ORDER_REASONS)[number]

/** Why a person was given an order, or could be. */
export const assignmentReasonSchema = z.object({
  /** Absent: no crew covers the place, and the person looks after its district. */
  crew: idSchema.optional(),
  crewName: z.string().optional(),
  /** The kind of appliance that the crew is skilled in; absent: the order is about none. */
  skill: z.enum(APPLIANCE_KINDS).optional(),
  /** Orders in hand. */
  load: z.int().nonnegative(),
  /** Straight line, in metres, from the order last taken in hand, else from the crew's base; absent: neither is known. */
  distanceM: z.int().nonnegative().optional(),
})
export type AssignmentReason = z.infer<typeof assignmentReasonSchema>

export const workOrderSchema = z
  .object({
    id: z.string(),
    station: idSchema,
    stationNameZh: z.string(),
    stationNameEn: z.string(),
    district: districtSchema,
    appliance: idSchema.optional(),
    applianceKind: z.enum(APPLIANCE_KINDS).optional(),
    source: z.enum(WORK_ORDER_SOURCES),
    /** The alert that it came from: one order for one alert, however often the fault comes and goes. */
    alert: z.string().optional(),
    /** How many reports of visitors it answers. */
    reports: z.int().nonnegative(),
    severity: z.enum(SEVERITIES),
    titleZh: z.string(),
    titleEn: z.string(),
    state: z.enum(WORK_ORDER_STATES),
    /** Counts every change: an act names the revision it saw, and loses when another came first. */
    revision: z.int().positive(),
    createdAt: instantSchema,
    /** Login. */
    assignee: z.string().optional(),
    assigneeName: z.string().optional(),
    /** Absent: a person chose. */
    assignedBecause: assignmentReasonSchema.optional(),
    /** By when it is to be accepted, somebody on site, and done: by severity and the station's hours, pauses added. */
    acceptBy: instantSchema,
    respondBy: instantSchema,
    doneBy: instantSchema,
    /** That of the three which is next; absent: done, closed, or its clock stands. */
    dueAt: instantSchema.optional(),
    /** Who was told of it last for being late. */
    level: z.enum(ESCALATION_LEVELS),
    /** What the public is told: when it will work again. */
    promisedAt: instantSchema.optional(),
    pausedSince: instantSchema.optional(),
    pauseReason: z.string().optional(),
    doneAt: instantSchema.optional(),
    verifiedAt: instantSchema.optional(),
    /** `data`: the readings show it; else by a person, or the visitor who reported it. */
    verifiedBy: z.enum(['data', 'person', 'reporter']).optional(),
    /** How often the fault came back within 24 hours of the work being done or the order closed. */
    repeats: z.int().nonnegative(),
  })
  .meta({ id: 'WorkOrder' })
export type WorkOrder = z.infer<typeof workOrderSchema>

/** Something built in or used up; a negative quantity takes an earlier line back. */
export const partSchema = z.object({
  name: z.string().trim().min(1).max(80),
  quantity: z
    .int()
    .min(-99)
    .max(99)
    .refine(quantity => quantity !== 0, 'expected a number other than 0'),
  /** Price of one, in fen (1/100 yuan). */
  unitCostFen: z.int().min(0).max(100_000_000),
})
export type Part = z.infer<typeof partSchema>

/** What a photo of an order shows: how it was found, or how it was left. */
export const PHOTO_MOMENTS = ['before', 'after'] as const
export type PhotoMoment = (typeof PHOTO_MOMENTS)[number]

/** An act that waited longer on a phone says nothing about when it was made. */
export const MAX_ACT_AGE_MS = 14 * 24 * 3_600_000

/** One step of a work order's history; never changed, never removed. */
export const workOrderStepSchema = z.object({
  seq: z.int().positive(),
  act: z.enum(WORK_ORDER_ACTS),
  at: instantSchema,
  /** Login; absent: the system itself. */
  actor: z.string().optional(),
  actorName: z.string().optional(),
  from: z.enum(WORK_ORDER_STATES).optional(),
  to: z.enum(WORK_ORDER_STATES),
  note: z.string().optional(),
  because: z.enum(WORK_ORDER_REASONS).optional(),
  /** Of `assign`: to whom. */
  assigneeName: z.string().optional(),
  /** Of `escalate`. */
  level: z.enum(ESCALATION_LEVELS).optional(),
  /** Of `regrade`, and of a `create`. */
  severity: z.enum(SEVERITIES).optional(),
  /** Of `join`: an alert, or a visitor's report. */
  joined: z.enum(['alert', 'report']).optional(),
  /** Of `promise`; absent: taken back. */
  promisedAt: instantSchema.optional(),
  part: partSchema.optional(),
  /** Of `photo`: its address, and what it shows. */
  photo: z.string().optional(),
  moment: z.enum(PHOTO_MOMENTS).optional(),
  /** When it was pressed on a phone without network; `at` is when the server heard of it. Absent: at once. */
  madeAt: instantSchema.optional(),
})
export type WorkOrderStep = z.infer<typeof workOrderStepSchema>

export const workOrderListSchema = z
  .object({
    at: instantSchema,
    orders: z.array(workOrderSchema),
    /** Ask again with `after` set to this for the orders that follow; absent: there are none. */
    next: z.string().optional(),
  })
  .meta({ id: 'WorkOrderList' })
export type WorkOrderList = z.infer<typeof workOrderListSchema>

/** One work order with its whole life. */
export const workOrderDetailSchema = workOrderSchema
  .extend({
    /** Oldest first; at most the last 500. */
    history: z.array(workOrderStepSchema),
    /** The alerts of it, newest first, at most 20. */
    alerts: z.array(
      z.object({ id: z.string(), rule: z.string(), state: z.enum(ALERT_STATES), raisedAt: instantSchema }),
    ),
    /** A fault of it stands: to verify it takes a reason. Absent: no alert speaks of it. */
    faultStands: z.boolean().optional(),
    /** What the caller may do now. */
    may: z.array(z.enum(WORK_ORDER_ACTS)),
    /** All lines together, in fen. */
    costFen: z.int(),
    /** WGS-84: the way there. */
    latDeg: z.number(),
    lngDeg: z.number(),
    addressZh: z.string().optional(),
    addressEn: z.string().optional(),
    /** Of the station: map services ask for it. */
    districtNameZh: z.string(),
    /** Of the appliance, as on its label. */
    assetTag: z.string().optional(),
    /** Addresses of pictures, oldest first. */
    photos: z.array(z.string()),
  })
  .meta({ id: 'WorkOrderDetail' })
export type WorkOrderDetail = z.infer<typeof workOrderDetailSchema>

const textSchema = z.string().trim().min(1).max(500)
const requestKeySchema = z.string().regex(/^[0-9a-f]{32}$/)

/** POST /api/v1/work-orders: for an alert, or of something that a person saw. */
export const workOrderRequestSchema = z.union([
  z.strictObject({ alert: z.string().min(1).max(100) }),
  /** Of what a visitor said; the visitor reads what becomes of it. A report that is in an order keeps it. */
  z.strictObject({
    report: idSchema,
    severity: z.enum(SEVERITIES),
    title: z.string().trim().min(1).max(120),
  }),
  z.strictObject({
    station: idSchema,
    appliance: idSchema.optional(),
    severity: z.enum(SEVERITIES),
    title: z.string().trim().min(1).max(120),
    note: textSchema.optional(),
    /** Login of who is to do it; absent: whoever is proposed. */
    assignee: z.string().min(1).max(80).optional(),
    /** Made by the page, 128 random bits in hex: the same order asked for again, after a lost answer, is one. */
    key: requestKeySchema.optional(),
  }),
])
export type WorkOrderRequest = z.infer<typeof workOrderRequestSchema>

/** What every act carries. */
const seen = {
  /** What the person saw: an act on an older one is answered with 409 that says who did what. */
  revision: z.int().positive(),
  /** Made by the phone, 128 random bits in hex: the same act sent twice, after a lost answer, is done once. */
  key: requestKeySchema.optional(),
  /** When the person pressed, by the phone's clock as the server set it, if the act waited for a network. */
  madeAt: instantSchema.optional(),
}

/** POST /api/v1/work-orders/{id}/acts. Notes and parts add to what is there, so that theirs may be an old revision. */
export const workOrderActSchema = z.discriminatedUnion('act', [
  z.strictObject({ ...seen, act: z.literal('assign'), assignee: z.string().min(1).max(80) }),
  z.strictObject({ ...seen, act: z.enum(['accept', 'arrive', 'resume']) }),
  z.strictObject({ ...seen, act: z.enum(['finish', 'verify']), note: textSchema.optional() }),
  z.strictObject({ ...seen, act: z.enum(['reopen', 'cancel', 'pause', 'note']), note: textSchema }),
  z.strictObject({ ...seen, act: z.literal('promise'), promisedAt: instantSchema.nullable() }),
  z.strictObject({ ...seen, act: z.literal('part'), part: partSchema }),
])
export type WorkOrderActRequest = z.infer<typeof workOrderActSchema>

/** Who could do an order, the best first; `excluded` says why somebody would not be proposed. */
export const workOrderCandidatesSchema = z
  .object({
    people: z
      .array(
        z.object({
          login: z.string(),
          name: z.string(),
          because: assignmentReasonSchema,
          excluded: z.enum(['off_shift', 'no_skill', 'too_much_work']).optional(),
        }),
      )
      .max(200),
  })
  .meta({ id: 'WorkOrderCandidates' })
export type WorkOrderCandidates = z.infer<typeof workOrderCandidatesSchema>

/** POST /api/v1/crews/{id}: a crew as it is from now on. */
export const crewRequestSchema = z.strictObject({
  name: z.string().trim().min(1).max(80),
  /** Where it works. */
  districts: z.array(districtSchema).min(1).max(100),
  /** What it can repair; empty: everything. */
  skills: z.array(z.enum(APPLIANCE_KINDS)).max(APPLIANCE_KINDS.length),
  /** When it works, in OpenStreetMap `opening_hours` syntax; absent: always. */
  shift: z.string().max(500).optional(),
  /** Login: told first when an order is late. */
  lead: z.string().min(1).max(80).optional(),
  /** Logins. */
  members: z.array(z.string().min(1).max(80)).max(100),
  /** Where its people start from, WGS-84. */
  base: z.object({ latDeg: z.number().min(-90).max(90), lngDeg: z.number().min(-180).max(180) }).optional(),
})
export type CrewRequest = z.infer<typeof crewRequestSchema>

export const crewSchema = crewRequestSchema
  .extend({ id: idSchema, members: z.array(z.object({ login: z.string(), name: z.string() })) })
  .meta({ id: 'Crew' })
export type Crew = z.infer<typeof crewSchema>

/** GET /api/v1/crew-people: who can be in a crew. */
export const crewPeopleSchema = z
  .object({
    people: z
      .array(
        z.object({ login: z.string(), name: z.string(), role: z.enum(['maintainer', 'manager', 'administrator']) }),
      )
      .max(2_000),
  })
  .meta({ id: 'CrewPeople' })
export type CrewPeople = z.infer<typeof crewPeopleSchema>

export const crewListSchema = z.object({ crews: z.array(crewSchema) }).meta({ id: 'CrewList' })
export type CrewList = z.infer<typeof crewListSchema>
