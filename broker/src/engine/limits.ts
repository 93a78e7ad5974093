import { MAX_PAYLOAD_BYTES } from '@harbor/protocol'

/** What bounds the broker's memory and disk, whatever clients do. */
export interface Limits {
  /** Connections at once over all listeners. */
  connections: number
  /** A PUBLISH payload that is larger is acknowledged, counted and given to nobody. */
  payloadBytes: number
  /** Messages a second that one gateway may publish over a while, and twice as many at once; what comes faster waits in its socket. */
  messagesPerS: number
  /** The CONNECT packet, which comes from anybody. */
  connectBytes: number
  /** How long a new connection may take to send its CONNECT. */
  connectTimeoutMs: number
  /** A client whose connection takes no byte for so long while we have some for it is cut; those who publish to it wait that long. */
  slowReaderMs: number
  /** The wills of clients that were lost with a killed broker are published four of these after the next start. */
  heartbeatMs: number
  /** Subscriptions of one connection. */
  filtersPerClient: number
  /** Sessions that outlive their connections, of one account; for one more the oldest without a connection is deleted. */
  sessionsPerAccount: number
  /** Messages that wait for one session; later ones are dropped and counted. */
  queuedMessagesPerSession: number
  /** Bytes (topics and payloads) that wait for one session. */
  queuedBytesPerSession: number
}

export const DEFAULT_LIMITS: Limits = {
  // Chosen: one process may open 20,000 files on the machines this was tried on; half of them leaves room for the store.
  connections: 10_000,
  payloadBytes: MAX_PAYLOAD_BYTES,
  // Chosen: a gateway that catches up after a week sends some ten packs a second; one that runs wild shall not take the broker's core.
  messagesPerS: 200,
  // Chosen: ids, a 64-digit secret and an "offline" last will are below 1 KB.
  connectBytes: 16 * 1024,
  connectTimeoutMs: 10_000,
  // Chosen: shorter than 1.5 times the usual keepalive of 10 s or more, so that those who wait are not taken for dead.
  slowReaderMs: 10_000,
  // Chosen: a gateway that does not come back within a minute is offline.
  heartbeatMs: 15_000,
  // Chosen: a gateway needs 3, the server about 10.
  filtersPerClient: 100,
  // Chosen: a gateway needs 1, the server one for each of its processes.
  sessionsPerAccount: 20,
  // Chosen: what is not lost rests on the gateways' outboxes, not on this queue; it bridges restarts of seconds to minutes.
  queuedMessagesPerSession: 10_000,
  queuedBytesPerSession: 64 * 1024 * 1024,
}
