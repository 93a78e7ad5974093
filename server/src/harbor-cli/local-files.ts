import { readFile, writeFile } from 'node:fs/promises'
import { errorText } from '@harbor/protocol'
import type { CommandTools } from './command.ts'
import { usageError } from './exit-codes.ts'

/** The files that a command line names. */
export const localFiles: Pick<CommandTools, 'readFile' | 'readBytes' | 'writeFile'> = {
  readFile: path => readFile(path, 'utf8').catch(noFile),
  readBytes: async path => new Uint8Array(await readFile(path).catch(noFile)),
  writeFile: (path, bytes) => writeFile(path, bytes, { mode: 0o600 }).catch(noFile),
}

/** The system's own line names the file and the reason. */
function noFile(error: unknown): never {
  throw usageError(errorText(error), error)
}
