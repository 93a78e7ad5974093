import { accessSync, constants, existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { X509Certificate, createPrivateKey } from 'node:crypto'
import { join } from 'node:path'
import { errorText } from '@harbor/protocol'
import { type Finding, fail, ok, warn } from './finding.ts'

const MB = 2 ** 20
const DAY_MS = 86_400_000
/** Below it the next day's readings of a large city may not fit: 1,000 stations write about 500 MB a day before they are put in order. */
const LOW_DISK_BYTES = 2_048 * MB
/** Below it SQLite and DuckDB begin to fail in the middle of a write. */
const NO_DISK_BYTES = 256 * MB
/** Time enough to renew by hand. */
const SOON_ENDED_DAYS = 30

/** The data folder: there, ours to write, with room. */
export async function lookAtDisk(dataDir: string): Promise<Finding[]> {
  if (!existsSync(dataDir))
    return [
      warn(
        'data',
        `${dataDir} is not there yet`,
        'it is made at the first start; check DATA_DIR if there should be one',
      ),
    ]
  const findings: Finding[] = []
  try {
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK)
    findings.push(ok('data', dataDir))
  } catch {
    const owner = statSync(dataDir).uid
    const remedy = `run as its owner (user id ${owner}), or give it to this user: chown -R ${process.getuid?.() ?? ''} ${dataDir}`
    findings.push(fail('data', `${dataDir} is not this user's to write`, remedy))
  }
  const { bavail, bsize } = await statfs(dataDir)
  const freeBytes = bavail * bsize
  const detail = `${Math.round(freeBytes / MB)} MB free at ${dataDir}`
  const remedy = 'free some, or move DATA_DIR; what is kept how long: TELEMETRY_RAW_DAYS in server/README.md'
  if (freeBytes < NO_DISK_BYTES) findings.push(fail('disk', detail, remedy))
  else if (freeBytes < LOW_DISK_BYTES) findings.push(warn('disk', detail, remedy))
  else findings.push(ok('disk', detail))
  return findings
}

/** Secrets: there, and for their owner alone. */
export function lookAtSecrets(secretsDir: string): Finding[] {
  if (!existsSync(secretsDir))
    return [
      warn('secrets', `${secretsDir} is not there yet`, '`npm start` makes it, or `node scripts/secrets-command.ts`'),
    ]
  const findings: Finding[] = []
  for (const name of ['mqtt-server', 'mqtt-node-red'])
    if (!existsSync(join(secretsDir, name)))
      findings.push(
        fail(
          'secrets',
          `${name} is missing in ${secretsDir}`,
          '`node scripts/secrets-command.ts` makes what is missing',
        ),
      )
  for (const name of readdirSync(secretsDir)) {
    const mode = statSync(join(secretsDir, name)).mode & 0o777
    if ((mode & 0o077) !== 0)
      findings.push(
        fail(
          'secrets',
          `${name} can be read by others (mode ${mode.toString(8)})`,
          `chmod 600 ${join(secretsDir, name)}`,
        ),
      )
  }
  return findings.length > 0 ? findings : [ok('secrets', secretsDir)]
}

/** A certificate with its key: readable, belonging together, not about to end. */
export function lookAtCertificate(files: { certificate: string; key: string }, nowMs: number): Finding {
  const about = 'certificate'
  try {
    const certificate = new X509Certificate(readFileSync(files.certificate))
    const key = createPrivateKey(pemKey(readFileSync(files.key, 'utf8')))
    if (!certificate.checkPrivateKey(key))
      return fail(
        about,
        `${files.key} is not the key of ${files.certificate}`,
        'issue it anew: npm run ca -- server HOST',
      )
    const days = Math.floor((Date.parse(certificate.validTo) - nowMs) / DAY_MS)
    const names = certificate.subjectAltName ?? certificate.subject
    if (days < 0)
      return fail(about, `${names} ended ${-days} days ago`, 'npm run ca -- server HOST; the broker takes it by itself')
    if (days < SOON_ENDED_DAYS)
      return warn(about, `${names} ends in ${days} days`, 'npm run ca -- server HOST; the broker takes it by itself')
    return ok(about, `${names}, ${days} days left`)
  } catch (error) {
    return fail(about, `cannot be read: ${errorText(error)}`, 'check TLS_CERT_FILE and TLS_KEY_FILE')
  }
}

/** The private key of a file that may hold a certificate too. */
function pemKey(text: string): string {
  return /-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*-----END [A-Z ]*PRIVATE KEY-----/.exec(text)?.[0] ?? text
}
