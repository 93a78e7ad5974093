import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { errorText, issueText } from '@harbor/protocol'
import { z } from 'zod'
import { BackupError } from '../errors.ts'

/** What is written here is read by this number's rules; a folder of a higher one is of a newer release. */
export const FORMAT = 1
/** Written last: a folder without it is a backup that was broken off. */
export const MANIFEST = 'manifest.json'

const manifestSchema = z.object({
  format: z.int().min(1),
  /** When it was begun. */
  madeAt: z.iso.datetime(),
  registry: z.object({ kind: z.enum(['sqlite', 'postgres']), steps: z.array(z.string()).min(1) }),
  /** `absent`: there was none. `left out`: asked for without it. `elsewhere`: in an InfluxDB, which has a backup of its own. */
  telemetry: z.enum(['duckdb', 'absent', 'left out', 'elsewhere']),
  files: z.array(
    z.object({
      /** Below the folder, with `/` between; never out of it. */
      path: z.string().regex(/^(?!.*(^|\/)\.\.?(\/|$))[^/\\][^\\]*$/),
      sizeBytes: z.int().min(0),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  ),
})

/** What a backup has. */
export type Manifest = z.infer<typeof manifestSchema>
export type BackedUpFile = Manifest['files'][number]

/** @throws BackupError `BACKUP_INVALID` when there is none or it is broken, `BACKUP_NEWER` when a newer release wrote it. */
export async function readManifest(folder: string): Promise<Manifest> {
  let given: unknown
  try {
    given = JSON.parse(await readFile(join(folder, MANIFEST), 'utf8'))
  } catch (cause) {
    throw new BackupError('BACKUP_INVALID', `${folder} is no whole backup: ${MANIFEST}: ${errorText(cause)}`, { cause })
  }
  const { format } = z.object({ format: z.number() }).catch({ format: 0 }).parse(given)
  if (format > FORMAT)
    throw new BackupError(
      'BACKUP_NEWER',
      `${folder} has format ${format}, this release knows ${FORMAT}: use the newer release`,
    )
  const parsed = manifestSchema.safeParse(given)
  if (parsed.success) return parsed.data
  throw new BackupError('BACKUP_INVALID', `${folder}: ${MANIFEST}: ${issueText(parsed.error)}`)
}

/** A file as it is on disk now. */
export async function describeFile(folder: string, path: string): Promise<BackedUpFile> {
  const file = join(folder, path)
  const hash = createHash('sha256')
  for await (const piece of createReadStream(file)) hash.update(piece as Buffer)
  return { path, sizeBytes: (await stat(file)).size, sha256: hash.digest('hex') }
}

/** @throws BackupError `BACKUP_INVALID` that names the first file that is not as it was written. */
export async function verifyFiles(folder: string, { files }: Manifest): Promise<void> {
  for (const file of files) {
    const found = await describeFile(folder, file.path).catch((cause: unknown) => {
      throw new BackupError('BACKUP_INVALID', `${folder} is damaged: ${file.path}: ${errorText(cause)}`, { cause })
    })
    if (found.sha256 !== file.sha256)
      throw new BackupError(
        'BACKUP_INVALID',
        `${folder} is damaged: ${file.path} is not what was written (SHA-256 differs)`,
      )
  }
}
