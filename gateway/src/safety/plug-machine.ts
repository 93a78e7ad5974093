import type { Metric, SafetyCause, SafetyEvent } from '@harbor/protocol'
import type { Evidence, PlugMoment } from './evidence.ts'
import type { PlugLimits } from './limits.ts'
import { type Watch, type WatchInput, NO_WATCH, causesOf, nearOf, stepWatch, watchDueMs } from './plug-watch.ts'

/**
 * When a plug is cut, told again, and given free: a pure state machine of one plug. What it says goes out at once; what it
 * latched stands until a person resets it.
 */

export interface Latch {
  evidence: Evidence
  severity: 'P0' | 'P1'
  phase: 'cutting' | 'cut' | 'unconfirmed' | 'on-again'
  recuts: number
}

/** What must outlive the process. */
export interface KeptPlug {
  latch: Latch | undefined
  /** Sensors whose alarm stands, by `cause:sensor`. */
  alarms: Readonly<Record<string, Evidence>>
  /** How long the appliance has drawn more than its program's power, in ms; 0: it does not. */
  overrunMs: number
}

export interface PlugState {
  watch: Watch
  alarms: Readonly<Record<string, Evidence>>
  /** The last that the plug said of its relay in this run. */
  relay: boolean | undefined
  latch: Latch | undefined
  /** The order that is out: on the stopwatch. */
  order: { firstMs: number; lastMs: number; attempts: number; isHeard: boolean } | undefined
  /** When it said that it is off, on the stopwatch. */
  confirmedMs: number | undefined
}

export type PlugInput =
  | WatchInput
  /** A sensor that watches over the plug. */
  | { kind: 'alarm'; cause: 'leak' | 'smoke'; sensor: string; isOn: boolean }
  /** A person lifts the cut; the adapter asked `resetRefusal` before. */
  | { kind: 'reset' }
  | { kind: 'tick' }

/** The order is sent again after 1 s, then after twice as long each time, at most a minute. */
export const FIRST_RETRY_MS = 1_000
export const LAST_RETRY_MS = 60_000
/** A cut that the plug has not confirmed by then is said to be unconfirmed. */
export const CONFIRM_MS = 10_000
/** A plug that says off and still draws this much, so long after, did not open: its contact is welded. Chosen: above any plug's own error. */
const WELDED_W = 50
const WELDED_AFTER_MS = 10_000

/** Chosen by what may follow: fire counts as P0, a plug or a floor in danger as P1. */
const SEVERITY: Readonly<Record<SafetyCause, 'P0' | 'P1'>> = {
  overrun: 'P0',
  smoke: 'P0',
  overcurrent: 'P1',
  overheat: 'P1',
  leak: 'P1',
}

export const NEW_PLUG: PlugState = {
  watch: NO_WATCH,
  alarms: {},
  relay: undefined,
  latch: undefined,
  order: undefined,
  confirmedMs: undefined,
}

/** The state after a restart. A cut that was not confirmed goes out again at the next tick. */
export function resumePlug({ latch, alarms, overrunMs }: KeptPlug, { stopwatchMs }: PlugMoment): PlugState {
  const isOut = latch?.phase === 'cutting' || latch?.phase === 'unconfirmed'
  const order = isOut ? { firstMs: stopwatchMs, lastMs: -Infinity, attempts: 0, isHeard: false } : undefined
  return { ...NEW_PLUG, watch: { ...NO_WATCH, carriedMs: overrunMs }, alarms, latch, order }
}

/** What must be kept of a state; undefined: nothing. */
export function keepPlug({ latch, alarms, watch }: PlugState, { stopwatchMs }: PlugMoment): KeptPlug | undefined {
  const overrunMs =
    watch.overrun === undefined ? watch.carriedMs : Math.max(1, Math.round(stopwatchMs - watch.overrun.sinceMs))
  if (latch === undefined && overrunMs === 0 && Object.keys(alarms).length === 0) return undefined
  return { latch, alarms, overrunMs }
}

