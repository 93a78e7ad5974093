import { METRIC_NAMES, type Metric, SEVERITIES, idSchema } from '@harbor/protocol'
import { z } from 'zod'
import type { SustainedState } from './sustained-detector.ts'

/** A reading that waits for older ones which may still arrive. */
export interface PendingReading {
  timeMs: number
  metric: Metric
  value: number
}

/** What the engine remembers of one device. */
export interface DeviceState {
  /** What it is on: a device that moves to another appliance starts anew. */
  appliance: string
  /** The newest reading judged, 0 before the first; what is not newer comes too late. */
  judgedMs: number
  /** Not yet judged, oldest first, at most one per metric and time. */
  pending: PendingReading[]
  /** By rule id. */
  rules: Map<string, RuleState>
}

export interface RuleState {
  /** The version that it was judged by. */
  version: number
  detector: SustainedState
}

/**
 * A device's state as JSON, under 1 KB: times are milliseconds before `atMs` (pending ones: after it), for short
 * numbers are what keeps it small.
 */
export const deviceSnapshotSchema = z.object({
  appliance: idSchema,
  atMs: z.int(),
  pending: z.array(z.tuple([z.int(), z.enum(METRIC_NAMES as [Metric, ...Metric[]]), z.number()])).max(100),
  rules: z.record(
    z.string(),
    z.object({
      version: z.int().positive(),
      severity: z.enum(SEVERITIES).optional(),
      last: z.int().optional(),
      recent: z.array(z.tuple([z.int(), z.number()])).max(2),
      since: z.array(z.int().nullable()).max(20),
      trend: z.array(z.tuple([z.int(), z.number()])).max(50),
    }),
  ),
})
export type DeviceSnapshot = z.infer<typeof deviceSnapshotSchema>

export function toSnapshot({ appliance, judgedMs, pending, rules }: DeviceState): DeviceSnapshot {
  const atMs = judgedMs
  const snapshot: DeviceSnapshot = { appliance, atMs, pending: [], rules: {} }
  for (const { timeMs, metric, value } of pending) snapshot.pending.push([timeMs - atMs, metric, value])
  for (const [id, { version, detector }] of rules) {
    snapshot.rules[id] = {
      version,
      ...(detector.severity !== undefined && { severity: detector.severity }),
      ...(detector.lastMs !== undefined && { last: atMs - detector.lastMs }),
      recent: detector.recent.map(([timeMs, value]) => [atMs - timeMs, value]),
      since: Array.from(detector.sinceMs, ms => (ms === undefined ? null : atMs - ms)),
      trend: detector.trend.map(([timeMs, value]) => [atMs - timeMs, value]),
    }
  }
  return snapshot
}

export function fromSnapshot({ appliance, atMs, pending, rules }: DeviceSnapshot): DeviceState {
  return {
    appliance,
    judgedMs: atMs,
    pending: pending.map(([afterMs, metric, value]) => ({ timeMs: atMs + afterMs, metric, value })),
    rules: new Map(
      Object.entries(rules).map(([id, { version, severity, last, recent, since, trend }]) => [
        id,
        {
          version,
          detector: {
            severity,
            lastMs: last === undefined ? undefined : atMs - last,
            recent: recent.map(([ms, value]) => [atMs - ms, value]),
            sinceMs: since.map(ms => (ms === null ? undefined : atMs - ms)),
            trend: trend.map(([ms, value]) => [atMs - ms, value]),
          },
        },
      ]),
    ),
  }
}
