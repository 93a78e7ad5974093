import { X509Certificate } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { errorText } from '@harbor/protocol'
import { replaceFile } from '../config/atomic-file.ts'
import { gatewayError } from '../errors.ts'

/** Beside the gateways' folders. */
const FILE = 'ca.pem'

/**
 * From now on this process also believes the certificates that a bundle brought, on every line: to the server and to the broker.
 *
 * @throws HarborError GATEWAY_BUNDLE_INVALID when the file is damaged.
 */
export async function believeAuthority(gatewayDir: string): Promise<void> {
  const file = join(gatewayDir, FILE)
  let pem: string
  try {
    pem = await readFile(file, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return
    throw gatewayError('GATEWAY_BUNDLE_INVALID', `${file}: ${errorText(cause)}`, { cause })
  }
  const added = certificatesOf(pem, file)
  const known = getCACertificates('default')
  setDefaultCACertificates([...known, ...added.filter(certificate => !known.includes(certificate))])
}

/** Keeps what a bundle brought, for every start to come. @throws HarborError GATEWAY_BUNDLE_INVALID */
export async function keepAuthority(gatewayDir: string, pem: string): Promise<void> {
  const certificates = certificatesOf(pem, `the card's ${FILE}`)
  await mkdir(gatewayDir, { recursive: true, mode: 0o700 })
  await replaceFile(join(gatewayDir, FILE), certificates.join(''))
}

function certificatesOf(pem: string, file: string): string[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g) ?? []
  if (blocks.length === 0) throw gatewayError('GATEWAY_BUNDLE_INVALID', `${file}: holds no certificate`)
  try {
    return blocks.map(block => new X509Certificate(block).toString())
  } catch (cause) {
    throw gatewayError('GATEWAY_BUNDLE_INVALID', `${file}: ${errorText(cause)}`, { cause })
  }
}
