import { readFile, stat } from 'node:fs/promises'
import { type SecureContextOptions, createSecureContext } from 'node:tls'
import { errorText } from '@harbor/protocol'
import type { Logger } from 'pino'
import { blocks, certificateEnd, readRevocationLists } from '../ca/certificates.ts'
import { BrokerError } from '../errors.ts'

/** Where a broker's certificates are; all PEM. */
export interface TlsFiles {
  /** The certificate with its chain. May be the same file as the key's. */
  certificate: string
  key: string
  /** Who may sign gateways' certificates; undefined: nobody is asked for one. */
  clientCa: string | undefined
  /** What no longer counts; undefined: nothing is revoked. */
  revocations: string | undefined
}

/** Certificates as they are on disk now. */
export interface TlsMaterial {
  /** For Node's TLS servers. */
  context: SecureContextOptions
  /** As `certificateKey` names them. */
  revoked: ReadonlySet<string>
  /** When the server's own certificate ends. */
  notAfter: Date
}

/** The material, followed: files may be replaced while the broker runs. */
export interface TlsFollower {
  /** @throws BrokerError BROKER_CERTIFICATE_UNUSABLE naming the file. */
  start: () => Promise<void>
  stop: () => void
  /** What was read last and could be used. */
  current: () => TlsMaterial
  /** Called after each change that could be read. */
  onChange: (listener: () => void) => void
}

/** Chosen: a revoked box is cut within so long; three small files are looked at (not read) as often. */
const LOOK_EVERY_MS = 1_000

/**
 * Follows certificates on disk. A change that cannot be used (a half-written file, a key that does not fit) is logged once and
 * the former stays in use: no rotation, whatever its order, leaves a moment without a certificate.
 */
export function followTls(files: TlsFiles, log: Pick<Logger, 'info' | 'warn'>): TlsFollower {
  const names = [files.certificate, files.key, files.clientCa, files.revocations].filter(name => name !== undefined)
  const listeners: (() => void)[] = []
  let material: TlsMaterial | undefined
  let seen = ''
  let timer: NodeJS.Timeout | undefined
  let isLooking = false

  const fingerprint = async () => (await Promise.all(names.map(versionOf))).join()

  async function look(): Promise<void> {
    if (isLooking) return
    isLooking = true
    try {
      await lookOnce()
    } finally {
      isLooking = false
    }
  }

  async function lookOnce(): Promise<void> {
    const now = await fingerprint()
    if (now === seen) return
    seen = now
    try {
      material = await readMaterial(files)
    } catch (error) {
      log.warn({ error: errorText(error) }, 'certificates changed and cannot be used; those from before stay in use')
      return
    }
    log.info({ notAfter: material.notAfter.toISOString(), revoked: material.revoked.size }, 'certificates changed')
    for (const listener of listeners) listener()
  }
  return {
    async start() {
      seen = await fingerprint()
      material = await readMaterial(files)
      timer = setInterval(look, LOOK_EVERY_MS).unref()
    },
    stop: () => clearInterval(timer),
    current: () => {
      if (material === undefined) throw new BrokerError('BROKER_CERTIFICATE_UNUSABLE', 'the certificates were not read')
      return material
    },
    onChange: listener => void listeners.push(listener),
  }
}

/** What tells one version of a file from the next without reading it; a file that is not there is a version too. */
async function versionOf(file: string): Promise<string> {
  try {
    const { mtimeMs, size, ino } = await stat(file)
    return `${mtimeMs}/${size}/${ino}`
  } catch {
    return 'none'
  }
}

async function readMaterial(files: TlsFiles): Promise<TlsMaterial> {
  const [cert, key, ca, lists] = await Promise.all([
    readPem(files.certificate),
    readPem(files.key),
    files.clientCa === undefined ? undefined : readPem(files.clientCa),
    files.revocations === undefined ? '' : readPem(files.revocations),
  ])
  const context = {
    cert,
    key,
    // Each on its own: Node reads only the first of a text.
    ...(ca !== undefined && { ca: blocks(ca, 'CERTIFICATE') }),
    minVersion: 'TLSv1.2' as const, // RFC 8996: nothing older
  }
  try {
    createSecureContext(context)
  } catch (cause) {
    throw new BrokerError(
      'BROKER_CERTIFICATE_UNUSABLE',
      `${files.certificate} and ${files.key} do not make a certificate with its key: ${errorText(cause)}`,
      { cause },
    )
  }
  return {
    context,
    revoked: readRevocationLists(lists),
    notAfter: certificateEnd(blocks(cert, 'CERTIFICATE')[0] ?? ''),
  }
}

async function readPem(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw new BrokerError('BROKER_CERTIFICATE_UNUSABLE', `${file} cannot be read: ${errorText(cause)}`, { cause })
  }
}
