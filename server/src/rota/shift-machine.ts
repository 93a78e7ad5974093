import { HALF_HOUR_MS, type ShiftAct, type ShiftState } from '@harbor/protocol'

/** Whoever has not checked in so long after the beginning is late (chosen: a bus that was missed). */
export const LATE_AFTER_MS = 15 * 60_000
/** One can check in so long before the beginning (chosen: keys are fetched, lights are switched on). */
export const EARLY_MS = 30 * 60_000
/** Served time beyond the shift counts for so long at most. */
export const OVERTIME_MS = HALF_HOUR_MS
/** Whoever forgot to check out may still do so for so long (chosen: until the next morning). */
export const CHECK_OUT_WITHIN_MS = 12 * 3_600_000

/** One shift, as acts change it. Times in ms since 1970. */
export interface ShiftRecord {
  fromMs: number
  toMs: number
  /** Undefined: open. */
  person: string | undefined
  isOffered: boolean
  /** Who would take it; only while it is on offer. */
  takenBy: string | undefined
  checkedInMs: number | undefined
  shownBy: 'door' | 'word' | undefined
  checkedOutMs: number | undefined
  isCancelled: boolean
}

/** Who does something to a shift, and when. */
export interface Acting {
  act: ShiftAct
  /** Whom it is done for: the actor themselves, or of `assign` and a presence said for others, somebody else. */
  person: string
  /** Manages the rota of the station: may do what its holder may, and more. */
  isManager: boolean
  /** Whom the actor is. */
  actor: string
  atMs: number
  isAtDoor: boolean
}

/** What becomes of a shift, or why nothing does. */
export type Outcome = { ok: true; shift: ShiftRecord } | { ok: false; reason: string }

const no = (reason: string): Outcome => ({ ok: false, reason })

/** One act on one shift. Whether the person is free at that time is for whoever keeps all shifts to say. */
export function afterAct(shift: ShiftRecord, { act, person, isManager, actor, atMs, isAtDoor }: Acting): Outcome {
  const isHolder = shift.person !== undefined && shift.person === actor
  const mayActForHolder = isHolder || (isManager && shift.person !== undefined)
  const yes = (change: Partial<ShiftRecord>): Outcome => ({ ok: true, shift: { ...shift, ...change } })
  if (shift.isCancelled) return no('the shift is cancelled')
  const hasBegun = atMs >= shift.fromMs
  const isOver = atMs >= shift.toMs
  const free = { isOffered: false, takenBy: undefined }
  switch (act) {
    case 'sign_up':
      if (shift.person !== undefined) return no('somebody has the shift already')
      return isOver ? no('the shift is over') : yes({ person: actor, ...free })
    case 'assign':
      if (!isManager) return no('only whoever manages the rota assigns')
      if (shift.checkedInMs !== undefined) return no('somebody is there already')
      return isOver ? no('the shift is over') : yes({ person, ...free })
    case 'withdraw':
      if (!mayActForHolder) return no('it is not your shift')
      if (hasBegun && !isManager) return no('the shift has begun: tell whoever manages the rota')
      return shift.checkedInMs === undefined ? yes({ person: undefined, ...free }) : no('somebody is there already')
    case 'offer':
      if (!mayActForHolder) return no('it is not your shift')
      if (shift.isOffered) return no('it is on offer already')
      return hasBegun ? no('the shift has begun') : yes({ isOffered: true, takenBy: undefined })
    case 'keep':
      if (!mayActForHolder) return no('it is not your shift')
      return shift.isOffered ? yes(free) : no('it is not on offer')
    case 'take':
      if (!shift.isOffered) return no('it is not on offer')
      if (shift.person === actor) return no('it is yours already')
      if (shift.takenBy !== undefined) return no('somebody was faster')
      return hasBegun ? no('the shift has begun') : yes({ takenBy: actor })
    case 'confirm':
      if (!mayActForHolder) return no('whoever has the shift confirms')
      if (shift.takenBy === undefined) return no('nobody wants to take it')
      return hasBegun ? no('the shift has begun') : yes({ person: shift.takenBy, ...free })
    case 'refuse':
      if (!mayActForHolder && shift.takenBy !== actor) return no('it is not your shift')
      return shift.takenBy === undefined ? no('nobody wants to take it') : yes({ takenBy: undefined })
    case 'check_in':
      if (!mayActForHolder) return no('it is not your shift')
      if (shift.checkedInMs !== undefined) return no('somebody has checked in already')
      if (atMs < shift.fromMs - EARLY_MS) return no('it is too early: check in half an hour before at most')
      if (isOver) return no('the shift is over')
      return yes({ checkedInMs: atMs, shownBy: isAtDoor ? 'door' : 'word', ...free })
    case 'check_out':
      if (!mayActForHolder) return no('it is not your shift')
      if (shift.checkedInMs === undefined) return no('nobody has checked in')
      if (shift.checkedOutMs !== undefined) return no('it is ended already')
      return atMs > shift.toMs + CHECK_OUT_WITHIN_MS ? no('it is too late to check out') : yes({ checkedOutMs: atMs })
    case 'cancel':
      if (!isManager) return no('only whoever manages the rota cancels')
      return shift.checkedInMs === undefined ? yes({ isCancelled: true, ...free }) : no('somebody is there already')
  }
}

/** What a shift is at a moment. Reckoned, never stored: a restart in between changes nothing. */
export function stateOf(shift: ShiftRecord, atMs: number): ShiftState {
  if (shift.isCancelled) return 'cancelled'
  if (shift.checkedOutMs !== undefined) return 'served'
  if (shift.checkedInMs !== undefined) return atMs > shift.toMs + CHECK_OUT_WITHIN_MS ? 'served' : 'present'
  if (atMs >= shift.toMs) return 'missed'
  if (shift.person === undefined) return 'open'
  return atMs >= shift.fromMs + LATE_AFTER_MS ? 'late' : 'taken'
}

/**
 * Served time in hours to 0.5, rounded down: from checking in to checking out, at most the shift and half an hour. Undefined without both: what
 * nobody saw end is not made up.
 */
export function servedHours({ fromMs, toMs, checkedInMs, checkedOutMs }: ShiftRecord): number | undefined {
  if (checkedInMs === undefined || checkedOutMs === undefined) return undefined
  const servedMs = Math.min(Math.max(0, checkedOutMs - checkedInMs), toMs - fromMs + OVERTIME_MS)
  return Math.floor(servedMs / HALF_HOUR_MS) / 2
}
