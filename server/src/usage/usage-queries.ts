import {
  MAX_USAGE_ROWS,
  OPENING_TRUTHS,
  USAGE_COMPARISONS,
  USAGE_FIGURES,
  USAGE_GROUPS,
  dateSchema,
  idSchema,
  regionCodeSchema,
} from '@harbor/protocol'
import { z } from 'zod'

/** Who may see figures of use: those who govern, and those who keep stations. */
export const MAY_SEE = ['manager', 'administrator', 'maintainer', 'keeper'] as const
/** Who may change them. */
export const MAY_SET = ['manager', 'administrator'] as const

export const period = { region: regionCodeSchema.optional(), from: dateSchema, to: dateSchema }
export const periodSchema = z.object(period)
export const reportQuerySchema = z.object({
  ...period,
  by: z.enum(USAGE_GROUPS).default('none'),
  compare: z.enum(USAGE_COMPARISONS).default('none'),
  rank: z.enum(USAGE_FIGURES).default('visits'),
  limit: z.coerce.number().int().min(1).max(MAX_USAGE_ROWS).default(500),
})
export const energyQuerySchema = reportQuerySchema.extend({ rank: z.enum(USAGE_FIGURES).default('energyKWh') })
export const truthQuerySchema = z.object({
  ...period,
  by: z.enum(['none', 'station', 'street', 'district']).default('none'),
})
export const heatMapQuerySchema = periodSchema.extend({ station: idSchema.optional() })
export const truthDaysQuerySchema = periodSchema.extend({
  state: z.enum(OPENING_TRUTHS).optional(),
  station: idSchema.optional(),
})
/** Of one station. */
export const stationDaysQuerySchema = z.object({ station: idSchema, from: dateSchema, to: dateSchema })
