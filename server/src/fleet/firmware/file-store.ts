import { createHash, randomBytes } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ApiProblem } from '../../errors.ts'

export interface FileStoreOptions {
  /** Made if missing. */
  folder: string
  /** What all files may take on disk. */
  quotaBytes: number
}

/** A file as it was kept. */
export interface KeptFile {
  sha256: string
  sizeBytes: number
}

/** Files on disk by their SHA-256: what has the same content is there once, and a name can stand for nothing else. */
export interface FileStore {
  /** Counts what is there. */
  start: () => Promise<void>
  /**
   * Writes what comes, however large, piece by piece; it is there whole or not at all.
   *
   * @throws ApiProblem `too_large`, `no_room`, `unavailable` while another is written, `invalid_request` when it is empty or not what
   *   `sha256` says.
   */
  keep: (
    stream: AsyncIterable<Uint8Array>,
    expected: { maxBytes: number; sha256?: string | undefined },
  ) => Promise<KeptFile>
  /** Where a file is; undefined when it is not kept. */
  pathOf: (sha256: string) => Promise<string | undefined>
  remove: (sha256: string) => Promise<void>
}

export function createFileStore({ folder, quotaBytes }: FileStoreOptions): FileStore {
  let usedBytes = 0
  let isBusy = false

  const fileOf = (sha256: string) => {
    if (!/^[0-9a-f]{64}$/.test(sha256)) throw new ApiProblem('not_found', 'there is no such file')
    return join(folder, sha256)
  }

  const receive = async (
    stream: AsyncIterable<Uint8Array>,
    { handle, maxBytes }: { handle: FileHandle; maxBytes: number },
  ): Promise<KeptFile> => {
    const hash = createHash('sha256')
    let sizeBytes = 0
    for await (const chunk of stream) {
      sizeBytes += chunk.length
      if (sizeBytes > maxBytes) throw new ApiProblem('too_large', `body: at most ${maxBytes} bytes`)
      if (usedBytes + sizeBytes > quotaBytes)
        throw new ApiProblem('no_room', `files may take ${quotaBytes} bytes; take some away first`)
      hash.update(chunk)
      await handle.writeFile(chunk)
    }
    await handle.sync()
    return { sha256: hash.digest('hex'), sizeBytes }
  }

  return {
    start: async () => {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      usedBytes = 0
      for (const name of await readdir(folder)) {
        // What was being written when the process was killed.
        if (name.endsWith('.new')) await rm(join(folder, name), { force: true })
        else usedBytes += (await stat(join(folder, name))).size
      }
    },

    keep: async (stream, { maxBytes, sha256 }) => {
      if (isBusy) throw new ApiProblem('unavailable', 'another file is being received; try again', { retryAfterS: 5 })
      isBusy = true
      const draft = join(folder, `${randomBytes(8).toString('hex')}.new`)
      try {
        await using handle = await open(draft, 'wx', 0o600)
        const kept = await receive(stream, { handle, maxBytes })
        if (kept.sizeBytes === 0) throw new ApiProblem('invalid_request', 'body: expected a file, got nothing')
        if (sha256 !== undefined && sha256 !== kept.sha256)
          throw new ApiProblem('invalid_request', `body: its SHA-256 is ${kept.sha256}, expected ${sha256}`)
        const file = fileOf(kept.sha256)
        if (await isThere(file)) return kept
        await rename(draft, file)
        usedBytes += kept.sizeBytes
        return kept
      } finally {
        await rm(draft, { force: true })
        isBusy = false
      }
    },

    pathOf: async sha256 => {
      const file = fileOf(sha256)
      return (await isThere(file)) ? file : undefined
    },

    remove: async sha256 => {
      const file = fileOf(sha256)
      if (!(await isThere(file))) return
      const { size } = await stat(file)
      await rm(file, { force: true })
      usedBytes -= size
    },
  }
}

async function isThere(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isFile()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}
