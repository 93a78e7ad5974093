import { z } from 'zod'
import { districtSchema, idSchema } from './ids.ts'
import { instantSchema } from './instant.ts'
import { dateSchema } from './opening-plan.ts'

/**
 * Why hours are other than the posted ones for some days: a heat wave or cold spell, a closure, a season's hours, or any
 * other notice. Holidays are not among them: they come from the calendar.
 */
export const HOURS_CHANGE_KINDS = ['heat', 'closure', 'season', 'notice'] as const

const reasonSchema = z.string().trim().min(1).max(300)

/** POST /api/v1/hours-changes: from midnight of `from` to midnight after `to`, a station's or a whole district's. */
export const hoursChangeRequestSchema = z
  .object({
    /** Either this or `district`. */
    station: idSchema.optional(),
    district: districtSchema.optional(),
    kind: z.enum(HOURS_CHANGE_KINDS),
    from: dateSchema,
    /** The last day. */
    to: dateSchema,
    /** OpenStreetMap `opening_hours` syntax; absent: closed. A closure has none, every other kind has them. */
    hours: z.string().trim().min(1).max(500).optional(),
    reasonZh: reasonSchema,
    reasonEn: reasonSchema,
  })
  .meta({ id: 'HoursChangeRequest' })
export type HoursChangeRequest = z.infer<typeof hoursChangeRequestSchema>

/** One change of hours. A station's own stands above its district's, and of two of the same reach the newer one holds. */
export const hoursChangeSchema = z
  .object({
    id: z.string(),
    station: idSchema.optional(),
    district: districtSchema,
    kind: z.enum(HOURS_CHANGE_KINDS),
    from: dateSchema,
    to: dateSchema,
    hours: z.string().optional(),
    reasonZh: z.string(),
    reasonEn: z.string(),
    createdAt: instantSchema,
    /** Name of the person. */
    createdBy: z.string(),
    /** Ended or taken back before `to` was over. */
    endedAt: instantSchema.optional(),
    endedBy: z.string().optional(),
  })
  .meta({ id: 'HoursChange' })
export type HoursChange = z.infer<typeof hoursChangeSchema>

export const hoursChangeListSchema = z
  .object({ at: instantSchema, changes: z.array(hoursChangeSchema) })
  .meta({ id: 'HoursChangeList' })
