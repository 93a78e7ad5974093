import { chmod, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { CommandError, EXIT } from './exit-codes.ts'

/** A session's token in a file that its owner alone may read. */
export interface TokenFile {
  /** Undefined: there is no such file. @throws CommandError `notLetIn` when others may read it, or it holds none. */
  read: () => Promise<string | undefined>
  write: (token: string) => Promise<void>
  remove: () => Promise<void>
}

export function createTokenFile(path: string): TokenFile {
  return {
    read: async () => {
      const found = await stat(path).catch(() => undefined)
      if (found === undefined) return undefined
      // As ssh does with its keys: who can read it can do all that its owner may. Windows has no such bits.
      if (process.platform !== 'win32' && (found.mode & 0o077) !== 0)
        throw new CommandError(EXIT.notLetIn, `${path} can be read by others: chmod 600 it, or sign in anew`)
      const token = (await readFile(path, 'utf8')).trim()
      if (!/^[\w-]{43}$/.test(token)) throw new CommandError(EXIT.notLetIn, `${path} holds no token; sign in anew`)
      return token
    },
    write: async token => {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 })
      await writeFile(path, `${token}\n`, { mode: 0o600 })
      // A file that was there before keeps its mode otherwise.
      await chmod(path, 0o600)
    },
    remove: () => rm(path, { force: true }),
  }
}
