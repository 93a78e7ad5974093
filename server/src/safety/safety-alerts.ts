import { type GatewayStatus, SEVERITIES, type SafetyEvent, errorText } from '@harbor/protocol'
import type { Logger } from 'pino'
import type { Alerts } from '../alerts/alerts.ts'
import type { FaultTransition, Severity } from '../faults/transition.ts'
import type { Directory } from '../registry/directory.ts'
import type { RegistryDb } from '../registry/open-registry.ts'

/** A plug that its gateway cut by itself; a plug that it warns of. */
export const SAFETY_RULES = ['safety_cut', 'safety_warning'] as const
type SafetyRule = (typeof SAFETY_RULES)[number]
const RULE_VERSION = 1

/** Makes alerts of what gateways guard by themselves: what stands in a gateway's status stands as an alert. */
export interface SafetyAlerts {
  /** Reads which of these alerts are open. */
  start: () => Promise<void>
  /** A gateway's status; without `safety` it says nothing of it, and nothing changes. */
  take: (gateway: string, status: GatewayStatus) => void
  /** Resolves when what was taken is written. */
  stop: () => Promise<void>
}

export interface SafetyAlertsDeps {
  db: RegistryDb
  alerts: Pick<Alerts, 'apply'>
  directory: Pick<Directory, 'devices'>
  nowMs: () => number
  log: Logger
}

interface Open {
  device: string
  appliance: string
  rule: SafetyRule
  severity: Severity
}

export function createSafetyAlerts({ db, alerts, directory, nowMs, log }: SafetyAlertsDeps): SafetyAlerts {
  /** Open alerts by appliance and rule. */
  const open = new Map<string, Open>()
  /** What each gateway said last and is not dealt with. Bounded by the gateways there are: a newer word replaces an older. */
  const waiting = new Map<string, readonly SafetyEvent[]>()
  let working: Promise<void> | undefined

  const work = async (): Promise<void> => {
    for (const [gateway, events] of waiting) {
      waiting.delete(gateway)
      const transitions = transitionsOf(gateway, events)
      if (transitions.length === 0) continue
      try {
        await alerts.apply(transitions, async () => {})
        transitions.forEach(remember)
      } catch (error) {
        // The gateway says it again within a minute.
        log.error({ gateway, error: errorText(error) }, 'what a gateway cut could not be made an alert')
      }
    }
  }
  const begin = () => {
    working ??= work().finally(() => {
      working = undefined
      if (waiting.size > 0) begin()
    })
  }
  const remember = ({ type, device, appliance, rule, severity }: FaultTransition) => {
    if (type === 'cleared') open.delete(`${appliance}:${rule}`)
    else open.set(`${appliance}:${rule}`, { device, appliance, rule: rule as SafetyRule, severity })
  }

  const transitionsOf = (gateway: string, events: readonly SafetyEvent[]): FaultTransition[] => {
    const standing = new Map<string, FaultTransition>()
    for (const event of events) {
      const device = directory.devices.get(event.device)?.record
      // A gateway speaks for its own devices alone; and who goes where, when nobody knows on what the plug is?
      if (device?.gateway !== gateway || device.appliance === undefined) continue
      const fault = raised(event, device.appliance)
      const key = `${fault.appliance}:${fault.rule}`
      const severity = graver(fault.severity, standing.get(key)?.severity ?? open.get(key)?.severity)
      standing.set(key, { ...(standing.get(key) ?? fault), severity })
    }
    const news = [...standing].flatMap(([key, fault]) => (open.get(key)?.severity === fault.severity ? [] : [fault]))
    const atMs = nowMs()
    const gone = [...open].flatMap(([key, { device, appliance, rule, severity }]): FaultTransition[] => {
      const owner = directory.devices.get(device)?.record.gateway
      // Of a plug that is no longer registered nobody will speak again.
      if (standing.has(key) || (owner !== undefined && owner !== gateway)) return []
      const evidence = { metric: 'relay', threshold: 0, observed: 0, fromMs: atMs, toMs: atMs } as const
      return [{ type: 'cleared', atMs, device, appliance, rule, ruleVersion: RULE_VERSION, severity, evidence }]
    })
    return [...gone, ...news]
  }

  return {
    start: async () => {
      const rows = await db
        .selectFrom('alert')
        .select(['appliance', 'rule', 'severity', 'evidence'])
        .where('rule', 'in', SAFETY_RULES)
        .where('state', '!=', 'resolved')
        .execute()
      for (const { appliance, rule, severity, evidence } of rows) {
        // Safety alerts are of appliances.
        if (appliance === null) continue
        const { device } = JSON.parse(evidence) as { device: string }
        open.set(`${appliance}:${rule}`, {
          device,
          appliance,
          rule: rule as SafetyRule,
          severity: severity as Severity,
        })
      }
    },
    take: (gateway, { online, safety }) => {
      if (!online || safety === undefined) return
      waiting.delete(gateway)
      waiting.set(gateway, safety)
      begin()
    },
    stop: async () => {
      await working
    },
  }
}

function raised(event: SafetyEvent, appliance: string): FaultTransition {
  const { device, phase, severity, metric, threshold, observed, fromMs, atMs } = event
  return {
    type: 'raised',
    atMs,
    device,
    appliance,
    rule: phase === 'warning' ? 'safety_warning' : 'safety_cut',
    ruleVersion: RULE_VERSION,
    severity,
    evidence: { metric, threshold, observed, fromMs, toMs: atMs },
  }
}

function graver(one: Severity, other: Severity | undefined): Severity {
  return other !== undefined && SEVERITIES.indexOf(other) < SEVERITIES.indexOf(one) ? other : one
}
