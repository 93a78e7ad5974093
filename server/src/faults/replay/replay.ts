import { type ApplianceKind, type Metric, implausible } from '@harbor/protocol'
import type { FaultEngine } from '../engine.ts'
import type { FaultInput, FaultTransition } from '../transition.ts'
import type { Recording } from './csv.ts'

const DAY_MS = 86_400_000
/**
 * Time between two readings of one series further apart than this, or than two of its usual report intervals and half a minute, is not
 * covered: nothing is known of it (docs/domain.md 3.1).
 */
const MAX_COVERED_MS = 330_000
/** The usual interval of a series is the middle one of so many, at most an hour. */
const INTERVALS_LOOKED_AT = 1_001
const MAX_INTERVAL_MS = 3_600_000

export interface ReplayInput {
  kind: ApplianceKind
  model: string | undefined
  watts: readonly Recording[]
  temperature: readonly Recording[]
  people: readonly Recording[]
}

/** What a replay came to. */
export interface ReplaySummary {
  /** Readings that the engine was given, and those that no meter could mean and the ingest would refuse. */
  readings: number
  rejected: number
  /** Days in which something was known, of 24 hours. */
  daysCovered: number
  alerts: number
  alertsPerApplianceDay: number
}

const APPLIANCE = 'replayed-appliance'
const STATION = 'replayed-station'

/**
 * Runs the engine over recorded readings as if they came in live, oldest first. A temperature is that inside a fridge, and of
 * any other appliance that of the room. Silences between readings are silences.
 */
export function replay(
  engine: FaultEngine,
  input: ReplayInput,
  onTransition: (transition: FaultTransition) => void,
): ReplaySummary {
  const series = seriesOf(input)
  let [readings, rejected, alerts, lastMs] = [0, 0, 0, 0]
  const take = (transitions: readonly FaultTransition[]) => {
    for (const transition of transitions) {
      if (transition.type === 'raised') alerts += 1
      onTransition(transition)
    }
  }
  for (const reading of inTimeOrder(series)) {
    lastMs = reading.timeMs
    if (implausible(reading.metric, reading.value) !== undefined) {
      rejected += 1
      continue
    }
    readings += 1
    take(engine.step(reading))
  }
  // What still waits for older readings is judged.
  take(engine.advance(lastMs + MAX_LATENESS_MS))
  const days = Math.round((coveredMs(series) / DAY_MS) * 1000) / 1000
  return {
    readings,
    rejected,
    daysCovered: days,
    alerts,
    alertsPerApplianceDay: days === 0 ? 0 : Math.round((alerts / days) * 10_000) / 10_000,
  }
}

const MAX_LATENESS_MS = 60_000

interface ReplaySeries {
  times: Float64Array
  values: Float64Array
  input: Omit<FaultInput, 'timeMs' | 'value'>
}

function seriesOf({ kind, model, watts, temperature, people }: ReplayInput): ReplaySeries[] {
  const own = { appliance: APPLIANCE, applianceKind: kind, model, station: STATION }
  const room = { appliance: STATION, applianceKind: 'station' as const, model: undefined, station: STATION }
  const made = (recordings: readonly Recording[], device: string, metric: Metric) =>
    recordings.length === 0 ? [] : [sorted(recordings, { ...(isOwn(kind, metric) ? own : room), device, metric })]
  return [
    ...made(watts, 'replayed-plug', 'power'),
    ...made(temperature, 'replayed-thermometer', 'temperature'),
    ...made(people, 'replayed-counter', 'people'),
  ]
}

function isOwn(kind: ApplianceKind, metric: Metric): boolean {
  return metric === 'power' || (metric === 'temperature' && kind === 'fridge')
}

function sorted(recordings: readonly Recording[], input: ReplaySeries['input']): ReplaySeries {
  const length = recordings.reduce((sum, { seconds }) => sum + seconds.length, 0)
  const [times, values] = [new Float64Array(length), new Float64Array(length)]
  let at = 0
  let isSorted = true
  for (const { seconds, values: own } of recordings)
    for (const [index, s] of seconds.entries()) {
      times[at] = Math.round(s * 1000)
      values[at] = own[index] as number
      if (at > 0 && (times[at] as number) < (times[at - 1] as number)) isSorted = false
      at += 1
    }
  if (isSorted) return { times, values, input }
  // Of two at one time the first in the files stays the first.
  const order = new Uint32Array(length).map((_, index) => index)
  order.sort((a, b) => (times[a] as number) - (times[b] as number) || a - b)
  return {
    times: Float64Array.from(order, index => times[index] as number),
    values: Float64Array.from(order, index => values[index] as number),
    input,
  }
}

function* inTimeOrder(series: readonly ReplaySeries[]): Generator<FaultInput> {
  const at = series.map(() => 0)
  for (;;) {
    let next: number | undefined
    let nextMs = Infinity
    for (const [index, { times }] of series.entries()) {
      const ms = times[at[index] as number]
      if (ms !== undefined && ms < nextMs) [next, nextMs] = [index, ms]
    }
    if (next === undefined) return
    const { values, input } = series[next] as ReplaySeries
    yield { ...input, timeMs: nextMs, value: values[at[next] as number] as number }
    at[next] = (at[next] as number) + 1
  }
}

/** Time within which any of the series says something. */
function coveredMs(series: readonly ReplaySeries[]): number {
  const spans = series
    .flatMap(({ times }) => {
      const found: [number, number][] = []
      const limitMs = Math.max(MAX_COVERED_MS, 2 * usualInterval(times) + 30_000)
      for (const ms of times) {
        const last = found.at(-1)
        if (last !== undefined && ms - last[1] <= limitMs) last[1] = ms
        else found.push([ms, ms])
      }
      return found
    })
    .sort((a, b) => a[0] - b[0])
  let [covered, untilMs] = [0, 0]
  for (const [fromMs, toMs] of spans) {
    covered += Math.max(0, toMs - Math.max(fromMs, untilMs))
    untilMs = Math.max(untilMs, toMs)
  }
  return covered
}

/** The middle one of intervals that are spread over the whole series. */
function usualInterval(times: Float64Array): number {
  const step = Math.max(1, Math.floor(times.length / INTERVALS_LOOKED_AT))
  const intervals: number[] = []
  for (let at = 1; at < times.length; at += step) intervals.push((times[at] as number) - (times[at - 1] as number))
  intervals.sort((a, b) => a - b)
  return Math.min(MAX_INTERVAL_MS, intervals[intervals.length >> 1] ?? 0)
}
