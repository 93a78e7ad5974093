import { z } from 'zod'

/** Why a day's hours differ from the week's. `make_up_workday`: a Saturday or Sunday worked for a long holiday (调休). */
export const SPECIAL_DAY_KINDS = ['holiday', 'make_up_workday', 'season', 'heat', 'closure', 'notice'] as const

/** A day of the stations' own calendar, as 2026-10-01. */
export const dateSchema = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/)
  .meta({ example: '2026-10-01' })

/**
 * A stretch in which a station is open: minutes since the day's midnight, `[from, to)`. `to` may be up to 2,880: it closes
 * on the day after.
 */
export const openStretchSchema = z.object({
  from: z.int().min(0).max(1_439),
  to: z.int().min(1).max(2_880),
  /** Nobody is there: a code, a card or a lock lets people in. */
  unstaffed: z.boolean().optional(),
})
export type OpenStretch = z.infer<typeof openStretchSchema>

/**
 * A station's posted hours, worked out day by day, so that a phone without network can tell what is open. It says the same
 * as the `opening_hours` text that it was made of, from `validFrom` to `validUntil`, and nothing outside of them.
 */
export const hoursPlanSchema = z
  .object({
    validFrom: dateSchema,
    /** The last day it holds for. */
    validUntil: dateSchema,
    /** Monday first. */
    week: z.array(z.array(openStretchSchema).max(12)).length(7),
    /** Days that differ from the week, sorted. */
    special: z
      .array(
        z.object({ date: dateSchema, kind: z.enum(SPECIAL_DAY_KINDS), stretches: z.array(openStretchSchema).max(12) }),
      )
      .max(120),
  })
  .meta({ id: 'HoursPlan' })
export type HoursPlan = z.infer<typeof hoursPlanSchema>
