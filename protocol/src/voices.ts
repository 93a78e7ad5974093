import { z } from 'zod'
import { FEEDBACK_TOPICS } from './feedback.ts'
import { districtSchema, idSchema } from './ids.ts'
import { instantSchema } from './instant.ts'
import { dateSchema } from './opening-plan.ts'

/** Weeks that a trend goes back: half a year. */
export const VOICE_WEEKS = 26

const countSchema = z.int().nonnegative()
/** The mean of stars that count, absent where nobody rated: that is no zero. */
const starsSchema = z.number().min(1).max(5).optional()

/** GET /api/v1/voices: what visitors said in the last 26 weeks, by theme, week and place. */
export const voicesReportSchema = z
  .object({
    at: instantSchema,
    /** The Monday that the first week begins with. */
    from: dateSchema,
    total: countSchema,
    open: countSchema,
    themes: z.array(z.object({ topic: z.enum(FEEDBACK_TOPICS), count: countSchema, open: countSchema })),
    /** First replies; thanks need none. */
    replies: z.object({
      /** Had a reply, or were closed by a person, by the end of the next working day. */
      inTime: countSchema,
      late: countSchema,
      /** Have none, and still have time. */
      waiting: countSchema,
    }),
    weeks: z.array(z.object({ monday: dateSchema, count: countSchema, rated: countSchema, stars: starsSchema })),
    /** Those with most reports first, at most 200. */
    places: z.array(
      z.object({
        station: idSchema,
        nameZh: z.string(),
        nameEn: z.string(),
        district: districtSchema,
        count: countSchema,
        open: countSchema,
        rated: countSchema,
        stars: starsSchema,
      }),
    ),
  })
  .meta({ id: 'VoicesReport' })
export type VoicesReport = z.infer<typeof voicesReportSchema>
