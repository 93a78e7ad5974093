import { APPLIANCE_KINDS, type ApplianceKind, errorText } from '@harbor/protocol'
import type { Logger } from 'pino'
import { z } from 'zod'
import { readIfThere, writeIfChanged } from './fleet/atomic-file.ts'
import { createRandom, uniform } from './random.ts'

const countsSchema = z.record(z.string(), z.record(z.enum(APPLIANCE_KINDS), z.number().nonnegative()))

/** Energy counts of each station's plugs in Wh. */
export type MeterCounts = z.infer<typeof countsSchema>

/** The counts kept by the last run; empty when there are none, or none that can be read. */
export async function readMeters(file: string, log: Logger): Promise<MeterCounts> {
  try {
    const text = await readIfThere(file)
    return text === undefined ? {} : countsSchema.parse(JSON.parse(text))
  } catch (error) {
    // Plugs then start over from a count of their own: what a replaced plug does, and consumers must bear.
    log.warn({ file, error: errorText(error) }, 'the kept energy counts cannot be read')
    return {}
  }
}

export function writeMeters(file: string, counts: MeterCounts): Promise<void> {
  return writeIfChanged(file, `${JSON.stringify(counts)}\n`, 0o600)
}

/** What a plug of a station that has run for a while shows: some tens to hundreds of kWh. */
export function firstCounts(seed: string): Record<ApplianceKind, number> {
  const random = createRandom(seed)
  return {
    fridge: uniform(random, 40_000, 160_000),
    air_conditioner: uniform(random, 200_000, 900_000),
    microwave: uniform(random, 30_000, 200_000),
    water_dispenser: uniform(random, 60_000, 300_000),
  }
}
