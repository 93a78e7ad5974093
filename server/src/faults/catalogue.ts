import { APPLIANCE_KINDS, HarborError, METRIC_NAMES, type Metric, SEVERITIES, issueText } from '@harbor/protocol'
import { z } from 'zod'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

const durationMsSchema = z.int().positive()
const textSchema = z.object({ zh: z.string().min(1), en: z.string().min(1) })

/** The values that count: those strictly above, or strictly below, a limit in the metric's unit. */
const limitShape = { beyond: z.enum(['above', 'below']), threshold: z.number() }

/** True once every value for `holdMs` was beyond the limit. */
const heldSchema = z.object({ ...limitShape, holdMs: durationMsSchema })

/** As above, and put off while the value moves back towards the limit by at least `by` (in its unit) in `withinMs`. */
const raiseSchema = heldSchema.extend({
  unlessRecovering: z.object({ by: z.number().positive(), withinMs: durationMsSchema }).optional(),
})

/** One metric of one device stays beyond a limit for long enough. */
const sustainedSchema = z.object({
  kind: z.literal('sustained'),
  metric: z.enum(METRIC_NAMES as [Metric, ...Metric[]]),
  /** Any one of them raises the fault, with this severity. */
  raise: z.array(raiseSchema).min(1).max(8),
  severity: z.enum(SEVERITIES),
  /** What makes a fault that was raised worse. */
  escalate: z.array(heldSchema.extend({ severity: z.enum(SEVERITIES) })).max(4),
  clear: heldSchema,
  /** A single wrong value is passed over where three readings lie within this; see judgeSustained. */
  smoothMs: durationMsSchema,
  /** After a silence longer than this nothing is known of the time between: holds start anew, a raised fault stays. */
  maxGapMs: durationMsSchema,
  /**
   * A time scale makes `maxGapMs` no shorter than this: the scale quickens the physics, and not the network or the sensor's own
   * report interval.
   */
  minGapMs: durationMsSchema,
  /** Readings may arrive out of order by as much as this; each is judged once one this much newer is there. */
  latenessMs: durationMsSchema,
})

/**
 * One rule: what it watches, from when it is a fault, and what a person does first. `detector` says how it is watched; a
 * further way of watching is a further kind of detector, with its own fields.
 */
export const faultRuleSchema = z.object({
  id: z.string().regex(/^[a-z0-9_]{1,60}$/),
  /** Grows with every change of a number, and is kept with each alert. */
  version: z.int().positive(),
  applianceKind: z.enum(APPLIANCE_KINDS),
  name: textSchema,
  /** What a person should look at before anything is ordered or taken apart, most likely cause first. */
  checkFirst: z.array(textSchema).min(1),
  /** Where the numbers come from. */
  source: z.string().min(1),
  detector: z.discriminatedUnion('kind', [sustainedSchema]),
})

export type FaultRule = z.infer<typeof faultRuleSchema>
export type SustainedDetector = z.infer<typeof sustainedSchema>

/** A rule that contradicts itself or its schema: `code` is FAULT_CATALOGUE_INVALID, the message names the rule and the field. */
export class FaultCatalogueError extends HarborError<'FAULT_CATALOGUE_INVALID'> {
  constructor(message: string) {
    super('FAULT_CATALOGUE_INVALID', message)
    this.name = 'FaultCatalogueError'
  }
}

/**
 * Rules that can be run: of the right shape, each id once, and none that contradicts itself.
 *
 * @throws FaultCatalogueError naming the rule and what is wrong with it.
 */
export function parseCatalogue(rules: unknown): readonly FaultRule[] {
  const parsed = z.array(faultRuleSchema).safeParse(rules)
  if (!parsed.success) throw new FaultCatalogueError(`fault catalogue: ${issueText(parsed.error)}`)
  const seen = new Set<string>()
  for (const rule of parsed.data) {
    const problem = seen.has(rule.id) ? 'its id is taken by another rule' : contradiction(rule.detector)
    if (problem !== undefined) throw new FaultCatalogueError(`fault catalogue: ${rule.id}: ${problem}`)
    seen.add(rule.id)
  }
  return parsed.data
}

function contradiction({ raise, escalate, clear, maxGapMs }: SustainedDetector): string | undefined {
  for (const { beyond, threshold, holdMs, unlessRecovering } of raise) {
    // Otherwise one value could raise and clear at once, and the fault would flap.
    const apart = beyond === 'above' ? clear.threshold <= threshold : clear.threshold >= threshold
    if (beyond === clear.beyond || !apart) return 'clear: expected on the other side of every limit that raises'
    if (unlessRecovering !== undefined && unlessRecovering.withinMs > holdMs)
      return 'raise: unlessRecovering looks back further than the hold'
  }
  // Otherwise two readings at the ends of a silence would make a hold.
  if ([...raise, ...escalate, clear].some(({ holdMs }) => holdMs < maxGapMs)) return 'maxGapMs: longer than a hold'
  return undefined
}

const FRIDGE_TOO_WARM = {
  id: 'fridge_too_warm',
  version: 1,
  applianceKind: 'fridge',
  name: { zh: '冰箱温度过高', en: 'Fridge too warm' },
  checkFirst: [
    { zh: '冰箱门是否关严，门封是否破损', en: 'Is the door shut, and is its seal whole?' },
    { zh: '插座是否通电，智能插座是否被关闭', en: 'Is there power, and is the smart plug switched on?' },
    { zh: '温控旋钮是否被调到低档或关闭', en: 'Is the thermostat turned down or off?' },
    {
      zh: '压缩机是否启动，背后散热片是否积灰或被遮挡',
      en: 'Does the compressor start, and is the condenser free of dust?',
    },
    {
      zh: '食物可能已变质：超过 8 ℃ 两小时以上的请丢弃',
      en: 'Food may be spoilt: throw away what was above 8 °C for over 2 h',
    },
  ],
  source:
    'Workers’ harbor domain notes, rule F1: own model of a healthy small fridge reaches 40 min above 8 °C and 28 min above 10 °C ' +
    'under heavy summer use; chilled food is kept at 0 to 8 °C (GB 31654-2021); food above 4 °C for over 2 h is discarded (USDA).',
  detector: {
    kind: 'sustained',
    metric: 'temperature',
    raise: [
      { beyond: 'above', threshold: 8, holdMs: 60 * MINUTE_MS },
      { beyond: 'above', threshold: 10, holdMs: 45 * MINUTE_MS },
      {
        beyond: 'above',
        threshold: 12,
        holdMs: 30 * MINUTE_MS,
        // Loaded with warm food it recovers by itself: the two slower limits judge it if it does not get there.
        unlessRecovering: { by: 1, withinMs: 15 * MINUTE_MS },
      },
    ],
    severity: 'P2',
    escalate: [{ beyond: 'above', threshold: 10, holdMs: 2 * HOUR_MS, severity: 'P1' }],
    clear: { beyond: 'below', threshold: 6, holdMs: 20 * MINUTE_MS },
    smoothMs: 5 * MINUTE_MS,
    maxGapMs: 10 * MINUTE_MS,
    minGapMs: 30_000,
    latenessMs: 30_000,
  },
} satisfies z.input<typeof faultRuleSchema>

/** The rules that the system runs. */
export const FAULT_CATALOGUE: readonly FaultRule[] = parseCatalogue([FRIDGE_TOO_WARM])
