import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import {
  BUNDLE_CA,
  BUNDLE_CLAIM,
  BUNDLE_MANIFEST,
  type BundleClaim,
  type BundleManifest,
  bundleClaimSchema,
  bundleManifestSchema,
  errorText,
  issueText,
} from '@harbor/protocol'
import { gatewayError } from '../errors.ts'

/** A manifest lists at most 20 files; chosen far above that. */
const MAX_MANIFEST_BYTES = 64 * 1024

/** A bundle whose files are all what its manifest says. */
export interface Bundle {
  manifest: BundleManifest
  claim: BundleClaim
  /** PEM; undefined: the server's certificates are those that every machine trusts. */
  ca: string | undefined
  /** SHA-256 of each file as it was read, by its name. */
  sums: ReadonlyMap<string, string>
}

/**
 * Reads a card's folder and holds each file against the manifest; undefined when there is nothing for a gateway in it.
 *
 * @throws HarborError GATEWAY_BUNDLE_INVALID that names the file and what is wrong: a card that was not copied to its end, a file that
 *   was changed, a format of another time.
 */
export async function readBundle(folder: string): Promise<Bundle | undefined> {
  const manifestText = await textOf(folder, BUNDLE_MANIFEST, MAX_MANIFEST_BYTES)
  if (manifestText === undefined) {
    if ((await sizeOf(join(folder, BUNDLE_CLAIM))) === undefined) return undefined
    throw invalid(BUNDLE_MANIFEST, 'is missing: the card was not copied to its end; copy the whole folder again')
  }
  const manifest = parsed(BUNDLE_MANIFEST, manifestText.toString(), bundleManifestSchema)
  const files = new Map<string, Buffer>()
  for (const { name, sizeBytes, sha256 } of manifest.files) {
    const bytes = await textOf(folder, name, sizeBytes)
    if (bytes === undefined)
      throw invalid(name, 'is missing: the card was not copied to its end, or it made another box a gateway already')
    if (bytes.length !== sizeBytes)
      throw invalid(name, `has ${bytes.length} bytes, expected ${sizeBytes}: copy the whole folder again`)
    if (sumOf(bytes) !== sha256)
      throw invalid(name, 'is not what it was when it was downloaded (SHA-256): copy the whole folder again')
    files.set(name, bytes)
  }
  const claim = files.get(BUNDLE_CLAIM)
  if (claim === undefined) throw invalid(BUNDLE_MANIFEST, `does not list ${BUNDLE_CLAIM}`)
  return {
    manifest,
    claim: parsed(BUNDLE_CLAIM, claim.toString(), bundleClaimSchema),
    ca: files.get(BUNDLE_CA)?.toString(),
    sums: new Map(manifest.files.map(({ name, sha256 }) => [name, sha256])),
  }
}

/** At most `maxBytes` of a file and one more, so that a longer one shows; undefined when there is none. */
async function textOf(folder: string, name: string, maxBytes: number): Promise<Buffer | undefined> {
  const file = join(folder, name)
  const sizeBytes = await sizeOf(file)
  if (sizeBytes === undefined) return undefined
  if (sizeBytes > maxBytes) throw invalid(name, `has ${sizeBytes} bytes, expected at most ${maxBytes}`)
  try {
    return await readFile(file)
  } catch (cause) {
    throw invalid(name, `cannot be read: ${errorText(cause)}`, cause)
  }
}

/** Undefined when there is no such file. */
async function sizeOf(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).size
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw invalid(file, `cannot be read: ${errorText(cause)}`, cause)
  }
}

function parsed<Value>(
  name: string,
  text: string,
  schema: {
    safeParse: (
      value: unknown,
    ) => { success: true; data: Value } | { success: false; error: Parameters<typeof issueText>[0] }
  },
): Value {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw invalid(name, 'is cut off or damaged: copy the whole folder again', cause)
  }
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw invalid(name, issueText(result.error))
}

export function sumOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function invalid(name: string, problem: string, cause?: unknown): Error {
  return gatewayError('GATEWAY_BUNDLE_INVALID', `the card's ${name} ${problem}`, { cause })
}
