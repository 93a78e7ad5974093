import type { Metric } from '@harbor/protocol'
import type { Evidence, PlugMoment } from './evidence.ts'
import type { PlugLimits } from './limits.ts'

/** What a plug's own readings say against it: pure. Times are on the stopwatch, those named `fromMs` milliseconds since 1970. */

/** A value that has been beyond its limit since then. */
interface Hold {
  sinceMs: number
  fromMs: number
  observed: number
}

export interface Watch {
  heardMs: number | undefined
  /** The magnetron's power; between two meals it may be off for a while without ending the hold. */
  overrun: Hold | undefined
  /** Since when the power is not beyond it. */
  lowMs: number | undefined
  /** How long it had been beyond before a restart, in ms: counted on when it still is. */
  carriedMs: number
  /** Longer than the longest program: it stands until the power has been low for a while. */
  overran: Evidence | undefined
  /** At or above the rating. */
  over: Hold | undefined
  overcurrent: Evidence | undefined
  /** Near the rating. */
  near: Hold | undefined
  nearSince: Evidence | undefined
  hot: Hold | undefined
  overheat: Evidence | undefined
  voltageV: number
  /** When the plug last gave a current of its own; without, it is worked out of the power. */
  currentMs: number | undefined
}

export type WatchInput =
  | { kind: 'reading'; metric: Metric; value: number }
  /** Time passed. */
  | { kind: 'tick' }

interface Context {
  limits: PlugLimits
  device: string
  moment: PlugMoment
}

/** After a silence longer than this nothing is known of the time between: holds start anew. Chosen: twice Tasmota's usual 5 minutes. */
export const MAX_SILENCE_MS = 10 * 60_000
/** Meals follow each other with at least this between them; shorter pauses are those of a reduced power level. */
export const PAUSE_MS = 20_000
/** Warned of at this share of the rating, for this long; over when it is below the second share. */
export const NEAR_SHARE = 0.9
export const NEAR_MS = 60_000
const CLEAR_SHARE = 0.85
/** A plug that was too hot is fit again this much below its limit, so that it is not cut and given free in turns. */
const COOLED_BY_K = 10
/** Nominal mains voltage (GB/T 156), for a plug that gives none. */
const NOMINAL_V = 220

export const NO_WATCH: Watch = {
  heardMs: undefined,
  overrun: undefined,
  lowMs: undefined,
  carriedMs: 0,
  overran: undefined,
  over: undefined,
  overcurrent: undefined,
  near: undefined,
  nearSince: undefined,
  hot: undefined,
  overheat: undefined,
  voltageV: NOMINAL_V,
  currentMs: undefined,
}

export function stepWatch(watch: Watch, input: WatchInput, context: Context): Watch {
  if (input.kind === 'tick') return ripen(watch, context)
  const { stopwatchMs } = context.moment
  return ripen(takeReading({ ...sinceHeard(watch, stopwatchMs), heardMs: stopwatchMs }, input, context), context)
}

/** What is still known after a silence: not how long anything has lasted, once it was a long one. */
function sinceHeard(watch: Watch, stopwatchMs: number): Watch {
  if (stopwatchMs - (watch.heardMs ?? stopwatchMs) <= MAX_SILENCE_MS) return watch
  return { ...watch, overrun: undefined, lowMs: undefined, over: undefined, near: undefined, hot: undefined }
}

/** What stands against the plug. */
export function causesOf({ overran, overcurrent, overheat }: Watch): Evidence[] {
  return [overran, overcurrent, overheat].filter(cause => cause !== undefined)
}

/** The warning before the cut; undefined when there is none. */
export function nearOf({ nearSince }: Watch, device: string): Evidence | undefined {
  return nearSince && { ...nearSince, source: device }
}

/** When time alone will tell something new; undefined: never. */
export function watchDueMs(watch: Watch, limits: PlugLimits): number | undefined {
  const { overrun, overran, lowMs, over, overcurrent, near, nearSince, hot, overheat, heardMs } = watch
  const dues = [
    overrun !== undefined && lowMs === undefined && overran === undefined && limits.overrun !== undefined
      ? overrun.sinceMs + limits.overrun.forMs
      : Infinity,
    lowMs !== undefined && (overrun ?? overran) !== undefined ? lowMs + PAUSE_MS : Infinity,
    over !== undefined && overcurrent === undefined ? over.sinceMs + limits.overcurrentHoldMs : Infinity,
    near !== undefined && nearSince === undefined ? near.sinceMs + NEAR_MS : Infinity,
    hot !== undefined && overheat === undefined ? hot.sinceMs + limits.overheatHoldMs : Infinity,
  ]
  const dueMs = Math.min(...dues)
  // Of a plug that is silent for so long, time tells nothing.
  return dueMs === Infinity || dueMs > (heardMs ?? dueMs) + MAX_SILENCE_MS ? undefined : dueMs
}

