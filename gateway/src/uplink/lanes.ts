import type { Slice } from '../outbox/outbox.ts'
import type { Pack } from './window.ts'

/**
 * Which readings go next: a pure account of row ids. Two lanes: `live` is what was committed since the link came up (and the
 * newest few before), in order; `backlog` is all that is older, in order, at a bounded rate.
 */
export interface LanesState {
  /** The backlog lane goes on here. */
  backlogNextId: number
  /** The live lane began here: all unsent ids below are backlog. */
  liveStartId: number
  /** The live lane goes on here. */
  liveNextId: number
  /** Backlog readings that may go now; below 0 after a pack went. */
  tokens: number
  tokensAtMs: number
}

/** Readings in a pack at most. */
export const PACK_READINGS = 200
/** Unsent live readings above this are given to the backlog, so that the newest go first; chosen: five packs. */
export const MAX_LIVE_UNSENT = 1_000

/** At the start all that the outbox holds is backlog. */
export function initialLanes(lastId: number, nowMs: number): LanesState {
  return { backlogNextId: 1, liveStartId: lastId + 1, liveNextId: lastId + 1, tokens: 0, tokensAtMs: nowMs }
}

/** The live lane begins anew at the newest pack's worth: after the link came up, and when it has fallen behind. */
export function refocus(state: LanesState, lastId: number): LanesState {
  const liveStartId = Math.max(state.liveNextId, lastId + 1 - PACK_READINGS)
  return { ...state, liveStartId, liveNextId: liveStartId }
}

/** `refocus` when too much live waits. */
export function refocusIfBehind(state: LanesState, lastId: number): LanesState {
  return lastId + 1 - state.liveNextId > MAX_LIVE_UNSENT ? refocus(state, lastId) : state
}

/** The next live readings; `undefined` slice when there is none. */
export function takeLive(
  state: LanesState,
  slice: (fromId: number, toId: number, limit: number) => Slice | undefined,
): { state: LanesState; slice: Slice | undefined } {
  const found = slice(state.liveNextId, Number.MAX_SAFE_INTEGER, PACK_READINGS)
  return { state: found === undefined ? state : { ...state, liveNextId: found.lastId + 1 }, slice: found }
}

/** The next readings of the backlog, leaving out what is in flight: packs of a former live lane lie between. */
export function takeBacklog(
  state: LanesState,
  inFlight: readonly Pack[],
  slice: (fromId: number, toId: number, limit: number) => Slice | undefined,
): { state: LanesState; slice: Slice | undefined } {
  const obstacles = [...inFlight].sort((a, b) => a.firstId - b.firstId)
  let fromId = state.backlogNextId
  for (;;) {
    const from = fromId
    const obstacle = obstacles.find(pack => pack.lastId >= from && pack.firstId < state.liveStartId)
    const endId = Math.min(state.liveStartId, obstacle?.firstId ?? state.liveStartId) - 1
    const found = from <= endId ? slice(from, endId, PACK_READINGS) : undefined
    if (found !== undefined) {
      return {
        state: { ...state, backlogNextId: found.lastId + 1, tokens: state.tokens - found.count },
        slice: found,
      }
    }
    if (obstacle === undefined) return { state: { ...state, backlogNextId: state.liveStartId }, slice: undefined }
    fromId = obstacle.lastId + 1
  }
}

/** Whether there may be backlog left. */
export function hasBacklog(state: LanesState): boolean {
  return state.backlogNextId < state.liveStartId
}

/** Tokens as of `nowMs`: `ratePerS` a second, saved up for a second at most. */
export function refill(state: LanesState, ratePerS: number, nowMs: number): LanesState {
  const elapsedMs = Math.max(0, nowMs - state.tokensAtMs)
  const tokens = Math.min(ratePerS, state.tokens + (elapsedMs * ratePerS) / 1000)
  return { ...state, tokens, tokensAtMs: nowMs }
}
