/**
 * What one gateway of the load still owes the server: a pure state machine that keeps to what a gateway promises. Packs are
 * numbered from 1; what is not acknowledged is kept and sent again, after a while or on a new connection; an acknowledgement
 * stands for all before it. A pack is two numbers here: its readings are made again whenever it is sent.
 */
export interface LoadOutbox {
  /** All up to this number were acknowledged. */
  ackedSeq: number
  /** Not yet acknowledged, oldest first; the first has the number after `ackedSeq`. */
  packs: LoadPack[]
  /** So many of them were sent on the present connection. */
  sent: number
  /** Times that all was sent again since the last progress. */
  attempts: number
  /** When what was sent is sent again, unless the server says something before. */
  resendAtMs: number
}

export interface LoadPack {
  /** When it was measured: its readings' time. */
  timeMs: number
  /** When it was due to leave: its delay counts from then, whether or not it could leave. */
  dueAtMs: number
}

/** As many packs as a gateway has under way at most. */
export const MAX_IN_FLIGHT = 16
/** As long as a gateway waits for an acknowledgement before it sends again, doubled each time. */
const FIRST_RESEND_MS = 3_000
const LAST_RESEND_MS = 60_000

export function createLoadOutbox(): LoadOutbox {
  return { ackedSeq: 0, packs: [], sent: 0, attempts: 0, resendAtMs: Infinity }
}

/** The lowest number that was not acknowledged: what each pack carries as its base. */
export function baseOf({ ackedSeq }: LoadOutbox): number {
  return ackedSeq + 1
}

/** The packs that may leave now, with their numbers; they count as sent. */
export function takeSendable(outbox: LoadOutbox, nowMs: number): { seq: number; pack: LoadPack }[] {
  const taken: { seq: number; pack: LoadPack }[] = []
  for (let at = outbox.sent; at < Math.min(outbox.packs.length, MAX_IN_FLIGHT); at++) {
    const pack = outbox.packs[at]
    if (pack !== undefined) taken.push({ seq: outbox.ackedSeq + 1 + at, pack })
  }
  outbox.sent += taken.length
  if (taken.length > 0 && outbox.resendAtMs === Infinity) outbox.resendAtMs = nowMs + FIRST_RESEND_MS
  return taken
}

/** The connection is new, or too long nothing was heard: all that is under way goes again. Gives how many packs that are. */
export function rewind(outbox: LoadOutbox): number {
  const again = outbox.sent
  outbox.sent = 0
  outbox.resendAtMs = Infinity
  return again
}

/** `rewind` when it is time; 0 when it is not. */
export function rewindIfLate(outbox: LoadOutbox, nowMs: number): number {
  if (nowMs < outbox.resendAtMs) return 0
  const again = rewind(outbox)
  outbox.attempts += 1
  outbox.resendAtMs = nowMs + Math.min(LAST_RESEND_MS, FIRST_RESEND_MS * 2 ** outbox.attempts)
  return again
}

/** The packs that a word of the server ends, oldest first. A number that was never sent is no word on this run. */
export function takeAcked(outbox: LoadOutbox, seq: number, nowMs: number): LoadPack[] {
  const count = seq - outbox.ackedSeq
  // Also what was sent on an earlier connection and not yet on this one may be acknowledged.
  if (count <= 0 || count > outbox.packs.length) return []
  const acked = outbox.packs.splice(0, count)
  outbox.ackedSeq = seq
  outbox.sent = Math.max(0, outbox.sent - count)
  outbox.attempts = 0
  outbox.resendAtMs = outbox.sent > 0 ? nowMs + FIRST_RESEND_MS : Infinity
  return acked
}
