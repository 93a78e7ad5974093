import { z } from 'zod'
import { stationViewSchema } from './api.ts'
import { instantSchema } from './instant.ts'
import { publicNoticeSchema } from './notices.ts'

/** GET /api/v1/displays/{station}?key=…: what a screen in the station shows. It reads, and can do nothing else. */
export const displaySchema = z
  .object({
    at: instantSchema,
    timeZone: z.string(),
    station: stationViewSchema,
    notices: z.array(publicNoticeSchema).max(20),
    /** Outside; absent: not known, or older than three hours. */
    outdoorC: z.number().optional(),
    /** The warning of heat that stands. */
    heatSignal: z.enum(['yellow', 'orange', 'red']).optional(),
  })
  .meta({ id: 'Display' })
export type Display = z.infer<typeof displaySchema>

/** GET /api/v1/stations/{id}/display: where its display is opened. */
export const displayAddressSchema = z.object({ url: z.string() }).meta({ id: 'DisplayAddress' })
