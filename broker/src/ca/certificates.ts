import 'reflect-metadata'
import { isIP } from 'node:net'
import * as x509 from '@peculiar/x509'
import { BrokerError } from '../errors.ts'

/** P-256: what every TLS library on a gateway's board can check, and NIST SP 800-57 holds good beyond 2030. */
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const

const DAY_MS = 86_400_000
/** Chosen: a root outlives the boxes that trust it; it is changed by `ca roll`, not by its end. */
const ROOT_DAYS = 3_650
/** Chosen: public authorities end theirs after 398 days at most; a private one may do the same, and be renewed by a timer. */
const SERVER_DAYS = 397
/** Chosen: a box in a station is visited about once in two years. */
const GATEWAY_DAYS = 825
/** Certificates begin a little before they are made: clocks of boxes without a battery are late. */
const BEFORE_MS = DAY_MS

/** A certificate with the key that belongs to it, as PEM. */
export interface KeyedCertificate {
  certificate: string
  key: string
}

/** What was issued: enough to find it again and to revoke it. */
export interface IssuedCertificate {
  certificate: string
  /** Hexadecimal, lower case. */
  serial: string
  notAfter: Date
}

/** Who a certificate is for: a server under the names that its clients use, or a gateway by its id. */
export type Subject = { kind: 'server'; hosts: readonly string[] } | { kind: 'gateway'; gateway: string }

/** A new root: a certificate that signs others. */
export async function makeRoot(name: string, now: Date): Promise<KeyedCertificate> {
  const keys = await makeKeys()
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [name] }],
    keys,
    serialNumber: newSerial(),
    notBefore: new Date(now.getTime() - BEFORE_MS),
    notAfter: new Date(now.getTime() + ROOT_DAYS * DAY_MS),
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return { certificate: pem(certificate), key: await keyPem(keys.privateKey) }
}

/** Issues a certificate with a new key. @throws BrokerError BROKER_CERTIFICATE_UNUSABLE for a root that is none. */
export async function issue(
  root: KeyedCertificate,
  subject: Subject,
  now: Date,
): Promise<IssuedCertificate & KeyedCertificate> {
  const keys = await makeKeys()
  return { ...(await sign(root, { subject, publicKey: keys.publicKey }, now)), key: await keyPem(keys.privateKey) }
}

/**
 * Issues a gateway's certificate for the key of a PKCS #10 request, so that the key never leaves the box. The name is ours:
 * what the request says of itself counts for nothing.
 *
 * @throws BrokerError BROKER_CERTIFICATE_UNUSABLE when the request cannot be read or was not made with its key.
 */
export async function signRequest(
  root: KeyedCertificate,
  { request, gateway }: { request: string; gateway: string },
  now: Date,
): Promise<IssuedCertificate> {
  const parsed = read('the request', () => new x509.Pkcs10CertificateRequest(request))
  if (!(await parsed.verify())) throw unusable('the request was not signed with the key that it holds')
  return sign(root, { subject: { kind: 'gateway', gateway }, publicKey: parsed.publicKey }, now)
}

async function sign(
  root: KeyedCertificate,
  { subject, publicKey }: { subject: Subject; publicKey: x509.PublicKeyType },
  now: Date,
): Promise<IssuedCertificate> {
  const issuer = read('the root', () => new x509.X509Certificate(root.certificate))
  const isServer = subject.kind === 'server'
  const certificate = await x509.X509CertificateGenerator.create({
    subject: [{ CN: [isServer ? (subject.hosts[0] ?? '') : subject.gateway] }],
    issuer: issuer.subjectName,
    publicKey,
    signingKey: await readKey(root.key),
    serialNumber: newSerial(),
    notBefore: new Date(now.getTime() - BEFORE_MS),
    notAfter: new Date(
      Math.min(issuer.notAfter.getTime(), now.getTime() + (isServer ? SERVER_DAYS : GATEWAY_DAYS) * DAY_MS),
    ),
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([
        isServer ? x509.ExtendedKeyUsage.serverAuth : x509.ExtendedKeyUsage.clientAuth,
      ]),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      ...(isServer ? [new x509.SubjectAlternativeNameExtension(subject.hosts.map(hostName))] : []),
    ],
  })
  return { certificate: pem(certificate), serial: certificate.serialNumber, notAfter: certificate.notAfter }
}

