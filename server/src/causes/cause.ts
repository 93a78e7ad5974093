import { type AlertView, type ApplianceKind, CAUSE_KINDS, type CauseKind } from '@harbor/protocol'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** Something that explains faults of a station, or of one appliance in it. */
export interface Cause {
  /** Unique among all causes: of its row, of the maintenance window, or of the closed station. */
  id: string
  kind: CauseKind
  /** Undefined: it explains faults of the whole station. */
  appliance: string | undefined
  sinceMs: number
  /** Undefined: it still stands. */
  endedAtMs: number | undefined
}

/** A fault that stands, told or not. */
export interface StandingFault {
  /** Of its alert. */
  id: string
  scope: AlertView['scope']
  rule: string
  severity: AlertView['severity']
  appliance: string | undefined
  applianceKind: ApplianceKind | undefined
  /** What the rule watched. */
  metric: string
  /** Since when it stands without a break. */
  sinceMs: number
  /** The cause that it is suppressed by; undefined: it is told. */
  suppressedBy: string | undefined
}

/** The rules by which causes themselves are told: such a fault is not explained by its own cause. */
export const RULE_OF_CAUSE = {
  mains_failure: 'station_mains_failure',
  gateway_offline: 'gateway_offline',
  plug_off: 'plug_switched_off',
} as const satisfies Partial<Record<CauseKind, string>>

/** One device, and several that fell silent together. */
export const DEVICE_OFFLINE_RULE = 'device_offline'
export const DEVICES_OFFLINE_RULE = 'devices_offline'

/**
 * A fault that was raised up to this long before its cause is folded into it: a plug reports its dying voltage, or a rule with a
 * short hold is faster than the proof of the cause. A maintenance window explains what is raised inside it alone; a station
 * that is closed explains whatever stands. (Chosen: 5 minutes is the shortest silence by which a gateway is called offline.)
 */
const FOLD_MS: Readonly<Record<CauseKind, number>> = {
  station_closed: Infinity,
  maintenance: 0,
  mains_failure: 5 * MINUTE_MS,
  gateway_offline: 5 * MINUTE_MS,
  plug_off: 2 * MINUTE_MS,
}

/** What water and fire do is told whatever else has failed. */
const ALWAYS_TOLD: ReadonlySet<string> = new Set(['smoke', 'leak', 'tamper'])

/**
 * How long after its cause has ended a fault is still held back, in ms: what was off needs time to become normal again
 * (docs/domain.md 3.9: air conditioners 15 min, water 30 min, a fridge 60 min after a cut of less than an hour; after a longer
 * one its warmth is a matter of the food and no longer of patience).
 */
export function graceMs(
  { kind, sinceMs, endedAtMs = sinceMs }: Cause,
  applianceKind: ApplianceKind | undefined,
): number {
  if (kind === 'station_closed' || kind === 'maintenance') return 0
  if (kind === 'gateway_offline') return 5 * MINUTE_MS
  if (applianceKind === 'fridge' && endedAtMs - sinceMs < HOUR_MS) return HOUR_MS
  return applianceKind === 'water_dispenser' ? 30 * MINUTE_MS : 15 * MINUTE_MS
}

/** No cause holds a fault back for longer than this after its end. */
export const LONGEST_GRACE_MS = HOUR_MS

/** Whether a cause is of the sort that brings such a fault about, whenever either of them was. */
function canExplain({ kind, appliance }: Cause, fault: StandingFault): boolean {
  if (fault.severity === 'P0') return false
  if (appliance !== undefined && appliance !== fault.appliance) return false
  if (kind === 'station_closed' || kind === 'maintenance') return true
  if (fault.rule === RULE_OF_CAUSE[kind] || ALWAYS_TOLD.has(fault.metric)) return false
  switch (kind) {
    case 'gateway_offline':
      // The gateway is dead because the mains are, never the other way round.
      return fault.rule !== RULE_OF_CAUSE.mains_failure
    case 'mains_failure':
      // Battery devices still see the room: heat or a closed door is true without power, too.
      return fault.scope !== 'station' || isOfConnection(fault.rule)
    case 'plug_off':
      return fault.scope === 'appliance'
  }
}

function isOfConnection(rule: string): boolean {
  return rule === RULE_OF_CAUSE.gateway_offline || rule === DEVICES_OFFLINE_RULE
}

/** The cause that explains a fault at `nowMs`: of several, the one that explains most; undefined: none does. */
export function explanationOf(fault: StandingFault, causes: readonly Cause[], nowMs: number): Cause | undefined {
  let best: Cause | undefined
  for (const cause of causes) {
    if (cause.sinceMs > nowMs || !canExplain(cause, fault)) continue
    if (fault.sinceMs < cause.sinceMs - FOLD_MS[cause.kind]) continue
    if (cause.endedAtMs !== undefined) {
      const untilMs = cause.endedAtMs + graceMs(cause, fault.applianceKind)
      if (nowMs >= untilMs || fault.sinceMs >= untilMs) continue
    }
    if (best === undefined || comesFirst(cause, best)) best = cause
  }
  return best
}

/** Of two of a kind the one that still stands, then the older one, then by id: the answer does not depend on their order. */
function comesFirst(a: Cause, b: Cause): boolean {
  const rank = CAUSE_KINDS.indexOf(a.kind) - CAUSE_KINDS.indexOf(b.kind)
  if (rank !== 0) return rank < 0
  if ((a.endedAtMs === undefined) !== (b.endedAtMs === undefined)) return a.endedAtMs === undefined
  return a.sinceMs === b.sinceMs ? a.id < b.id : a.sinceMs < b.sinceMs
}

/** What is to be done with a fault: suppressed by a cause, or told, because none explains it any more. */
export interface SuppressionChange {
  fault: string
  by: Cause | undefined
}

/**
 * Judges all standing faults of a station against its causes. Pure: it depends on what is given alone, not on what was judged
 * before or in which order, so that a restart or a missed moment changes nothing. Judged again at once, it changes nothing.
 */
export function settle(
  faults: readonly StandingFault[],
  causes: readonly Cause[],
  nowMs: number,
): readonly SuppressionChange[] {
  const changes: SuppressionChange[] = []
  for (const fault of faults) {
    const by = explanationOf(fault, causes, nowMs)
    if (by?.id !== fault.suppressedBy) changes.push({ fault: fault.id, by })
  }
  return changes
}
