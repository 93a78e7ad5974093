import type { ApplianceKind, Metric, SEVERITIES } from '@harbor/protocol'

export type Severity = (typeof SEVERITIES)[number]

/** What a device is on: an appliance of a kind, or the station itself. */
export type SubjectKind = ApplianceKind | 'station'

/** One reading with what it was taken of. Event time alone counts: the engine has no clock. */
export interface FaultInput {
  device: string
  /** The appliance's id; of a device that watches the station itself, the station's. */
  appliance: string
  applianceKind: SubjectKind
  model: string | undefined
  metric: Metric
  timeMs: number
  value: number
  /**
   * Where it stands. What the station's own sensors say (room temperature, people) is taken into account for the appliances
   * of the same station; undefined: nothing of the room is known.
   */
  station?: string | undefined
  /** Whether the station is open at `timeMs` by its posted hours; undefined: not known. */
  isOpen?: boolean | undefined
  /** When it arrived, where that is known: what comes too late is history and raises nothing now, and what comes before its time was misdated. */
  receivedAtMs?: number | undefined
}

/** A fault that came, grew worse or went. `atMs` is the time of the reading that showed it. */
export interface FaultTransition {
  type: 'raised' | 'escalated' | 'cleared'
  atMs: number
  device: string
  appliance: string
  rule: string
  ruleVersion: number
  /** After the transition; of a cleared fault, the last it had. */
  severity: Severity
  evidence: FaultEvidence
}

/** What the rule saw: `metric` was beyond `threshold` from `fromMs` to `toMs`, and `observed` at the end. */
export interface FaultEvidence {
  metric: Metric
  threshold: number
  observed: number
  fromMs: number
  toMs: number
  /** What is usual for this appliance by its own last days, where that was learnt. */
  norm?: number
  /** What was reckoned from the metric, where the numbers are not the metric itself. */
  quantity?: EvidenceQuantity
  /** Unit of `threshold`, `observed` and `norm` where a quantity was reckoned; else it is the metric's own. */
  unit?: string
}

/** Quantities reckoned from a metric, each with its unit. */
export const EVIDENCE_UNITS = {
  /** How long the appliance has been running without a stop. */
  run_length: 'min',
  /** How long it has not been running. */
  rest_length: 'min',
  /** Share of the time in which it ran. */
  duty: '%',
  starts_per_hour: '/h',
  failed_starts: 'count',
  sessions_without_heat: 'count',
  session_power: 'W',
  /** How fast the room cools in the first half hour at full power. */
  cooling_rate: 'Cel/h',
  /** Energy in a night. */
  night_energy: 'Wh',
  heat_index: 'Cel',
  unchanged: 'min',
  jumps: 'count',
  /** How far the people counted in and out are apart in a day. */
  imbalance: 'count',
  /** How often the door was opened while nobody was counted. */
  uncounted_openings: 'count',
  /** How long after the posted opening the door has not been opened. */
  not_opened: 'min',
  /** Hot water that was made since the filter is in. */
  heated_water: 'l',
  /** How long the filter has been in. */
  filter_age: 'd',
  /** How far readings are dated ahead of their arrival; below zero: behind. */
  clock_offset: 's',
} as const
export type EvidenceQuantity = keyof typeof EVIDENCE_UNITS
