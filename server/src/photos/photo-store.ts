import { createHash, randomBytes } from 'node:crypto'
import { mkdir, open, readFile, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ApiProblem } from '../errors.ts'
import { drawForPublic, redrawPhoto } from './redraw.ts'

/** Pictures drawn at once, and those that wait for it: each takes some 100 MB at worst. */
const AT_ONCE = 2
const MAX_WAITING = 20

export interface PhotoStoreOptions {
  /** Made if missing. */
  folder: string
  /** What all photos may take on disk. */
  quotaBytes: number
}

/** Photos on disk, by the SHA-256 of what is kept of them: the same picture is there once. */
export interface PhotoStore {
  /** Counts what is there. */
  start: () => Promise<void>
  /**
   * Draws a visitor's photo anew and keeps it; gives its name.
   *
   * @throws ApiProblem `wrong_media_type`, `too_large`; `no_room` when the quota is used up, `unavailable` when too many come at once.
   */
  keep: (bytes: Uint8Array) => Promise<string>
  /** A photo as it was kept; undefined when it is gone. */
  read: (name: string) => Promise<Buffer | undefined>
  /** The same as the public may see it. It is there only while it is released. */
  readPublic: (name: string) => Promise<Buffer | undefined>
  release: (name: string) => Promise<void>
  withdraw: (name: string) => Promise<void>
  remove: (name: string) => Promise<void>
  /** What is kept, in no order. */
  names: () => Promise<string[]>
  usedBytes: () => number
}

export function createPhotoStore({ folder, quotaBytes }: PhotoStoreOptions): PhotoStore {
  let used = 0
  let running = 0
  let changing: Promise<void> = Promise.resolve()
  const waiting: (() => void)[] = []

  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    if (running >= AT_ONCE) {
      if (waiting.length >= MAX_WAITING)
        throw new ApiProblem('unavailable', 'too many photos at once; try again', { retryAfterS: 5 })
      await new Promise<void>(resolve => waiting.push(resolve))
    } else running += 1
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next === undefined) running -= 1
      else next()
    }
  }
  const checkRoom = () => {
    if (used < quotaBytes) return
    throw new ApiProblem('no_room', 'there is no room for photos left; the report is taken without them')
  }
  const path = (name: string, isPublic = false) => {
    // Names come from our own table; whoever breaks into that shall not read other files by it.
    if (!/^[0-9a-f]{64}$/.test(name)) throw new ApiProblem('not_found', 'there is no such photo')
    return join(folder, name.slice(0, 2), `${name}${isPublic ? '.public' : ''}.jpg`)
  }
  /** One change of the folder at a time, so that what is used is counted right. */
  const inOrder = async <T>(work: () => Promise<T>): Promise<T> => {
    const result = changing.then(work)
    changing = result.then(
      () => undefined,
      () => undefined, // whoever asked for it hears of it
    )
    return result
  }
  const write = async (file: string, bytes: Buffer) => {
    if (await sizeOf(file)) return
    await mkdir(join(file, '..'), { recursive: true, mode: 0o700 })
    const draft = `${file}.${randomBytes(4).toString('hex')}.new`
    try {
      const handle = await open(draft, 'wx', 0o600)
      try {
        await handle.writeFile(bytes)
        await handle.sync()
      } finally {
        await handle.close()
      }
      await rename(draft, file)
    } catch (cause) {
      await rm(draft, { force: true })
      throw new ApiProblem('unavailable', 'the photo cannot be kept right now; try again', { cause })
    }
    used += bytes.length
  }
  const erase = async (file: string) => {
    used -= await sizeOf(file)
    await rm(file, { force: true })
  }

  return {
    start: async () => {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      used = 0
      for (const file of await readdir(folder, { recursive: true })) {
        // What was being written when the process was killed.
        if (file.endsWith('.new')) await rm(join(folder, file), { force: true })
        else if (file.endsWith('.jpg')) used += await sizeOf(join(folder, file))
      }
    },
    keep: async bytes => {
      checkRoom()
      const drawn = await inTurn(() => redrawPhoto(bytes))
      checkRoom()
      const name = createHash('sha256').update(drawn).digest('hex')
      await inOrder(() => write(path(name), drawn))
      return name
    },
    read: async name => readIfThere(path(name)),
    readPublic: async name => readIfThere(path(name, true)),
    release: async name => {
      const kept = await readIfThere(path(name))
      if (kept === undefined) throw new ApiProblem('not_found', 'there is no such photo')
      const drawn = await inTurn(() => drawForPublic(kept))
      await inOrder(() => write(path(name, true), drawn))
    },
    withdraw: async name => inOrder(() => erase(path(name, true))),
    remove: async name =>
      inOrder(async () => {
        await erase(path(name, true))
        await erase(path(name))
      }),
    names: async () =>
      (await readdir(folder, { recursive: true })).flatMap(file => /([0-9a-f]{64})\.jpg$/.exec(file)?.[1] ?? []),
    usedBytes: () => used,
  }
}

/** 0 when there is none. */
async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0
    throw error
  }
}

async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
