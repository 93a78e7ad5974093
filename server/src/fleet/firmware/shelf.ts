import { randomBytes } from 'node:crypto'
import { mkdir, open, readFile, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { HarborError, errorText } from '@harbor/protocol'
import type { z } from 'zod'

/** What is said of kept files: one JSON document a name, beside the files, so that both are copied, and restored, together. */
export interface Shelf<Document> {
  /** In the order of their names. */
  list: () => Promise<Document[]>
  get: (name: string) => Promise<Document | undefined>
  /** Replaces it whole, also over a power cut. */
  put: (name: string, document: Document) => Promise<void>
  remove: (name: string) => Promise<void>
  /** One change at a time: what was read stays true until the work is done. */
  inTurn: <T>(work: () => Promise<T>) => Promise<T>
}

const ENDING = '.json'

/** @param folder made if missing. */
export function createShelf<Document>(folder: string, schema: z.ZodType<Document>): Shelf<Document> {
  let last: Promise<unknown> = Promise.resolve()

  const fileOf = (name: string) => {
    // Names are checked at the door; this is the second lock.
    if (!/^[0-9A-Za-z][0-9A-Za-z.+-]{0,63}$/.test(name))
      throw new HarborError('SHELF_NAME', `no name: ${name.slice(0, 64)}`)
    return join(folder, `${name}${ENDING}`)
  }
  const read = async (file: string): Promise<Document | undefined> => {
    try {
      return schema.parse(JSON.parse(await readFile(file, 'utf8')))
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw new HarborError('SHELF_DAMAGED', `${file}: ${errorText(cause)}`, { cause })
    }
  }

  return {
    list: async () => {
      const names = (await namesIn(folder)).filter(name => name.endsWith(ENDING)).sort()
      const found = await Promise.all(names.map(name => read(join(folder, name))))
      return found.filter(document => document !== undefined)
    },
    get: name => read(fileOf(name)),
    put: async (name, document) => {
      const file = fileOf(name)
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const draft = `${file}.${randomBytes(4).toString('hex')}.new`
      try {
        await using handle = await open(draft, 'wx', 0o600)
        await handle.writeFile(`${JSON.stringify(document, null, 2)}\n`)
        await handle.sync()
        await rename(draft, file)
      } finally {
        await rm(draft, { force: true })
      }
    },
    remove: async name => rm(fileOf(name), { force: true }),
    inTurn: work => {
      const result = last.then(work)
      last = result.catch(() => undefined) // whoever asked for it hears of it
      return result
    },
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
