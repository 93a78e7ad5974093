import type { DatabaseSync } from 'node:sqlite'
import type { MessageMark } from './outbox.ts'

/** Fingerprints of QoS 1 messages kept, and for how long: a plug that was off over a long weekend may still send again. */
const MAX_FINGERPRINTS = 20_000
const MAX_FINGERPRINT_AGE_MS = 7 * 24 * 3_600_000
/** What counts as the last seconds before a kill; chosen: an acknowledgement on a LAN takes milliseconds. */
const LATEST_MS = 3_000
/** They are pruned each time this many were added. */
const PRUNE_EVERY = 2_000

/** The messages that were taken lately. */
export interface Fingerprints {
  /** In the caller's transaction. */
  add: (messages: readonly MessageMark[], atMs: number) => void
  /** What was added since the last of these is durable. */
  settle: (added: number) => void
  hasSeen: (fingerprint: string) => boolean
  latest: () => MessageMark[]
}

export function createFingerprints(db: DatabaseSync): Fingerprints {
  const insert = db.prepare('INSERT OR REPLACE INTO message (fingerprint, client, at_ms) VALUES (?, ?, ?)')
  const prune = db.prepare('DELETE FROM message WHERE id <= (SELECT max(id) FROM message) - ? OR at_ms < ?')
  const seen = db.prepare('SELECT 1 FROM message WHERE fingerprint = ?')
  // By the last one's time and not the latest: a clock that was set back leaves later times behind.
  const latest = db.prepare(
    `SELECT client, fingerprint FROM message
     WHERE abs(at_ms - (SELECT at_ms FROM message ORDER BY id DESC LIMIT 1)) <= ? ORDER BY id`,
  )
  let addedSincePrune = PRUNE_EVERY
  return {
    add: (messages, atMs) => {
      for (const { client, fingerprint } of messages) insert.run(fingerprint, client, atMs)
      if (addedSincePrune >= PRUNE_EVERY) prune.run(MAX_FINGERPRINTS, atMs - MAX_FINGERPRINT_AGE_MS)
    },
    settle: added => {
      addedSincePrune = (addedSincePrune >= PRUNE_EVERY ? 0 : addedSincePrune) + added
    },
    hasSeen: fingerprint => seen.get(fingerprint) !== undefined,
    latest: () =>
      latest.all(LATEST_MS).map(row => ({ client: String(row['client']), fingerprint: String(row['fingerprint']) })),
  }
}
