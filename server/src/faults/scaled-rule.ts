import type { FaultRule, SustainedDetector } from './catalogue.ts'

/**
 * A rule with every duration divided by `timeScale` (protocol, RuleOverride): 60 makes an hour a minute. Limits stay, and a
 * silence is never taken for a gap sooner than `minGapMs`.
 */
export function scaleRule(rule: FaultRule, timeScale: number): FaultRule {
  return timeScale === 1 ? rule : { ...rule, detector: scaleDetector(rule.detector, timeScale) }
}

function scaleDetector(detector: SustainedDetector, timeScale: number): SustainedDetector {
  const scale = (ms: number) => Math.max(1, Math.round(ms / timeScale))
  const hold = <Held extends { holdMs: number }>(held: Held): Held => ({ ...held, holdMs: scale(held.holdMs) })
  return {
    ...detector,
    raise: detector.raise.map(({ unlessRecovering, ...held }) =>
      unlessRecovering === undefined
        ? hold(held)
        : {
            ...hold(held),
            unlessRecovering: { ...unlessRecovering, withinMs: scale(unlessRecovering.withinMs) },
          },
    ),
    escalate: detector.escalate.map(hold),
    clear: hold(detector.clear),
    smoothMs: scale(detector.smoothMs),
    maxGapMs: Math.max(scale(detector.maxGapMs), detector.minGapMs),
    latenessMs: scale(detector.latenessMs),
  }
}
