import type { FeedbackTopic, WorkOrder } from '@harbor/protocol'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

type Severity = WorkOrder['severity']

/**
 * By when an order is to be accepted, somebody on site, and the work done, counted from when the clock began. `wall`: by the wall
 * clock, for what hurts people or food also while nobody is there; `open`: only while the station is open by its posted hours, so that
 * nights and holidays do not count.
 */
export interface Targets {
  acceptMs: number
  onSiteMs: number
  doneMs: number
  counts: 'wall' | 'open'
}

/**
 * Targets by grade. Chosen with the domain notes (docs/domain.md): P0 1 min and on site in 10; P1 10 min and on site in 2 h; P2
 * 30 min and done in 24 h; P3 done in 72 h. The others are chosen in between: P0 and P1 done within a working day, P2 and P3 on
 * site at a third and at two thirds of their time.
 */
export const TARGETS: Readonly<Record<Severity, Targets>> = {
  P0: { acceptMs: MINUTE_MS, onSiteMs: 10 * MINUTE_MS, doneMs: 4 * HOUR_MS, counts: 'wall' },
  P1: { acceptMs: 10 * MINUTE_MS, onSiteMs: 2 * HOUR_MS, doneMs: 8 * HOUR_MS, counts: 'wall' },
  P2: { acceptMs: 30 * MINUTE_MS, onSiteMs: 8 * HOUR_MS, doneMs: 24 * HOUR_MS, counts: 'open' },
  P3: { acceptMs: 8 * HOUR_MS, onSiteMs: 48 * HOUR_MS, doneMs: 72 * HOUR_MS, counts: 'open' },
}

/**
 * How long an alert stands before it becomes an order by itself; undefined: only by hand. Chosen: what endangers people at once; a
 * P2 that goes within two minutes was a plug pulled for cleaning; a P3 is given an hour.
 */
export interface CreationPolicy {
  afterMs: Readonly<Record<Severity, number | undefined>>
}

export const CREATION: CreationPolicy = { afterMs: { P0: 0, P1: 0, P2: 2 * MINUTE_MS, P3: HOUR_MS } }

/** The grade of the order that a visitor's report becomes; undefined: staff read it and decide. */
export const REPORT_SEVERITY: Readonly<Record<FeedbackTopic, Severity | undefined>> = {
  broken: 'P2',
  closed_though_open: 'P2',
  out_of_water: 'P3',
  dirty: 'P3',
  full: undefined,
  thanks: undefined,
  other: undefined,
}

/**
 * For how long the alerts of an order have to be resolved before the readings are believed: a fridge that is cold again for two
 * hours. Divided by the rule's time scale for the appliance's model.
 */
export const PROOF_MS = 2 * HOUR_MS

/**
 * A fault that still stands so long after the work was done was not repaired (chosen: a 200 l fridge that was warm is cold again
 * within four hours). Divided by the rule's time scale as well.
 */
export const PATIENCE_MS = 6 * HOUR_MS

/** A fault that comes back within this of the work being done, or the order closed, is the same fault: its order opens again. */
export const REPEAT_WITHIN_MS = 24 * HOUR_MS

/** Nobody with so many orders in hand is proposed for another (chosen: two days' work). */
export const MAX_LOAD = 8
/** What an order in hand weighs against distance when the nearest is looked for (chosen: half an hour by electric bicycle). */
export const METRES_PER_ORDER = 8_000
/** What a distance that nobody knows counts as (chosen: the width of a city district). */
export const UNKNOWN_DISTANCE_M = 8_000
