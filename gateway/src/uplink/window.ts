/**
 * Which packs are on their way, and when they are sent again: a pure state machine. Packs are numbered from 1 in each run of
 * the gateway; the server's word "all up to n is durable" ends them; whatever else happens, they are sent again, in order.
 */

/** A run of outbox rows that travels as one numbered pack. */
export interface Pack {
  seq: number
  lane: 'live' | 'backlog'
  firstId: number
  lastId: number
  count: number
}

export interface WindowState {
  /** The number of the next new pack. */
  nextSeq: number
  /** Not yet acknowledged, in order of their numbers. */
  inFlight: readonly Pack[]
  isUp: boolean
  /** Times that all was sent again since the last progress. */
  attempts: number
  /** When all is sent again unless the server says something before; undefined while nothing waits. */
  resendAtMs: number | undefined
}

export type WindowInput =
  | { kind: 'up' }
  | { kind: 'down' }
  /** A new pack; refused (no change) when the link is down or the window is full. */
  | { kind: 'offer'; pack: Omit<Pack, 'seq'> }
  /** The server's cumulative acknowledgement, of this run. */
  | { kind: 'ack'; seq: number }
  | { kind: 'tick' }

/** What is to be done: packs to send in this order, and packs that are durable at the server. */
export interface WindowEffects {
  send: readonly Pack[]
  acked: readonly Pack[]
}

export interface Moment {
  nowMs: number
  /** 0 up to 1: spreads the resends of many gateways. */
  random: number
}

/** Packs in flight at most; chosen: 3,200 readings cover a round trip of a second at any rate a station has. */
export const MAX_IN_FLIGHT = 16
/** Of them backlog at most, so that live readings always find room. */
export const MAX_BACKLOG_IN_FLIGHT = 12
/** An ack takes a server's batch and a write, well under a second; chosen: a few of these. */
export const FIRST_RESEND_MS = 3_000
/** Chosen: a server that comes back is heard within a minute. */
export const LAST_RESEND_MS = 60_000

export const INITIAL_WINDOW: WindowState = {
  nextSeq: 1,
  inFlight: [],
  isUp: false,
  attempts: 0,
  resendAtMs: undefined,
}

/** Whether a pack of this lane may be offered now. */
export function hasRoom(state: WindowState, lane: Pack['lane']): boolean {
  if (!state.isUp || state.inFlight.length >= MAX_IN_FLIGHT) return false
  return lane === 'live' || state.inFlight.filter(pack => pack.lane === 'backlog').length < MAX_BACKLOG_IN_FLIGHT
}

/** The lowest number not yet acknowledged: what every pack carries as `base`. */
export function baseOf(state: WindowState): number {
  return state.inFlight[0]?.seq ?? state.nextSeq
}

export function step(
  state: WindowState,
  input: WindowInput,
  moment: Moment,
): { state: WindowState; effects: WindowEffects } {
  switch (input.kind) {
    case 'up':
      // What was on its way when the link broke may be lost: all of it goes again, at once.
      return {
        state: { ...state, isUp: true, attempts: 0, resendAtMs: resendAt(state.inFlight, 0, moment) },
        effects: { send: state.inFlight, acked: [] },
      }
    case 'down':
      return { state: { ...state, isUp: false, resendAtMs: undefined }, effects: NOTHING }
    case 'offer': {
      if (!hasRoom(state, input.pack.lane)) return { state, effects: NOTHING }
      const pack: Pack = { seq: state.nextSeq, ...input.pack }
      const inFlight = [...state.inFlight, pack]
      const resendAtMs = state.resendAtMs ?? resendAt(inFlight, 0, moment)
      return { state: { ...state, nextSeq: pack.seq + 1, inFlight, resendAtMs }, effects: { send: [pack], acked: [] } }
    }
    case 'ack': {
      // A number that was never sent is no word on this run, whoever says it.
      const acked = input.seq >= state.nextSeq ? [] : state.inFlight.filter(pack => pack.seq <= input.seq)
      if (acked.length === 0) return { state, effects: NOTHING }
      const inFlight = state.inFlight.filter(pack => pack.seq > input.seq)
      const resendAtMs = state.isUp ? resendAt(inFlight, 0, moment) : undefined
      return { state: { ...state, inFlight, attempts: 0, resendAtMs }, effects: { send: [], acked } }
    }
    case 'tick': {
      if (state.resendAtMs === undefined || moment.nowMs < state.resendAtMs) return { state, effects: NOTHING }
      const attempts = state.attempts + 1
      return {
        state: { ...state, attempts, resendAtMs: resendAt(state.inFlight, attempts, moment) },
        effects: { send: state.inFlight, acked: [] },
      }
    }
  }
}

const NOTHING: WindowEffects = { send: [], acked: [] }

/** Doubling, with up to a quarter more at random; undefined when nothing waits. */
function resendAt(inFlight: readonly Pack[], attempts: number, { nowMs, random }: Moment): number | undefined {
  if (inFlight.length === 0) return undefined
  const delayMs = Math.min(LAST_RESEND_MS, FIRST_RESEND_MS * 2 ** attempts)
  return nowMs + delayMs * (1 + random / 4)
}
