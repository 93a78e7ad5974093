import type { EscalationLevel, WorkOrderState } from '@harbor/protocol'
import { ESCALATION_LEVELS } from '@harbor/protocol'
import type { Targets } from './policy.ts'

/**
 * Whether a station is open by its posted hours at an instant, and when that changes next. `isOpen` undefined: nobody knows, and it
 * is counted as if it were open. `changesAtMs` absent: not within a year.
 */
export type Schedule = (atMs: number) => { isOpen: boolean | undefined; changesAtMs?: number }

/** For what counts by the wall clock. */
export const ALWAYS: Schedule = () => ({ isOpen: true })

/** So many changes between open and closed are followed: 72 hours of a place that opens for ten minutes a day are 864. */
const MAX_CHANGES = 2_000

/**
 * When `durationMs` of counted time have passed since `fromMs`. A station that does not open again counts by the wall clock from there
 * on: its repair must not wait for ever because it is shut.
 */
export function addCounted(fromMs: number, durationMs: number, schedule: Schedule): number {
  let atMs = fromMs
  let leftMs = durationMs
  for (let changes = 0; changes < MAX_CHANGES; changes++) {
    const { isOpen, changesAtMs } = schedule(atMs)
    if (changesAtMs === undefined || changesAtMs <= atMs) return atMs + leftMs
    if (isOpen !== false) {
      if (atMs + leftMs <= changesAtMs) return atMs + leftMs
      leftMs -= changesAtMs - atMs
    }
    atMs = changesAtMs
  }
  return atMs + leftMs
}

/** How much counted time lies between two instants; 0 when `toMs` is not later. The inverse of `addCounted`. */
export function countedBetween(fromMs: number, toMs: number, schedule: Schedule): number {
  let atMs = fromMs
  let countedMs = 0
  for (let changes = 0; changes < MAX_CHANGES && atMs < toMs; changes++) {
    const { isOpen, changesAtMs } = schedule(atMs)
    if (changesAtMs === undefined || changesAtMs <= atMs) return countedMs + (toMs - atMs)
    if (isOpen !== false) countedMs += Math.min(changesAtMs, toMs) - atMs
    atMs = changesAtMs
  }
  return atMs < toMs ? countedMs + (toMs - atMs) : countedMs
}

/** The three times of an order's clock, in ms since 1970. */
export interface Deadlines {
  acceptByMs: number
  respondByMs: number
  doneByMs: number
}

export function deadlinesFrom(startMs: number, targets: Targets, schedule: Schedule): Deadlines {
  return {
    acceptByMs: addCounted(startMs, targets.acceptMs, schedule),
    respondByMs: addCounted(startMs, targets.onSiteMs, schedule),
    doneByMs: addCounted(startMs, targets.doneMs, schedule),
  }
}

/** After a pause what was left of each time is left again; what had passed already has passed. */
export function resumed(
  deadlines: Deadlines,
  { pausedMs, nowMs }: { pausedMs: number; nowMs: number },
  schedule: Schedule,
): Deadlines {
  const move = (byMs: number) =>
    byMs <= pausedMs ? byMs : addCounted(nowMs, countedBetween(pausedMs, byMs, schedule), schedule)
  return {
    acceptByMs: move(deadlines.acceptByMs),
    respondByMs: move(deadlines.respondByMs),
    doneByMs: move(deadlines.doneByMs),
  }
}

/** A graver grade asks for less time from now on, never for more than was left. */
export function tightened(before: Deadlines, after: Deadlines): Deadlines {
  return {
    acceptByMs: Math.min(before.acceptByMs, after.acceptByMs),
    respondByMs: Math.min(before.respondByMs, after.respondByMs),
    doneByMs: Math.min(before.doneByMs, after.doneByMs),
  }
}

/** What an order waits for: to be accepted, for somebody on site, for the work. */
export const STAGES = ['accept', 'on_site', 'done'] as const
export type Stage = (typeof STAGES)[number]

/** What an order in this state waits for; undefined: for nobody with a clock. */
export function stageOf(state: WorkOrderState): Stage | undefined {
  switch (state) {
    case 'open':
    case 'assigned':
      return 'accept'
    case 'accepted':
      return 'on_site'
    case 'on_site':
      return 'done'
    case 'done':
    case 'verified':
    case 'cancelled':
      return undefined
  }
}

/** An order as its clock sees it. */
export interface Clocked extends Deadlines {
  state: WorkOrderState
  isPaused: boolean
  /** For which stage somebody was reminded last. */
  reminded: Stage | undefined
  level: EscalationLevel
}

/** By when the next stage is to be reached; undefined: no stage, or the clock stands. */
export function dueAtMs(order: Clocked): number | undefined {
  const stage = stageOf(order.state)
  if (stage === undefined || order.isPaused) return undefined
  if (stage === 'accept') return order.acceptByMs
  return stage === 'on_site' ? order.respondByMs : order.doneByMs
}

/** What the clock says next: a reminder before the time, or that the next level is told after it. */
export type Alarm =
  { atMs: number; does: 'remind'; stage: Stage } | { atMs: number; does: 'escalate'; level: EscalationLevel }

/**
 * What comes next for an order. A reminder comes once a stage, when a quarter of its time is left; the lead is told when the time is
 * over, the district when half as much again has passed, the city when as much again has. Each is told once, whatever stage
 * it was that ran late; an alarm whose time went by while nobody looked is due at once.
 */
export function nextAlarm(order: Clocked, targets: Targets, schedule: Schedule): Alarm | undefined {
  const dueMs = dueAtMs(order)
  const stage = stageOf(order.state)
  if (dueMs === undefined || stage === undefined) return undefined
  const targetMs = { accept: targets.acceptMs, on_site: targets.onSiteMs, done: targets.doneMs }[stage]
  const level = ESCALATION_LEVELS[ESCALATION_LEVELS.indexOf(order.level) + 1]
  const lateMs = { crew: 0, lead: 0, district: targetMs / 2, city: targetMs }
  const told: Alarm | undefined =
    level === undefined ? undefined : { atMs: addCounted(dueMs, lateMs[level], schedule), does: 'escalate', level }
  if (order.reminded === stage) return told
  return { atMs: countedBack(dueMs, targetMs / 4, schedule), does: 'remind', stage }
}

/** The instant from which `durationMs` of counted time lead to `toMs`. */
function countedBack(toMs: number, durationMs: number, schedule: Schedule): number {
  let spanMs = durationMs
  // A year is further back than any hours that open at all need: then the wall clock decides.
  for (; spanMs < 366 * 24 * 3_600_000; spanMs *= 2) {
    const fromMs = toMs - spanMs
    const tooMuchMs = countedBetween(fromMs, toMs, schedule) - durationMs
    if (tooMuchMs >= 0) return addCounted(fromMs, tooMuchMs, schedule)
  }
  return toMs - durationMs
}
