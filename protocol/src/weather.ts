import { z } from 'zod'
import { districtSchema } from './ids.ts'
import { instantSchema } from './instant.ts'
import { dateSchema } from './opening-plan.ts'

/** Colours of public weather warnings, the weakest first (CMA Order 16 of 2007, 气象灾害预警信号发布与传播办法). */
export const WARNING_SIGNALS = ['blue', 'yellow', 'orange', 'red'] as const
export type WarningSignal = (typeof WARNING_SIGNALS)[number]

/** What a warning is of; `heat` is what stations are kept open longer for. */
export const WARNING_KINDS = ['heat', 'cold', 'rainstorm', 'thunder', 'wind', 'fog', 'ice', 'other'] as const

/**
 * A public warning. Of heat (CMA Order 16, annex): yellow: daily maxima of 35 °C and more are expected on three days running; orange: above
 * 37 °C within 24 h; red: above 40 °C within 24 h.
 */
export const weatherWarningSchema = z.object({
  signal: z.enum(WARNING_SIGNALS),
  kind: z.enum(WARNING_KINDS),
  from: instantSchema,
  to: instantSchema,
  /** Who said so. */
  source: z.string().trim().min(1).max(120),
})
export type WeatherWarning = z.infer<typeof weatherWarningSchema>

/** Outside air that is credible in the shade anywhere in China, in °C: below the record lows and above the record highs. */
const outdoorSchema = z.number().min(-60).max(60)

/** `harbor/v1/{district}/weather`, retained: the weather of a district as it is now. Without `warning` there is none. */
export const weatherSchema = z.object({
  at: instantSchema,
  outdoorC: outdoorSchema,
  /** Forecast, or reached already. */
  maxTodayC: outdoorSchema.optional(),
  warning: weatherWarningSchema.optional(),
})
export type Weather = z.infer<typeof weatherSchema>

/** POST /api/v1/weather: typed in by whoever governs the district. */
export const weatherRequestSchema = weatherSchema
  .omit({ at: true })
  .extend({ district: districtSchema })
  .meta({ id: 'WeatherRequest' })
export type WeatherRequest = z.infer<typeof weatherRequestSchema>

/** A district's weather as last told. */
export const districtWeatherSchema = weatherSchema.extend({
  district: districtSchema,
  /** Name of who typed it in; absent: it came over the topic. */
  typedBy: z.string().optional(),
  /** Older than three hours: shown with its age, and no temperature is taken from it. A warning holds until its end. */
  isStale: z.boolean(),
})
export type DistrictWeather = z.infer<typeof districtWeatherSchema>

/** GET /api/v1/weather: of the districts within the asker's scope that have any. */
export const weatherListSchema = z
  .object({ at: instantSchema, districts: z.array(districtWeatherSchema) })
  .meta({ id: 'WeatherList' })

/** The highest and lowest told of a day, by the stations' clock. */
export const weatherDaySchema = z.object({
  district: districtSchema,
  date: dateSchema,
  maxC: z.number(),
  minC: z.number(),
})
