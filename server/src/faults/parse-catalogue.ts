import { HarborError, METRICS, issueText } from '@harbor/protocol'
import { z } from 'zod'
import { type Detector, type FaultRule, type SustainedDetector, faultRuleSchema } from './rule-schema.ts'

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

function contradiction(detector: Detector): string | undefined {
  switch (detector.kind) {
    case 'sustained':
      return sustainedContradiction(detector)
    case 'long_phase':
      return detector.maxMs < detector.minMs ? 'maxMs: shorter than minMs' : undefined
    case 'high_duty':
      return detector.clearFactor > detector.factor ? 'clearFactor: above the factor that raises' : undefined
    case 'many_starts':
      return detector.clearPerHour > detector.perHour ? 'clearPerHour: above the rate that raises' : undefined
    case 'weak_sessions':
      return detector.clearShare < detector.belowShare ? 'clearShare: below the share that raises' : undefined
    case 'flat_heat':
      return detector.maxW <= detector.minW ? 'maxW: not above minW' : undefined
    case 'no_cooling':
      return detector.clearRoomC > detector.roomAboveC ? 'clearRoomC: above the temperature that raises' : undefined
    default:
      return undefined
  }
}

function sustainedContradiction({ metric, raise, escalate, clear, maxGapMs }: SustainedDetector): string | undefined {
  for (const { beyond, threshold, holdMs, unlessRecovering } of raise) {
    // Otherwise one value could raise and clear at once, and the fault would flap.
    const apart = beyond === 'above' ? clear.threshold <= threshold : clear.threshold >= threshold
    if (beyond === clear.beyond || !apart) return 'clear: expected on the other side of every limit that raises'
    if (unlessRecovering !== undefined && unlessRecovering.withinMs > holdMs)
      return 'raise: unlessRecovering looks back further than the hold'
  }
  // Otherwise two readings at the ends of a silence would make a hold. A state is told of when it changes: it has no such silence.
  const holds = METRICS[metric].kind === 'state' ? [] : [...raise, ...escalate, clear]
  if (holds.some(({ holdMs }) => holdMs > 0 && holdMs < maxGapMs)) return 'maxGapMs: longer than a hold'
  return undefined
}
