import { type AlertView, type Evidence, METRICS } from '@harbor/protocol'
import type { FaultTransition } from '../faults/transition.ts'
import type { Directory } from '../registry/directory.ts'
import { overrideOf } from './rule-overrides.ts'

/** What is at fault, and where. */
export interface Subject {
  scope: AlertView['scope']
  station: string
  district: string
  /** The appliance at fault, or the one that the device at fault is on. */
  appliance: string | undefined
  device: string | undefined
}

/** A fault that came, grew worse or went, whoever saw it: what alerts are made of. */
export interface Fault {
  type: FaultTransition['type']
  subject: Subject
  rule: string
  ruleVersion: number
  severity: AlertView['severity']
  evidence: Evidence
  /** Durations of the rule are divided by this for the appliance's model. */
  timeScale: number
}

/** What is at fault as one key: at most one alert of a key and a rule is open. */
export function subjectKey({ scope, station, appliance, device }: Subject): string {
  switch (scope) {
    case 'appliance':
      return `appliance:${appliance ?? ''}`
    case 'device':
      return `device:${device ?? ''}`
    case 'station':
      // Two leak sensors of a room are two faults: one that dries must not end the other's.
      return device === undefined ? `station:${station}` : `station:${station}/${device}`
  }
}

/** What the fault engine saw, with its place; undefined when that is no longer in the fleet: nobody could go there. */
export function faultOf(
  transition: FaultTransition,
  directory: Directory,
  scopeOf: (rule: string) => AlertView['scope'] | undefined,
): Fault | undefined {
  const { device, rule, ruleVersion, severity, type } = transition
  const appliance = directory.appliances.get(transition.appliance)
  const place = directory.stations.get(appliance?.station ?? directory.devices.get(device)?.station ?? '')?.record
  if (place === undefined) return undefined
  const scope = scopeOf(rule) ?? (appliance === undefined ? 'station' : 'appliance')
  // An appliance's rule says of a device that is on none: it is the device that is at fault.
  const told = scope === 'appliance' && appliance === undefined ? 'device' : scope
  const override = overrideOf(directory.ruleOverrides, rule, appliance)
  return {
    type,
    subject: {
      scope: told,
      station: place.id,
      district: place.district,
      appliance: told === 'station' ? undefined : appliance?.id,
      device: told === 'appliance' ? undefined : device,
    },
    rule,
    ruleVersion,
    severity,
    evidence: evidenceOf(transition),
    timeScale: override?.timeScale ?? 1,
  }
}

/** What the rule saw, as the API shows it. */
function evidenceOf({ device, evidence }: FaultTransition): Evidence {
  const { metric, threshold, observed, norm, quantity, unit, fromMs, toMs } = evidence
  const shownUnit = unit ?? METRICS[metric].unit
  return {
    device,
    metric,
    ...(quantity !== undefined && { quantity }),
    ...(shownUnit !== undefined && { unit: shownUnit }),
    threshold,
    observed,
    ...(norm !== undefined && { norm }),
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
  }
}
