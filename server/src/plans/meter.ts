import type { ApplianceKind, Metric, UsageMeter } from '@harbor/protocol'
import { risen } from '../assets/energy.ts'
import { POWER_SPECS } from '../faults/rules/power-specs.ts'
import type { TelemetryStore } from '../telemetry/telemetry-store.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
export const DAY_MS = 24 * HOUR_MS
/** More windows than nine days of one plug have: 1,440 a day. */
const MAX_POINTS = 20_000

/** A window of readings: [start, mean, smallest, largest, count]. */
type Window = readonly number[]

/** What is counted: from when to when, of which kind. */
export interface Span {
  kind: ApplianceKind
  fromMs: number
  toMs: number
}

/**
 * How often an appliance was started in a span, by the watts of its plug in windows of a minute: from below its level to it. Of a
 * microwave only heating counts, not its lamp. Two starts within one minute are one.
 */
export function startsIn(windows: readonly Window[], { kind, fromMs, toMs }: Span): number {
  const { heatW, onW } = POWER_SPECS[kind]
  const levelW = heatW > 0 ? heatW : onW
  let starts = 0
  let wasOn = true // What runs when the readings begin was started before.
  for (const [startMs = 0, , , largest = 0] of windows) {
    const isOn = largest >= levelW
    if (isOn && !wasOn && startMs >= fromMs && startMs < toMs) starts += 1
    wasOn = isOn
  }
  return starts
}

/** For how long it ran in a span, in hours: a window in which it took its level stands until the next, or for the longest gap of reports. */
export function runHoursIn(windows: readonly Window[], { kind, fromMs, toMs }: Span): number {
  const { onW, gapMs } = POWER_SPECS[kind]
  let ranMs = 0
  for (const [index, [startMs = 0, mean = 0]] of windows.entries()) {
    if (mean < onW) continue
    const nextMs = windows[index + 1]?.[0] ?? startMs + MINUTE_MS
    const from = Math.max(startMs, fromMs)
    ranMs += Math.max(0, Math.min(nextMs, startMs + gapMs, toMs) - from)
  }
  return ranMs / HOUR_MS
}

/** What it took in a span by a counter, in the counter's unit. What lies before the span only says where the counter stood. */
export function countedIn(windows: readonly Window[], { fromMs, toMs }: Pick<Span, 'fromMs' | 'toMs'>): number {
  const upTo = (ms: number) => risen(windows.filter(([startMs = 0]) => startMs < ms))
  return upTo(toMs) - upTo(fromMs)
}

/** How each amount is made: of which metric, in windows how long, counted how. */
const METERS: Readonly<
  Record<UsageMeter, { metric: Metric; everyMs: number; count: (windows: readonly Window[], span: Span) => number }>
> = {
  starts: { metric: 'power', everyMs: MINUTE_MS, count: startsIn },
  run_hours: { metric: 'power', everyMs: MINUTE_MS, count: runHoursIn },
  energy_kwh: { metric: 'energy', everyMs: HOUR_MS, count: (windows, span) => countedIn(windows, span) / 1_000 },
  volume_l: { metric: 'volume', everyMs: HOUR_MS, count: (windows, span) => countedIn(windows, span) * 1_000 },
}

/** What an appliance did on each of some days, by all of its plugs and meters together. Told again for the same readings, it is the same. */
export async function measureDays(
  store: Pick<TelemetryStore, 'series'>,
  { devices, meter, kind, fromMs, toMs }: Span & { devices: readonly string[]; meter: UsageMeter },
): Promise<{ dayMs: number; amount: number }[]> {
  const { metric, everyMs, count } = METERS[meter]
  const days: { dayMs: number; amount: number }[] = []
  for (let dayMs = fromMs; dayMs < toMs; dayMs += DAY_MS) days.push({ dayMs, amount: 0 })
  // One by one: the windows of two plugs over all days would be more than one answer holds.
  for (const device of devices) {
    const { series } = await store.series({
      devices: [device],
      metric,
      // The hour before says whether it ran already, and where the counter stood.
      fromMs: fromMs - HOUR_MS,
      toMs,
      everyMs,
      limit: MAX_POINTS,
    })
    const points = series[0]?.points ?? []
    for (const day of days) {
      const endMs = Math.min(day.dayMs + DAY_MS, toMs)
      const near = points.filter(([startMs = 0]) => startMs >= day.dayMs - HOUR_MS && startMs < endMs)
      day.amount += count(near, { kind, fromMs: day.dayMs, toMs: endMs })
    }
  }
  return days
}
