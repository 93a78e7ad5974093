import { z } from 'zod'
import { SEVERITIES } from './alerts.ts'
import { districtSchema, idSchema } from './ids.ts'
import { instantSchema } from './instant.ts'

/**
 * Where a work order stands: open → assigned → accepted → on_site → done → verified. `reopen` leads back from done or
 * verified to open, `cancel` ends it from any state but verified.
 */
export const WORK_ORDER_STATES = ['open', 'assigned', 'accepted', 'on_site', 'done', 'verified', 'cancelled'] as const
export type WorkOrderState = (typeof WORK_ORDER_STATES)[number]

/** What it came from. */
export const WORK_ORDER_SOURCES = ['alert', 'feedback', 'plan', 'checklist', 'person'] as const

/** What a person or the system does to a work order. `pause`: its clock stands, with a reason; `promise`: when it will be done. */
export const WORK_ORDER_ACTS = [
  'create',
  'join',
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
  'escalate',
] as const
export type WorkOrderAct = (typeof WORK_ORDER_ACTS)[number]

export const workOrderSchema = z
  .object({
    id: z.string(),
    station: idSchema,
    district: districtSchema,
    appliance: idSchema.optional(),
    source: z.enum(WORK_ORDER_SOURCES),
    /** The alert that it repairs: one order for one alert, however often the fault comes and goes. */
    alert: z.string().optional(),
    /** Keys of nobody: how many reports of visitors it answers. */
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
    /** Why this person: area, skill, load, distance. */
    assignedBecause: z.string().optional(),
    /** By when somebody is to be on site, and by when it is to be done: by severity and the station's hours, pauses added. */
    respondBy: instantSchema,
    doneBy: instantSchema,
    /** What the public is told: when it will work again. */
    promisedAt: instantSchema.optional(),
    pausedSince: instantSchema.optional(),
    pauseReason: z.string().optional(),
    doneAt: instantSchema.optional(),
    verifiedAt: instantSchema.optional(),
    /** `data`: the readings show it; else by a person, or the visitor who reported it. */
    verifiedBy: z.enum(['data', 'person', 'reporter']).optional(),
  })
  .meta({ id: 'WorkOrder' })
export type WorkOrder = z.infer<typeof workOrderSchema>

/** One step of a work order's history; never changed, never removed. */
export const workOrderStepSchema = z.object({
  seq: z.int().positive(),
  act: z.enum(WORK_ORDER_ACTS),
  at: instantSchema,
  /** Login; absent: the system itself. */
  actor: z.string().optional(),
  from: z.enum(WORK_ORDER_STATES).optional(),
  to: z.enum(WORK_ORDER_STATES),
  note: z.string().optional(),
})
export type WorkOrderStep = z.infer<typeof workOrderStepSchema>