export function stepPlug(
  state: PlugState,
  input: PlugInput,
  { limits, device, moment }: { limits: PlugLimits; device: string; moment: PlugMoment },
): { state: PlugState; orders: number } {
  const context = { limits, device, moment }
  switch (input.kind) {
    case 'reading': {
      const watched = { ...state, watch: stepWatch(state.watch, input, context) }
      return judge(takeRelay(watched, input, moment), context)
    }
    case 'alarm':
      return judge({ ...state, alarms: takeAlarm(state.alarms, input, moment) }, context)
    case 'reset':
      return { state: { ...state, latch: undefined, order: undefined, confirmedMs: undefined }, orders: 0 }
    case 'tick':
      return judge({ ...state, watch: stepWatch(state.watch, input, context) }, context)
  }
}

/** When the next tick is due, on the stopwatch; undefined: not before the plug or a sensor speaks. */
export function plugDueMs({ watch, order, latch }: PlugState, limits: PlugLimits): number | undefined {
  const orderDueMs =
    order === undefined
      ? Infinity
      : Math.min(
          order.lastMs + retryMs(order.attempts),
          latch?.phase === 'cutting' ? order.firstMs + CONFIRM_MS : Infinity,
        )
  const dueMs = Math.min(orderDueMs, watchDueMs(watch, limits) ?? Infinity)
  return dueMs === Infinity ? undefined : dueMs
}

/** Why a person may not lift the cut yet; undefined when they may. */
export function resetRefusal(state: PlugState): string | undefined {
  const [cause] = standing(state)
  return cause === undefined ? undefined : `the cause still stands: ${cause.cause} at ${cause.source}`
}

/** What of the plug belongs into the status. */
export function eventOf(state: PlugState, device: string): SafetyEvent | undefined {
  const { latch } = state
  if (latch !== undefined) {
    const { evidence, phase, severity, recuts } = latch
    return { device, ...evidence, phase, severity, recuts, isStanding: standing(state).length > 0 }
  }
  // Only what may not be cut gets here with a cause that stands.
  const [cause] = standing(state)
  if (cause !== undefined) {
    return { device, ...cause, phase: 'warning', severity: SEVERITY[cause.cause], recuts: 0, isStanding: true }
  }
  const near = nearOf(state.watch, device)
  return near && { device, ...near, phase: 'warning', severity: 'P2', recuts: 0, isStanding: true }
}

interface Context {
  limits: PlugLimits
  device: string
  moment: PlugMoment
}

/** Everything that stands against the plug, the gravest first. */
function standing({ alarms, watch }: PlugState): Evidence[] {
  const all = [...Object.values(alarms), ...causesOf(watch)]
  return all.sort((a, b) => SEVERITY[a.cause].localeCompare(SEVERITY[b.cause]))
}

/** Cuts for what stands, tells again what was not confirmed, sees what somebody did at the plug. */
function judge(state: PlugState, { limits, moment }: Context): { state: PlugState; orders: number } {
  if (!limits.mayCut) return { state, orders: 0 }
  const [cause] = standing(state)
  const { latch } = state
  if (latch === undefined) {
    if (cause === undefined) return { state, orders: 0 }
    const severity = SEVERITY[cause.cause]
    return order({ ...state, latch: { evidence: cause, severity, phase: 'cutting', recuts: 0 } }, moment)
  }
  const isOnAgain = state.relay === true && (latch.phase === 'cut' || latch.phase === 'on-again')
  if (isOnAgain && cause !== undefined) {
    const severity = graver(latch.severity, SEVERITY[cause.cause])
    const recut: Latch = { evidence: cause, severity, phase: 'cutting', recuts: latch.recuts + 1 }
    return order({ ...state, latch: recut }, moment)
  }
  if (isOnAgain) return { state: { ...state, latch: { ...latch, phase: 'on-again' } }, orders: 0 }
  const graved = cause === undefined ? latch : worsened(latch, cause)
  return retry(graved === latch ? state : { ...state, latch: graved }, moment)
}

/** A second cause that is graver takes the first one's place: it is what people have to come for. */
function worsened(latch: Latch, cause: Evidence): Latch {
  if (SEVERITY[cause.cause] >= SEVERITY[latch.evidence.cause]) return latch
  return { ...latch, evidence: cause, severity: 'P0' }
}

