import type { Logger } from 'pino'
import type { Limits } from '../engine/limits.ts'
import type { Refusal } from '../refusals.ts'
import { createClientCertificates } from './client-certificates.ts'
import type { Listener } from './listener.ts'
import { createTlsListener } from './tls-listener.ts'
import { type TlsFiles, followTls } from './tls-material.ts'
import { type WebListenerDeps, createWebListener } from './web-listener.ts'

export interface SecureListenersConfig {
  host: string
  files: TlsFiles
  mqttsPort: number
  wssPort: number
  /** A WebSocket message that is larger ends its connection. */
  messageBytes: number
  limits: Pick<Limits, 'connections' | 'connectTimeoutMs'>
}

export interface SecureListenersDeps extends Omit<WebListenerDeps, 'tls'> {
  refuse: (refusal: Refusal) => void
  log: Pick<Logger, 'info' | 'warn'>
}

/** The listeners with TLS, which share their certificates and what is revoked. */
export interface SecureListeners {
  listeners: [name: string, listener: Listener][]
  /** Reads the certificates and follows them. @throws BrokerError BROKER_CERTIFICATE_UNUSABLE */
  start: () => Promise<void>
  /** No longer follows them; the listeners are stopped by themselves. */
  stop: () => void
}

export function createSecureListeners(config: SecureListenersConfig, deps: SecureListenersDeps): SecureListeners {
  const { host, limits } = config
  const follower = followTls(config.files, deps.log)
  const certificates = createClientCertificates(follower, commonName =>
    deps.refuse({ reason: 'revoked_certificate', source: commonName, detail: 'an open connection was cut' }),
  )
  const shared = { requestCert: config.files.clientCa !== undefined, handshakeTimeoutMs: limits.connectTimeoutMs }
  const tls = createTlsListener(
    { ...shared, host, port: config.mqttsPort, connections: limits.connections },
    { serve: deps.serve, refuse: deps.refuse, follower, certificates },
  )
  const web = createWebListener(
    { host, port: config.wssPort, messageBytes: config.messageBytes },
    {
      ...deps,
      tls: {
        ...shared,
        follower,
        check: certificates.check,
        refuse: (reason, source, detail) => deps.refuse({ reason, source, detail }),
      },
    },
  )
  return {
    listeners: [
      ['mqtts', tls],
      ['mqtt-wss', web],
    ],
    start: follower.start,
    stop: follower.stop,
  }
}
