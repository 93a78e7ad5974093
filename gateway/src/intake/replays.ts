/** One connection of a device, as the listener sees it. */
export interface Session {
  /** The client id. */
  client: string
  /** What it sends may still be what it sent on its former connection. */
  isReplaying: boolean
  hasEnded: boolean
  /** Fingerprints committed lately: their acknowledgements may not have arrived. */
  recent: { fingerprint: string; atMs: number }[]
}

/** An acknowledgement written this long before the connection broke has arrived; chosen: far above a LAN's round trip. */
const ARRIVAL_MS = 2_000
/** Remembered of one connection, and of all; chosen: more than any client has unacknowledged. */
const MAX_RECENT = 1_000
const MAX_SUSPECTS = 5_000

/**
 * Finds messages that are sent again without the DUP flag. MQTT 3.1.1 asks for it [MQTT-3.3.1-1], and some clients (mqtt.js is
 * one) leave it out. They send again first thing on a new connection, under the same packet identifier; so that is where we
 * look, and only for messages whose acknowledgement may have been lost with the former connection.
 */
export interface Replays {
  open: (client: string) => Session
  /** Whether this message was committed already. Only its session's first messages can be. */
  isReplay: (session: Session, fingerprint: string) => boolean
  /** A message with readings was committed. */
  committed: (session: Session, fingerprint: string, atMs: number) => void
  /** `isOrderly`: by the client's DISCONNECT, which it sends when nothing is open. */
  close: (session: Session, isOrderly: boolean, atMs: number) => void
}

/** `suspects`: what was committed just before the process ended last. */
export function createReplays(suspects: Iterable<{ client: string; fingerprint: string }>): Replays {
  const suspected = new Set<string>()
  const suspect = (client: string, fingerprint: string) => {
    suspected.add(`${client}\n${fingerprint}`)
    for (const oldest of suspected) {
      if (suspected.size <= MAX_SUSPECTS) break
      suspected.delete(oldest)
    }
  }
  for (const { client, fingerprint } of suspects) suspect(client, fingerprint)

  return {
    open: client => ({ client, isReplaying: true, hasEnded: false, recent: [] }),
    isReplay: (session, fingerprint) => session.isReplaying && suspected.has(`${session.client}\n${fingerprint}`),
    committed: (session, fingerprint, atMs) => {
      if (session.hasEnded) return suspect(session.client, fingerprint)
      session.recent.push({ fingerprint, atMs })
      if (session.recent.length > MAX_RECENT) session.recent.splice(0, MAX_RECENT / 2)
    },
    close: (session, isOrderly, atMs) => {
      session.hasEnded = true
      for (const entry of isOrderly ? [] : session.recent) {
        if (Math.abs(atMs - entry.atMs) <= ARRIVAL_MS) suspect(session.client, entry.fingerprint)
      }
      session.recent = []
    },
  }
}