function order(state: PlugState, { stopwatchMs }: PlugMoment): { state: PlugState; orders: number } {
  const out = { firstMs: stopwatchMs, lastMs: stopwatchMs, attempts: 1, isHeard: false }
  return { state: { ...state, order: out, confirmedMs: undefined }, orders: 1 }
}

function retry(state: PlugState, { stopwatchMs }: PlugMoment): { state: PlugState; orders: number } {
  const { order: out, latch } = state
  if (out === undefined || latch === undefined) return { state, orders: 0 }
  const isLate = latch.phase === 'cutting' && stopwatchMs >= out.firstMs + CONFIRM_MS
  // Some devices report changes alone: one that is there, and said before that it is off, is off.
  if (isLate && out.isHeard && state.relay === false) return { state: confirmed(state, stopwatchMs), orders: 0 }
  // A plug that cannot be cut is a plug in danger that only people can reach.
  const phased: PlugState = isLate ? { ...state, latch: { ...latch, phase: 'unconfirmed', severity: 'P0' } } : state
  if (stopwatchMs < out.lastMs + retryMs(out.attempts)) return { state: phased, orders: 0 }
  const attempts = out.attempts + 1
  return { state: { ...phased, order: { ...out, lastMs: stopwatchMs, attempts } }, orders: attempts }
}

function retryMs(attempts: number): number {
  return Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.max(0, attempts - 1))
}

/** What the plug says of itself: whether it obeyed, came back, or cannot. */
function takeRelay(
  state: PlugState,
  { metric, value }: { metric: Metric; value: number },
  { stopwatchMs }: PlugMoment,
): PlugState {
  const { latch, order: out } = state
  if (metric === 'relay') {
    const heard = { ...state, relay: value === 1 }
    if (latch === undefined) return heard
    if (value === 0) return confirmed(heard, stopwatchMs)
    // It is there and on, so it can be told now; but a report on its way when the order went is no answer to it.
    return out === undefined ? heard : hurried(heard, stopwatchMs)
  }
  const isWelded =
    metric === 'power' &&
    value > WELDED_W &&
    latch?.phase === 'cut' &&
    state.relay === false &&
    stopwatchMs >= (state.confirmedMs ?? Infinity) + WELDED_AFTER_MS
  if (isWelded) {
    return {
      ...state,
      latch: { ...latch, phase: 'unconfirmed', severity: 'P0' },
      order: { firstMs: stopwatchMs, lastMs: -Infinity, attempts: 0, isHeard: true },
      confirmedMs: undefined,
    }
  }
  return out === undefined ? state : hurried(state, stopwatchMs)
}

function confirmed(state: PlugState, stopwatchMs: number): PlugState {
  if (state.latch === undefined) return state
  const confirmedMs = state.confirmedMs ?? stopwatchMs
  return { ...state, latch: { ...state.latch, phase: 'cut' }, order: undefined, confirmedMs }
}

/** A plug that speaks is there: the wait for the next try, which may have grown to a minute, begins anew at a second. */
function hurried(state: PlugState, stopwatchMs: number): PlugState {
  const { order: out } = state
  if (out === undefined) return state
  const isWaitingLong = stopwatchMs >= out.lastMs + FIRST_RETRY_MS
  return { ...state, order: { ...out, isHeard: true, ...(isWaitingLong && { lastMs: -Infinity }) } }
}

function takeAlarm(
  alarms: PlugState['alarms'],
  { cause, sensor, isOn }: Extract<PlugInput, { kind: 'alarm' }>,
  { clockMs }: PlugMoment,
): PlugState['alarms'] {
  const key = `${cause}:${sensor}`
  if (isOn === Object.hasOwn(alarms, key)) return alarms
  if (isOn) {
    const evidence = { cause, source: sensor, metric: cause, threshold: 0, observed: 1, fromMs: clockMs, atMs: clockMs }
    return { ...alarms, [key]: evidence }
  }
  return Object.fromEntries(Object.entries(alarms).filter(([name]) => name !== key))
}

function graver(a: Latch['severity'], b: Latch['severity']): Latch['severity'] {
  return a === 'P0' ? a : b
}
