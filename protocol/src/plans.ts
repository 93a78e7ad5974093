import { z } from 'zod'
import { SEVERITIES } from './alerts.ts'
import { calendarDaySchema } from './assets.ts'
import { districtSchema, idSchema } from './ids.ts'
import { instantSchema } from './instant.ts'
import { APPLIANCE_KINDS } from './registry.ts'

/**
 * What can be counted of an appliance: how often it was started, for how many hours it ran, how many kWh it took, by its plug's
 * readings; how many litres it gave, by a water meter on it (metric `volume`). What no device of it measures stays 0.
 */
export const USAGE_METERS = ['starts', 'run_hours', 'energy_kwh', 'volume_l'] as const
export type UsageMeter = (typeof USAGE_METERS)[number]

/** What a plan is for: one appliance, or all of a kind, of a model, of a district or a station that are in service. */
export const planTargetSchema = z.union([
  z.strictObject({ appliance: idSchema }),
  z.strictObject({
    kind: z.enum(APPLIANCE_KINDS),
    model: z.string().trim().min(1).max(80).optional(),
    district: districtSchema.optional(),
    station: idSchema.optional(),
  }),
])
export type PlanTarget = z.infer<typeof planTargetSchema>

/** When work of a plan is due. */
export const planScheduleSchema = z.discriminatedUnion('by', [
  z.strictObject({
    by: z.literal('calendar'),
    /** RFC 5545 without DTSTART: FREQ=MONTHLY;BYMONTHDAY=-1 is the last day of each month. Days, not hours. */
    rrule: z
      .string()
      .max(300)
      .regex(
        /^FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY)(;[A-Z]+=[A-Z0-9,+-]+)*$/,
        'expected a rule such as FREQ=MONTHLY;BYMONTHDAY=-1',
      ),
    /** The first day that counts. */
    from: calendarDaySchema,
    /** The order is made so many days before. */
    leadDays: z.int().min(0).max(60),
  }),
  z.strictObject({ by: z.literal('usage'), meter: z.enum(USAGE_METERS), every: z.number().positive().max(1_000_000) }),
  /** When an alert of this rule is open. */
  z.strictObject({ by: z.literal('condition'), rule: z.string().min(1).max(60) }),
])
export type PlanSchedule = z.infer<typeof planScheduleSchema>

/** POST /api/v1/plans. */
export const planRequestSchema = z.strictObject({
  title: z.string().trim().min(1).max(120),
  /** What is to be done: stands in each order. */
  note: z.string().trim().min(1).max(500).optional(),
  severity: z.enum(SEVERITIES).default('P3'),
  target: planTargetSchema,
  schedule: planScheduleSchema,
})
export type PlanRequest = z.input<typeof planRequestSchema>

/** How far an appliance is from its next work by usage. */
export const usageProgressSchema = z.object({
  appliance: idSchema,
  assetTag: z.string(),
  station: idSchema,
  stationNameZh: z.string(),
  stationNameEn: z.string(),
  /** Since the work that was due last. */
  used: z.number().nonnegative(),
})
export type UsageProgress = z.infer<typeof usageProgressSchema>

export const planSchema = z
  .object({
    id: z.string(),
    title: z.string(),
    note: z.string().optional(),
    severity: z.enum(SEVERITIES),
    target: planTargetSchema,
    schedule: planScheduleSchema,
    createdAt: instantSchema,
    createdBy: z.string(),
    /** Since when it makes no orders; absent: it does. */
    pausedAt: instantSchema.optional(),
    /** How many appliances it is for now. */
    targets: z.int().nonnegative(),
    /** Of `calendar`: the next day, from today on; absent: none is left, or it is paused. */
    nextDue: calendarDaySchema.optional(),
    /** Of `usage`: the five that are due first. */
    nearest: z.array(usageProgressSchema).optional(),
    /** Orders of it that are not closed, and all that were made. */
    openOrders: z.int().nonnegative(),
    madeOrders: z.int().nonnegative(),
    mayChange: z.boolean(),
  })
  .meta({ id: 'Plan' })
export type Plan = z.infer<typeof planSchema>

export const planListSchema = z.object({ at: instantSchema, plans: z.array(planSchema) }).meta({ id: 'PlanList' })
export type PlanList = z.infer<typeof planListSchema>

/** POST /api/v1/plans/preview: what a plan would be for, before it is made. */
export const planPreviewSchema = z
  .object({
    targets: z.int().nonnegative(),
    /** Of `calendar`: the next five days. */
    dates: z.array(calendarDaySchema),
  })
  .meta({ id: 'PlanPreview' })
export type PlanPreview = z.infer<typeof planPreviewSchema>