function takeReading(watch: Watch, { metric, value }: { metric: Metric; value: number }, context: Context): Watch {
  const { limits, moment } = context
  switch (metric) {
    case 'voltage':
      // A brown-out's few volts would make any power a huge current.
      return value >= 100 ? { ...watch, voltageV: value } : watch
    case 'current':
      return takeCurrent({ ...watch, currentMs: moment.stopwatchMs }, Math.abs(value), context)
    case 'power': {
      const powerW = Math.abs(value)
      const own = watch.currentMs !== undefined && moment.stopwatchMs - watch.currentMs <= MAX_SILENCE_MS
      // The real current is never less than the power over the voltage.
      const withCurrent = own ? watch : takeCurrent(watch, powerW / watch.voltageV, context)
      return takePower(withCurrent, powerW, context)
    }
    case 'device_temperature': {
      const hot = held(watch.hot, value > limits.plugTemperatureC, { observed: value, moment })
      const isCool = value <= limits.plugTemperatureC - COOLED_BY_K
      return { ...watch, hot, overheat: isCool ? undefined : watch.overheat }
    }
    default:
      return watch
  }
}

function takeCurrent(watch: Watch, currentA: number, { limits, moment }: Context): Watch {
  const { ratedCurrentA } = limits
  const at = { observed: currentA, moment }
  const isOver = currentA >= ratedCurrentA
  return {
    ...watch,
    over: held(watch.over, isOver, at),
    overcurrent: isOver ? watch.overcurrent : undefined,
    near: held(watch.near, currentA >= ratedCurrentA * NEAR_SHARE, at),
    nearSince: currentA < ratedCurrentA * CLEAR_SHARE ? undefined : watch.nearSince,
  }
}

function takePower(watch: Watch, powerW: number, { limits, moment }: Context): Watch {
  if (limits.overrun === undefined) return watch
  const { stopwatchMs, clockMs } = moment
  const { overrun, carriedMs, lowMs } = watch
  if (powerW <= limits.overrun.aboveW) return { ...watch, lowMs: lowMs ?? stopwatchMs, carriedMs: 0 }
  const begun = { sinceMs: stopwatchMs - carriedMs, fromMs: clockMs - carriedMs }
  return { ...watch, overrun: { ...(overrun ?? begun), observed: powerW }, lowMs: undefined, carriedMs: 0 }
}

/** What has been so for long enough. */
function ripen(before: Watch, context: Context): Watch {
  const { limits, device, moment } = context
  const { stopwatchMs, clockMs } = moment
  const watch = sinceHeard(before, stopwatchMs)
  const evidence = (cause: Evidence['cause'], hold: Hold, seen: { metric: Metric; threshold: number }): Evidence => ({
    cause,
    source: device,
    ...seen,
    observed: hold.observed,
    fromMs: hold.fromMs,
    atMs: clockMs,
  })
  let { overrun, overran, overcurrent, nearSince, overheat } = watch
  const { over, near, hot, lowMs } = watch
  if (lowMs !== undefined && stopwatchMs - lowMs >= PAUSE_MS) {
    overrun = undefined
    overran = undefined
  }
  if (overrun !== undefined && lowMs === undefined && limits.overrun !== undefined) {
    if (stopwatchMs - overrun.sinceMs >= limits.overrun.forMs)
      overran ??= evidence('overrun', overrun, { metric: 'power', threshold: limits.overrun.aboveW })
  }
  if (over !== undefined && stopwatchMs - over.sinceMs >= limits.overcurrentHoldMs)
    overcurrent ??= evidence('overcurrent', over, { metric: 'current', threshold: limits.ratedCurrentA })
  if (near !== undefined && stopwatchMs - near.sinceMs >= NEAR_MS)
    nearSince ??= evidence('overcurrent', near, { metric: 'current', threshold: limits.ratedCurrentA * NEAR_SHARE })
  if (hot !== undefined && stopwatchMs - hot.sinceMs >= limits.overheatHoldMs)
    overheat ??= evidence('overheat', hot, { metric: 'device_temperature', threshold: limits.plugTemperatureC })
  return { ...watch, overrun, overran, overcurrent, nearSince, overheat }
}

function held(
  hold: Hold | undefined,
  isBeyond: boolean,
  { observed, moment }: { observed: number; moment: PlugMoment },
): Hold | undefined {
  if (!isBeyond) return undefined
  return hold === undefined ? { sinceMs: moment.stopwatchMs, fromMs: moment.clockMs, observed } : { ...hold, observed }
}
