import { existsSync } from 'node:fs'
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { BrokerError } from '../errors.ts'
import {
  type IssuedCertificate,
  type KeyedCertificate,
  type Subject,
  issue,
  makeRevocationList,
  makeRoot,
  signRequest,
} from './certificates.ts'

const recordSchema = z.object({
  serial: z.string().regex(/^[0-9a-f]+$/),
  kind: z.enum(['server', 'gateway']),
  name: z.string(),
  issuedAt: z.iso.datetime(),
  notAfter: z.iso.datetime(),
  /** Which root signed it: 0 is the first. */
  root: z.int().nonnegative(),
  revokedAt: z.iso.datetime().optional(),
})
/** A certificate that this authority has issued. */
export type CertificateRecord = z.infer<typeof recordSchema>

const bookSchema = z.object({ records: z.array(recordSchema) })

/** The files of an authority, all below one folder. */
export interface CaFolder {
  /** Makes the first root. @throws BrokerError BROKER_CA_EXISTS */
  init: (name: string) => Promise<void>
  /** Makes a new root beside those there are: `ca.pem` then holds all of them, and the new one signs from now on. */
  roll: (name: string) => Promise<void>
  /** Takes all roots but the newest out of `ca.pem`. Tells which certificates in use are of those. */
  dropOldRoots: () => Promise<CertificateRecord[]>
  /** A server's certificate in `server.pem` and `server.key`; the one before stays good until it ends or is revoked. */
  issueServer: (hosts: readonly string[]) => Promise<CertificateRecord>
  /** A gateway's certificate in `gateways/{id}.pem`, and its key in `gateways/{id}.key` unless a request is given. */
  issueGateway: (gateway: string, request?: string) => Promise<CertificateRecord>
  /** Revokes by gateway id (every certificate of it) or by serial number. Tells what was revoked. */
  revoke: (what: string) => Promise<CertificateRecord[]>
  records: () => Promise<CertificateRecord[]>
}

/**
 * An authority in `dir`: `ca.pem` (to be trusted; no secret), `root-N.key`, `crl.pem`, `issued.json`. Keys are readable by their
 * owner alone. Every file is replaced whole, so a broker that reads along sees the old one or the new one.
 */
export function openCaFolder(dir: string, now: () => Date): CaFolder {
  const path = (...names: string[]) => join(dir, ...names)

  async function replace(file: string, content: string, mode = 0o644): Promise<void> {
    const aside = `${file}.new`
    await writeFile(aside, content, { mode })
    await chmod(aside, mode) // an old file of this name keeps its own mode
    await rename(aside, file)
  }

  async function records(): Promise<CertificateRecord[]> {
    if (!existsSync(path('issued.json'))) return []
    const parsed = bookSchema.safeParse(JSON.parse(await readFile(path('issued.json'), 'utf8')))
    if (!parsed.success)
      throw new BrokerError('BROKER_CERTIFICATE_UNUSABLE', `${path('issued.json')} is not what this command wrote`)
    return parsed.data.records
  }

  /** All roots, the first one first. */
  async function roots(): Promise<KeyedCertificate[]> {
    const found: KeyedCertificate[] = []
    for (let index = 0; existsSync(path(`root-${index}.pem`)); index += 1) {
      found.push({
        certificate: await readFile(path(`root-${index}.pem`), 'utf8'),
        key: await readFile(path(`root-${index}.key`), 'utf8'),
      })
    }
    return found
  }

  async function newestRoot(): Promise<{ root: KeyedCertificate; index: number }> {
    const all = await roots()
    const root = all.at(-1)
    if (root === undefined)
      throw new BrokerError('BROKER_CA_MISSING', `there is no authority in ${dir}; make one with \`ca init\``)
    return { root, index: all.length - 1 }
  }

  async function addRoot(name: string, index: number): Promise<void> {
    const root = await makeRoot(name, now())
    // The key first: a certificate without its key would be a root that cannot sign.
    await replace(path(`root-${index}.key`), root.key, 0o600)
    await replace(path(`root-${index}.pem`), root.certificate)
  }

  async function keep(issued: IssuedCertificate, subject: Subject, root: number): Promise<CertificateRecord> {
    const record: CertificateRecord = {
      serial: issued.serial,
      kind: subject.kind,
      name: subject.kind === 'server' ? subject.hosts.join() : subject.gateway,
      issuedAt: now().toISOString(),
      notAfter: issued.notAfter.toISOString(),
      root,
    }
    await replace(path('issued.json'), JSON.stringify({ records: [...(await records()), record] }, null, 1))
    return record
  }

  async function writeRevocations(all: readonly CertificateRecord[]): Promise<void> {
    const lists: string[] = []
    for (const [index, root] of (await roots()).entries()) {
      const revoked = all.flatMap(({ root: of, serial, revokedAt }) =>
        of === index && revokedAt !== undefined ? [{ serial, at: new Date(revokedAt) }] : [],
      )
      lists.push(await makeRevocationList(root, revoked, now()))
    }
    await replace(path('crl.pem'), lists.join(''))
  }

  return {
    records,

    async init(name) {
      if ((await roots()).length > 0)
        throw new BrokerError(
          'BROKER_CA_EXISTS',
          `there is an authority in ${dir} already; \`ca roll\` makes a new root`,
        )
      await mkdir(path('gateways'), { recursive: true, mode: 0o700 })
      await addRoot(name, 0)
      await replace(path('ca.pem'), await readFile(path('root-0.pem'), 'utf8'))
      await writeRevocations([])
    },

    async roll(name) {
      const { index } = await newestRoot()
      await addRoot(name, index + 1)
      const trusted = await readFile(path('ca.pem'), 'utf8')
      await replace(path('ca.pem'), `${trusted}${await readFile(path(`root-${index + 1}.pem`), 'utf8')}`)
      await writeRevocations(await records())
    },

    async dropOldRoots() {
      const { root, index } = await newestRoot()
      await replace(path('ca.pem'), root.certificate)
      return (await records()).filter(
        record => record.root < index && record.revokedAt === undefined && new Date(record.notAfter) > now(),
      )
    },

    async issueServer(hosts) {
      const { root, index } = await newestRoot()
      const subject: Subject = { kind: 'server', hosts }
      const issued = await issue(root, subject, now())
      const record = await keep(issued, subject, index)
      // One file for both: whoever reads along never sees a certificate with the key of another.
      await replace(path('server.pem'), `${issued.certificate}${issued.key}`, 0o600)
      return record
    },

    async issueGateway(gateway, request) {
      const { root, index } = await newestRoot()
      const subject: Subject = { kind: 'gateway', gateway }
      if (request !== undefined) {
        const issued = await signRequest(root, { request, gateway }, now())
        const record = await keep(issued, subject, index)
        await replace(path('gateways', `${gateway}.pem`), issued.certificate)
        return record
      }
      const issued = await issue(root, subject, now())
      const record = await keep(issued, subject, index)
      await replace(path('gateways', `${gateway}.key`), issued.key, 0o600)
      await replace(path('gateways', `${gateway}.pem`), issued.certificate)
      return record
    },

    async revoke(what) {
      const at = now().toISOString()
      const before = await records()
      const hit = (record: CertificateRecord) =>
        record.revokedAt === undefined && (record.serial === what.toLowerCase() || record.name === what)
      const after = before.map(record => (hit(record) ? { ...record, revokedAt: at } : record))
      await replace(path('issued.json'), JSON.stringify({ records: after }, null, 1))
      await writeRevocations(after)
      return after.filter((_, index) => hit(before[index] as CertificateRecord))
    },
  }
}
