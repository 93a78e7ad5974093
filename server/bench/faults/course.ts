import type { Metric, RuleOverride } from '@harbor/protocol'
import type { FaultInput, SubjectKind } from '../../src/faults/transition.ts'

export const SECOND_MS = 1_000
export const MINUTE_MS = 60 * SECOND_MS
export const HOUR_MS = 60 * MINUTE_MS
export const DAY_MS = 24 * HOUR_MS
/** Midnight of a Monday in July on the stations' clocks. */
export const START_MS = Date.UTC(2026, 6, 5, 16)

export const STATION = 'station'

/** Readings of one simulated station, oldest first. */
export interface Course {
  inputs: FaultInput[]
  /** When something goes wrong, and which rules are to say so; absent: nothing does. */
  fault?: ExpectedFault
  /** Appliances (or rooms) that are watched in it, and for how long. */
  applianceDays: number
  /** Numbers that were set for its appliances. */
  overrides?: readonly RuleOverride[]
}

export interface ExpectedFault {
  fromMs: number
  /** From when on it shows in what is measured, where that is later: promises count from here. */
  shownMs?: number | undefined
  /** Any one of them finds it. */
  rules: readonly string[]
  /** Other rules that are right to speak too: what the fault leads to. */
  alsoRight: readonly string[]
}

export type Random = () => number

/** Numbers in [0, 1) from a seed (mulberry32). */
export function seededRandom(seed: number): Random {
  let state = (seed * 2_654_435_761) >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export const between = (random: Random, least: number, most: number) => least + (most - least) * random()

/** About normal, with a spread of 1. */
export const noise = (random: Random) => (random() + random() + random() + random() - 2) * 1.73

/** 0 to 24 on the stations' clocks. */
export const hourOfDay = (timeMs: number) => (((timeMs - START_MS) % DAY_MS) / HOUR_MS + 24) % 24

/** Posted hours of the simulated station: 07:00 to 22:00. */
export const isOpenAt = (timeMs: number) => hourOfDay(timeMs) >= 7 && hourOfDay(timeMs) < 22

/** People in the room on an ordinary day: sanitation early, a peak at noon, few in the evening (docs/domain.md 7). */
export function crowdAt(timeMs: number, random: Random): number {
  const hour = hourOfDay(timeMs)
  if (!isOpenAt(timeMs)) return 0
  const mean = hour < 9 ? 2 : hour >= 11 && hour < 14 ? 6 : hour < 18 ? 3 : 1
  return Math.max(0, Math.round(mean + noise(random) * Math.sqrt(mean)))
}

interface ReportRules {
  device: string
  kind: SubjectKind
  appliance: string
  everyMs: number
  /** A change of this, or of 5 %, is told at once; 0: only by the clock. */
  onChange: number
  /** Nothing of opening hours is known. */
  hidesHours?: boolean
}

/** Reports as a plug or sensor does: every so often, and at once when much has changed. */
export function createReporter(inputs: FaultInput[], rules: ReportRules) {
  const last = new Map<Metric, { atMs: number; value: number }>()
  return (metric: Metric, timeMs: number, value: number): void => {
    const before = last.get(metric)
    const change = before === undefined ? Infinity : Math.abs(value - before.value)
    const isDue = before === undefined || timeMs - before.atMs >= rules.everyMs
    const isChange = rules.onChange > 0 && change >= Math.max(rules.onChange, 0.05 * Math.abs(before?.value ?? 0))
    if (!isDue && !isChange) return
    last.set(metric, { atMs: timeMs, value })
    inputs.push({
      device: rules.device,
      appliance: rules.appliance,
      applianceKind: rules.kind,
      model: undefined,
      metric,
      timeMs,
      value,
      station: STATION,
      isOpen: rules.hidesHours === true ? undefined : isOpenAt(timeMs),
    })
  }
}
