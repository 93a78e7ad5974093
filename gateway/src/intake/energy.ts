import { METRICS, type Metric } from '@harbor/protocol'

/**
 * Counters that only grow, whatever their device does: a pure account. A plug counts from 0 again when it is reset or, with
 * some vendors (Shelly's first generation), restarted; falls back to what it saved last when its power is cut (Tasmota); and
 * begins at any value when it is another plug. What is sent is the sum of what was counted, and that never falls.
 */
export interface CounterState {
  /** What the device said last, in the metric's unit. */
  raw: number
  /** What is sent: within the metric's range, and never less than before. */
  total: number
}

/** What a counter may do, in its unit. */
interface Limits {
  /** More in an hour cannot have been counted: it is another counter. */
  perHour: number
  /** Beside it, at any moment: a counter tells its growth in steps, and late. */
  slack: number
  /** A counter that falls by no more than this has not begun anew: messages overtake each other, and values are rounded. */
  jitter: number
}

/**
 * Energy: 15 kW is a circuit of 63 A at 230 V, the largest of a rest station. 100 Wh and 10 Wh, chosen: ten steps and one step
 * of a plug that tells hundredths of a kWh. Water: 3.125 m3 an hour is the overload flow of the smallest usual meter (ISO 4064-1,
 * Q3 2.5 m3/h, DN 15); ten litres and one litre, chosen: a pulse of such a meter, and what rounding takes. People: chosen, a door that one passes each second, and a bus that stops at it.
 */
const ENERGY: Limits = { perHour: 15_000, slack: 100, jitter: 10 }
const WATER: Limits = { perHour: 3.125, slack: 0.01, jitter: 0.001 }
const PEOPLE: Limits = { perHour: 3_600, slack: 50, jitter: 0 }
const LIMITS: Partial<Record<Metric, Limits>> = {
  energy: ENERGY,
  energy_returned: ENERGY,
  volume: WATER,
  people_in: PEOPLE,
  people_out: PEOPLE,
}

/** Whether the metric is such a counter. */
export function isCounter(metric: Metric): boolean {
  return LIMITS[metric] !== undefined
}

/**
 * A device says `raw`. `elapsedMs`: since it said the former; undefined when nobody knows.
 *
 * - It fell by no more than the jitter: nothing was counted.
 * - It fell, to no more than can have been counted since: it began at 0, and counted that.
 * - It fell to more, or grew by more than can have been counted: it is at another place, for whatever reason. What was counted
 *   meanwhile is not known, and not guessed.
 *
 * So energy can be missed, at most what was used while nobody heard the plug, and is never made up beyond the slack.
 */
export function count(
  metric: Metric,
  known: CounterState | undefined,
  said: { raw: number; elapsedMs: number | undefined },
): CounterState {
  const { raw, elapsedMs } = said
  const limits = LIMITS[metric]
  if (known === undefined || limits === undefined) return { raw, total: raw }
  const possible =
    elapsedMs === undefined ? Infinity : limits.slack + (Math.max(0, elapsedMs) / 3_600_000) * limits.perHour
  const growth = raw - known.raw
  if (growth < 0 && -growth <= limits.jitter) return known
  const credible = growth >= 0 ? growth : raw
  // To a millionth, as the decoders round: sums of fractions would not come out even.
  const sum = Math.round((known.total + (credible <= possible ? credible : 0)) * 1e6) / 1e6
  return { raw, total: Math.min(METRICS[metric].max, Math.max(known.total, sum)) }
}
