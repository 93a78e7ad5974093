import type { Duplex } from 'node:stream'

export interface ListenerConfig {
  host: string
  /** 0: any free port. */
  port: number
}

/** Whom a client's certificate names: checked, not ended and not revoked. */
export interface CertificateProof {
  /** The subject's common name: a gateway's id. */
  commonName: string
}

/** Takes a connection over; `source` says where it comes from, `proof` whom its certificate names when it showed one. */
export type Serve = (stream: Duplex, source: string, proof?: CertificateProof) => void

export interface Listener {
  /** Resolves with the URL it listens on; rejects with Node's error when it cannot. */
  start: () => Promise<string>
  /** Ends the listener and its connections. */
  stop: () => Promise<void>
}
