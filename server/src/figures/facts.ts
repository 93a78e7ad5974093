import type { AlertChange, ApplianceKind, WorkOrder, WorkOrderAct, WorkOrderState } from '@harbor/protocol'

/** Where something is, and what it is: what figures are split by. */
export interface Place {
  station: string
  district: string
  /** Undefined: it is of no appliance. */
  kind: ApplianceKind | undefined
  model: string | undefined
}

/** One work order as figures see it. Times are ms since 1970. */
export interface OrderFact extends Place {
  /** What was to be repaired: the same for the same thing. */
  thing: string
  detectedMs: number
  /** When somebody first acknowledged its alert or accepted it. */
  takenMs: number | undefined
  /** When it was verified for the last time; undefined: it is not, as it stands. */
  verifiedMs: number | undefined
  /** For how long its clock stood between detection and verification. */
  pausedMs: number
  wasReopened: boolean
  /** It was opened again after it had been verified. */
  cameBack: boolean
  isCancelled: boolean
  costs: readonly { atMs: number; fen: number }[]
}

/** One appliance, and when it was useless: spans that do not touch, in order; the last may be endless. */
export interface ApplianceFact extends Place {
  id: string
  /** It stands there since then; -Infinity: nobody knows. */
  sinceMs: number
  /** Infinity: it still stands there. */
  untilMs: number
  down: readonly Span[]
}

/** From an instant on and up to another, this not included. */
export interface Span {
  fromMs: number
  toMs: number
}

/** One step of an order's history. */
export interface OrderStepRow {
  act: WorkOrderAct
  /** When the server heard of it. */
  atMs: number
  /** When a person pressed on a phone without network, by the server's own check; undefined: at once. */
  madeMs?: number | undefined
  from: WorkOrderState | undefined
  /** Of `part`: what it costs in all. */
  fen: number | undefined
}

/** One step of an alert's history. */
export interface AlertStepRow {
  change: AlertChange
  atMs: number
  /** The grade from then on. */
  severity: WorkOrder['severity'] | undefined
}

/**
 * What the history of an order comes to.
 *
 * @param rows in order.
 * @param alertSteps of the alert that it came from, in order; empty: it came from none.
 */
export function orderFactOf(
  order: Place & { thing: string; state: WorkOrderState; createdMs: number },
  rows: readonly OrderStepRow[],
  alertSteps: readonly AlertStepRow[],
): OrderFact {
  const steps = asMade(rows, order.createdMs)
  const { thing, state, createdMs, ...place } = order
  const raised = alertSteps.findLast(({ change, atMs }) => TOLD.includes(change) && atMs <= createdMs)
  const detectedMs = raised?.atMs ?? createdMs
  const acknowledged = alertSteps.find(({ change, atMs }) => change === 'acknowledged' && atMs >= detectedMs)
  const accepted = steps.find(({ act }) => act === 'accept')
  const takenMs = Math.min(acknowledged?.atMs ?? Infinity, accepted?.atMs ?? Infinity)
  const verifiedMs = state === 'verified' ? steps.findLast(({ act }) => act === 'verify')?.atMs : undefined
  return {
    station: place.station,
    district: place.district,
    kind: place.kind,
    model: place.model,
    thing,
    detectedMs,
    takenMs: takenMs === Infinity ? undefined : takenMs,
    verifiedMs,
    pausedMs: verifiedMs === undefined ? 0 : pausedIn(steps),
    wasReopened: steps.some(({ act }) => act === 'reopen'),
    cameBack: steps.some(({ act, from }) => act === 'reopen' && from === 'verified'),
    isCancelled: state === 'cancelled',
    costs: steps.flatMap(({ atMs, fen }) => (fen === undefined ? [] : [{ atMs, fen }])),
  }
}

/**
 * Steps at the time when they were made: work done out of reach of any network counts from when it was done. None comes before the
 * order, nor before the step that the server heard of before it, for that is the order in which they took effect.
 */
function asMade(rows: readonly OrderStepRow[], createdMs: number): OrderStepRow[] {
  let lastMs = createdMs
  return rows.map(row => {
    lastMs = Math.min(row.atMs, Math.max(lastMs, row.madeMs ?? row.atMs))
    return { ...row, atMs: lastMs }
  })
}

/** With these people are told that something is wrong. */
const TOLD: readonly AlertChange[] = ['raised', 'reopened', 'unsuppressed']
/** Any of these ends a pause, as the acts of orders have it: who gets going, or is somebody else, waits for nothing. */
const RESUMES: readonly WorkOrderAct[] = ['resume', 'finish', 'reopen', 'cancel', 'arrive', 'assign']

function pausedIn(steps: readonly OrderStepRow[]): number {
  let sinceMs: number | undefined
  let pausedMs = 0
  for (const { act, atMs } of steps) {
    if (act === 'pause') sinceMs ??= atMs
    else if (sinceMs !== undefined && RESUMES.includes(act)) {
      pausedMs += atMs - sinceMs
      sinceMs = undefined
    }
  }
  return pausedMs
}

/** When an alert made its appliance useless: from P2 up, told or explained by a cause, until it was resolved. */
export function downSpansOf(steps: readonly AlertStepRow[]): Span[] {
  const spans: Span[] = []
  let stands = false
  let severity: AlertStepRow['severity']
  let fromMs: number | undefined
  for (const step of steps) {
    severity = step.severity ?? severity
    if (BEGINS.includes(step.change)) stands = true
    if (step.change === 'resolved') stands = false
    const isDown = stands && severity !== 'P3'
    if (isDown) fromMs ??= step.atMs
    else if (fromMs !== undefined) {
      spans.push({ fromMs, toMs: step.atMs })
      fromMs = undefined
    }
  }
  if (fromMs !== undefined) spans.push({ fromMs, toMs: Infinity })
  return spans
}

/** A fault that a cause explains from its start is never raised. */
const BEGINS: readonly AlertChange[] = ['raised', 'reopened', 'suppressed']

/** The same time, each instant once: spans that overlap or touch become one. */
export function joinedSpans(spans: readonly Span[]): Span[] {
  const joined: Span[] = []
  for (const span of spans.filter(({ fromMs, toMs }) => fromMs < toMs).sort((a, b) => a.fromMs - b.fromMs)) {
    const last = joined.at(-1)
    if (last !== undefined && span.fromMs <= last.toMs) last.toMs = Math.max(last.toMs, span.toMs)
    else joined.push({ ...span })
  }
  return joined
}
