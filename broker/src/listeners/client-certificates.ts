import type { TLSSocket } from 'node:tls'
import { certificateKey } from '../ca/certificates.ts'
import type { CertificateProof } from './listener.ts'
import type { TlsFollower } from './tls-material.ts'

/** Whom a connection's certificate names, or why the connection must end; neither for one that shows none. */
export type CertificateVerdict =
  { proof?: CertificateProof } | { refused: 'bad_certificate' | 'revoked_certificate'; detail: string }

/** Looks at the certificates that clients show, and cuts connections whose certificate is revoked later. */
export interface ClientCertificates {
  /** Called once for a connection whose handshake is over. */
  check: (socket: TLSSocket) => CertificateVerdict
}

export function createClientCertificates(
  follower: Pick<TlsFollower, 'current' | 'onChange'>,
  onRevoked: (commonName: string) => void,
): ClientCertificates {
  /** Open connections that proved themselves, with the key of their certificate. */
  const open = new Map<TLSSocket, { key: string; commonName: string }>()

  follower.onChange(() => {
    const { revoked } = follower.current()
    for (const [socket, { key, commonName }] of open) {
      if (!revoked.has(key)) continue
      onRevoked(commonName)
      socket.destroy()
    }
  })

  return {
    check: socket => {
      const shown = socket.getPeerCertificate()
      // Node gives an empty object when there is none.
      if (shown.raw === undefined) return {}
      const commonName = [shown.subject.CN].flat()[0] ?? ''
      if (!socket.authorized)
        return { refused: 'bad_certificate', detail: `${commonName}: ${String(socket.authorizationError)}` }
      const key = certificateKey(shown.raw)
      if (follower.current().revoked.has(key)) return { refused: 'revoked_certificate', detail: commonName }
      open.set(socket, { key, commonName })
      socket.once('close', () => open.delete(socket))
      return { proof: { commonName } }
    },
  }
}
