import { z } from 'zod'
import { idSchema } from './ids.ts'
import { METRIC_NAMES, type Metric } from './metrics.ts'

/**
 * What a gateway cuts a plug for. `overrun`: it drew power longer than its appliance's longest program; `overcurrent`: more
 * than it is rated for; `overheat`: the plug itself is too hot; `leak`, `smoke`: a sensor said so.
 */
export const SAFETY_CAUSES = ['overrun', 'overcurrent', 'overheat', 'leak', 'smoke'] as const
export type SafetyCause = (typeof SAFETY_CAUSES)[number]

const holdMsSchema = z
  .int()
  .min(0)
  .max(24 * 3_600_000)

/**
 * A device's limits, as far as its config sets them apart from the defaults of its appliance's kind. Every number is the
 * last good value: beyond it counts.
 */
export const safetyLimitsSchema = z.strictObject({
  /** False: nothing ever cuts this plug, it is only reported. Default true. */
  mayCut: z.boolean().optional(),
  /** Of the plug or its circuit, whichever is less, in A. */
  ratedCurrentA: z.number().positive().max(63).optional(),
  /** How long the current may be at or above the rating before it is cut: a motor's start is not an overload. */
  overcurrentHoldMs: holdMsSchema.optional(),
  /** Inside the plug, in Cel. */
  plugTemperatureC: z.number().min(40).max(120).optional(),
  /** How long it may be above that. */
  overheatHoldMs: holdMsSchema.optional(),
  /** The longest that it may draw more than this; null: as long as it likes. */
  overrun: z
    .strictObject({
      aboveW: z.number().positive().max(50_000),
      forMs: z
        .int()
        .min(1_000)
        .max(24 * 3_600_000),
    })
    .nullable()
    .optional(),
  /** Whether smoke in the station cuts it. */
  cutOnSmoke: z.boolean().optional(),
  /** Of a leak sensor: the plugs that a leak cuts. Default: those of its appliance, or of every water dispenser. */
  cutsOnLeak: z.array(idSchema).max(20).optional(),
})
export type SafetyLimits = z.infer<typeof safetyLimitsSchema>

/**
 * How far a cut has come. `warning`: nothing is cut (the current is near the rating, or nothing may or can be cut);
 * `cutting`: the order is out; `cut`: the plug said that it is off; `unconfirmed`: it has not said so for 10 s, or draws power
 * all the same, and is told again and again; `on-again`: somebody switched it on at the plug after the cause had gone.
 */
export const SAFETY_PHASES = ['warning', 'cutting', 'cut', 'unconfirmed', 'on-again'] as const
export type SafetyPhase = (typeof SAFETY_PHASES)[number]

/**
 * One plug that its gateway cut, or warns of. All that stand are in each of the gateway's statuses, which are retained and
 * repeated; a cut stands until a person resets it, so none can be lost on the way.
 */
export const safetyEventSchema = z.object({
  /** The plug; of a sensor's word that could cut nothing, the sensor. */
  device: idSchema,
  cause: z.enum(SAFETY_CAUSES),
  phase: z.enum(SAFETY_PHASES),
  severity: z.enum(['P0', 'P1', 'P2']),
  /** Whether the cause still stands: a reset is refused until it has gone. */
  isStanding: z.boolean(),
  /** What was seen: `metric` of `source` was beyond `threshold` from `fromMs` on, and `observed` at `atMs`. */
  source: idSchema,
  metric: z.enum(METRIC_NAMES as [Metric, ...Metric[]]),
  threshold: z.number(),
  observed: z.number(),
  fromMs: z.int().nonnegative(),
  /** When it was cut, or the warning began. */
  atMs: z.int().nonnegative(),
  /** How often it was cut again because somebody switched it on while the cause stood. */
  recuts: z.int().nonnegative(),
})
export type SafetyEvent = z.infer<typeof safetyEventSchema>
