import { parseArgs } from 'node:util'
import { z } from 'zod'
import { SimulatorsError } from '../errors.ts'

export const CITY_USAGE =
  'usage: npm run -s city -- [--season summer|winter] [--days 21] [--stations 48] [--seed TEXT] [--faults] [--demo] [--step 5]'

const optionsSchema = z.object({
  season: z.enum(['summer', 'winter']).default('summer'),
  days: z.coerce.number().positive().max(366).default(21),
  stations: z.coerce.number().int().min(1).max(48).default(48),
  seed: z.string().min(1).default('city'),
  faults: z.boolean().default(false),
  demo: z.boolean().default(false),
  /** Seconds between two moments that are reckoned. */
  step: z.coerce.number().min(1).max(10).default(5),
})
export type CityOptions = z.infer<typeof optionsSchema>

/** @throws SimulatorsError SIMULATORS_CITY_UNUSABLE with the usage. */
export function parseCityOptions(args: readonly string[]): CityOptions {
  try {
    const text = { type: 'string' } as const
    const flag = { type: 'boolean' } as const
    const options = { season: text, days: text, stations: text, seed: text, step: text, faults: flag, demo: flag }
    return optionsSchema.parse(parseArgs({ args: [...args], options, strict: true }).values)
  } catch (cause) {
    throw new SimulatorsError('SIMULATORS_CITY_UNUSABLE', CITY_USAGE, { cause })
  }
}
