import { METRIC_NAMES, type Metric, SEVERITIES, idSchema } from '@harbor/protocol'
import { z } from 'zod'
import { type RuleState, type TrendPoint, isBlank } from './detectors/rule-state.ts'
import { RULE_SUBJECTS } from './rule-schema.ts'
import { type Baseline, baselineOf } from './signals/baseline.ts'
import { type PowerState, powerStateFromRow, powerStateToRow } from './signals/power-state.ts'
import type { SubjectKind } from './transition.ts'

/** A reading that waits for older ones which may still arrive. */
export interface PendingReading {
  timeMs: number
  metric: Metric
  value: number
  isOpen: boolean | undefined
}

/** The newest judged values of one metric. */
export interface Series {
  /** Up to two, oldest first. */
  recent: TrendPoint[]
  /** What the rules of other devices may ask for: one value of each half minute of the last minutes, oldest first. */
  slots: TrendPoint[]
}

/** What the engine remembers of one device. */
export interface DeviceState {
  /** What it is on: a device that moves to another appliance starts anew. */
  appliance: string
  kind: SubjectKind
  model: string | undefined
  station: string | undefined
  /** The newest reading judged, 0 before the first; what is not newer comes too late. */
  judgedMs: number
  /** Not yet judged, oldest first, at most one per metric and time. */
  pending: PendingReading[]
  series: Map<Metric, Series>
  /** Of a plug; its times are counted `powerScale` times as fast as the clock. */
  power: PowerState | undefined
  powerScale: number
  /** Reckoned from `power` when its days change; undefined: not yet. */
  baseline: Baseline | undefined
  /** By rule id. */
  rules: Map<string, RuleState>
}

const pointsSchema = z.array(z.number()).max(60)

/**
 * A device's state as JSON, under 1 KB: times are milliseconds before `atMs` (pending ones: after it), for short numbers are
 * what keeps it small.
 */
export const deviceSnapshotSchema = z.object({
  appliance: idSchema,
  atMs: z.int(),
  kind: z.enum(RULE_SUBJECTS).exclude(['any', 'any_appliance']).default('fridge'),
  model: z.string().optional(),
  station: z.string().optional(),
  /** The metrics that the next two speak of by their place. */
  metrics: z
    .array(z.enum(METRIC_NAMES as [Metric, ...Metric[]]))
    .max(40)
    .default([]),
  /** Of each waiting reading: time after the one before it, three times its metric plus 0, 1 or 2 (closed, open, not known), value. */
  queue: z.array(z.number()).max(300).default([]),
  /** By metric: the recent points, time and value in turn, and the slots. */
  series: z
    .array(z.tuple([pointsSchema, pointsSchema]))
    .max(40)
    .default([]),
  power: z.array(z.unknown()).optional(),
  scale: z.number().positive().optional(),
  rules: z.record(
    z.string(),
    z.object({
      version: z.int().positive(),
      scale: z.number().positive().optional(),
      severity: z.enum(SEVERITIES).optional(),
      since: z.array(z.int().nullable()).max(20).default([]),
      trend: z
        .array(z.tuple([z.int(), z.number()]))
        .max(50)
        .default([]),
    }),
  ),
})
export type DeviceSnapshot = z.infer<typeof deviceSnapshotSchema>

export function toSnapshot(state: DeviceState): unknown {
  const { appliance, kind, model, station, judgedMs: atMs, pending, series, power, powerScale } = state
  const base = (scale: number) => Math.round(atMs * scale)
  const metrics = [...new Set([...series.keys(), ...pending.map(({ metric }) => metric)])]
  const flat = (points: readonly TrendPoint[]) => points.flatMap(([timeMs, value]) => [atMs - timeMs, value])
  return {
    appliance,
    atMs,
    kind,
    ...(model !== undefined && { model }),
    ...(station !== undefined && { station }),
    metrics,
    queue: pending.flatMap(({ timeMs, metric, value, isOpen }, index) => [
      timeMs - (pending[index - 1]?.timeMs ?? atMs),
      3 * metrics.indexOf(metric) + (isOpen === undefined ? 2 : Number(isOpen)),
      value,
    ]),
    series: [...series.values()].map(({ recent, slots }) => [flat(recent), flat(slots)]),
    ...(power !== undefined && { power: powerStateToRow(power, base(powerScale)) }),
    ...(power !== undefined && powerScale !== 1 && { scale: powerScale }),
    rules: Object.fromEntries(
      [...state.rules]
        .filter(([, rule]) => !isBlank(rule))
        .map(([id, rule]) => [id, ruleToSnapshot(rule, base(rule.scale))]),
    ),
  }
}

function ruleToSnapshot({ version, scale, severity, sinceMs, trend }: RuleState, baseMs: number): unknown {
  return {
    version,
    ...(scale !== 1 && { scale }),
    ...(severity !== undefined && { severity }),
    ...(sinceMs.some(ms => ms !== undefined) && {
      since: Array.from(sinceMs, ms => (ms === undefined ? null : baseMs - ms)),
    }),
    ...(trend.length > 0 && { trend: trend.map(([timeMs, value]) => [baseMs - timeMs, value]) }),
  }
}

export function fromSnapshot(snapshot: DeviceSnapshot): DeviceState {
  const { appliance, atMs, kind, model, station, metrics, queue, series, power: row, scale = 1, rules } = snapshot
  const base = (scale: number) => Math.round(atMs * scale)
  const power = row === undefined ? undefined : powerStateFromRow(row, base(scale))
  return {
    appliance,
    kind,
    model,
    station,
    judgedMs: atMs,
    pending: pendingOf(queue, metrics, atMs),
    series: new Map(
      series.flatMap(([recent, slots], index): [Metric, Series][] => {
        const metric = metrics[index]
        return metric === undefined ? [] : [[metric, { recent: pairs(recent, atMs), slots: pairs(slots, atMs) }]]
      }),
    ),
    power,
    powerScale: scale,
    baseline: power === undefined ? undefined : baselineOf(power),
    rules: new Map(
      Object.entries(rules).map(([id, { version, scale = 1, severity, since, trend }]) => [
        id,
        {
          version,
          scale,
          severity,
          sinceMs: since.map(ms => (ms === null ? undefined : base(scale) - ms)),
          trend: trend.map(([ms, value]): TrendPoint => [base(scale) - ms, value]),
        },
      ]),
    ),
  }
}

function pendingOf(queue: readonly number[], metrics: readonly Metric[], atMs: number): PendingReading[] {
  const pending: PendingReading[] = []
  let timeMs = atMs
  for (let at = 0; at + 2 < queue.length; at += 3) {
    const [afterMs, code, value] = queue.slice(at, at + 3) as [number, number, number]
    timeMs += afterMs
    const metric = metrics[Math.floor(code / 3)]
    if (metric !== undefined)
      pending.push({ timeMs, metric, value, isOpen: code % 3 === 2 ? undefined : code % 3 === 1 })
  }
  return pending
}

function pairs(flat: readonly number[], atMs: number): TrendPoint[] {
  const points: TrendPoint[] = []
  for (let at = 0; at + 1 < flat.length; at += 2) points.push([atMs - (flat[at] as number), flat[at + 1] as number])
  return points
}