/** A list of what no longer counts. It ends with its root: one that runs out before would have to be renewed for nothing. */
export async function makeRevocationList(
  root: KeyedCertificate,
  revoked: readonly { serial: string; at: Date }[],
  now: Date,
): Promise<string> {
  const issuer = read('the root', () => new x509.X509Certificate(root.certificate))
  const list = await x509.X509CrlGenerator.create({
    issuer: issuer.subjectName,
    thisUpdate: now,
    nextUpdate: issuer.notAfter,
    signingAlgorithm: ALGORITHM,
    signingKey: await readKey(root.key),
    entries: revoked.map(({ serial, at }) => ({ serialNumber: serial, revocationDate: at })),
  })
  // RFC 7468, 6: the library's own label is one that OpenSSL does not know.
  return `${x509.PemConverter.encode(list.rawData, 'X509 CRL')}\n`
}

/**
 * What the lists in `text` revoke, as `certificateKey` names it. That a list is past its end changes nothing: what it revokes
 * stays revoked, and nobody is locked out for want of a newer one.
 *
 * @throws BrokerError BROKER_CERTIFICATE_UNUSABLE
 */
export function readRevocationLists(text: string): ReadonlySet<string> {
  const lists = read('the revocation list', () =>
    blocks(text, 'X509 CRL').map(block => new x509.X509Crl(x509.PemConverter.decodeFirst(block))),
  )
  // The library reads a list without `nextUpdate` as one that revokes nothing; RFC 5280, 5.1.2.5 asks for it.
  if (lists.some(({ nextUpdate }) => nextUpdate === undefined)) throw unusable('a revocation list has no nextUpdate')
  return new Set(lists.flatMap(({ issuer, entries }) => entries.map(entry => `${issuer}|${entry.serialNumber}`)))
}

/** Issuer and serial number of a certificate in DER: what a revocation list names it by (RFC 5280, 5.3). */
export function certificateKey(der: Uint8Array): string {
  const { issuer, serialNumber } = new x509.X509Certificate(Uint8Array.from(der))
  return `${issuer}|${serialNumber}`
}

/** When a certificate ends. @throws BrokerError BROKER_CERTIFICATE_UNUSABLE */
export function certificateEnd(text: string): Date {
  return read('the certificate', () => new x509.X509Certificate(text)).notAfter
}

/** The PEM blocks of a kind in a file that may hold several, and text between them. */
export function blocks(text: string, kind: string): string[] {
  return text.match(new RegExp(`-----BEGIN ${kind}-----[^-]*-----END ${kind}-----`, 'g')) ?? []
}

async function makeKeys(): Promise<{ publicKey: CryptoKey; privateKey: CryptoKey }> {
  return crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
}

async function keyPem(key: CryptoKey): Promise<string> {
  return `${x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`
}

async function readKey(text: string): Promise<CryptoKey> {
  const der = read('the key of the root', () => x509.PemConverter.decodeFirst(text))
  return crypto.subtle.importKey('pkcs8', der, ALGORITHM, false, ['sign'])
}

/** 16 random bytes, positive and without a leading zero, so that the number reads the same everywhere (RFC 5280, 4.1.2.2). */
function newSerial(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40
  return Buffer.from(bytes).toString('hex')
}

function hostName(host: string): { type: 'ip' | 'dns'; value: string } {
  return { type: isIP(host) === 0 ? 'dns' : 'ip', value: host }
}

const pem = (data: { toString: (format: 'pem') => string }): string => `${data.toString('pem')}\n`

function read<Value>(what: string, parse: () => Value): Value {
  try {
    return parse()
  } catch (cause) {
    throw unusable(`${what} cannot be read`, cause)
  }
}

function unusable(message: string, cause?: unknown): BrokerError {
  return new BrokerError('BROKER_CERTIFICATE_UNUSABLE', message, cause === undefined ? {} : { cause })
}
