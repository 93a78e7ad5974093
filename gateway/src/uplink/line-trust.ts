import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gatewayError } from '../errors.ts'

/** What a gateway believes of the broker, and what it shows of itself, on a line with TLS; all PEM. */
export interface LineTrust {
  /** The authorities to believe; absent: those that Node believes. */
  ca?: string
  /** The certificate with which it proves itself in place of its secret, and its key. */
  cert?: string
  key?: string
}

const CA_FILE = 'ca.pem'
const CERTIFICATE_FILE = 'client.pem'
const KEY_FILE = 'client.key'

/**
 * Reads it from a gateway's folder: `ca.pem` (or the one beside all gateways' folders), `client.pem` and `client.key`. Read at each
 * attempt to connect, so that files may be replaced without a restart.
 *
 * @throws HarborError GATEWAY_CERTIFICATE_INVALID when one of the pair is missing; the file system's error when one cannot be read.
 */
export function readLineTrust(folder: string): LineTrust {
  const ca = [join(folder, CA_FILE), join(dirname(folder), CA_FILE)].find(file => existsSync(file))
  const [certificate, key] = [join(folder, CERTIFICATE_FILE), join(folder, KEY_FILE)]
  const [hasCertificate, hasKey] = [existsSync(certificate), existsSync(key)]
  if (hasCertificate !== hasKey) {
    const missing = hasCertificate ? key : certificate
    throw gatewayError('GATEWAY_CERTIFICATE_INVALID', `${missing} is missing; a certificate and its key come together`)
  }
  return {
    ...(ca !== undefined && { ca: readFileSync(ca, 'utf8') }),
    ...(hasCertificate && { cert: readFileSync(certificate, 'utf8'), key: readFileSync(key, 'utf8') }),
  }
}

/** Whether a gateway proves itself by a certificate, and so needs no secret. */
export function hasCertificate(folder: string): boolean {
  return existsSync(join(folder, CERTIFICATE_FILE))
}
