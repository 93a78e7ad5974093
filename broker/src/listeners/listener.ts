import type { Duplex } from 'node:stream'

export interface ListenerConfig {
  host: string
  /** 0: any free port. */
  port: number
}

/** Takes a connection over; `source` says where it comes from. */
export type Serve = (stream: Duplex, source: string) => void

export interface Listener {
  /** Resolves with the URL it listens on; rejects with Node's error when it cannot. */
  start: () => Promise<string>
  /** Ends the listener and its connections. */
  stop: () => Promise<void>
}
