/** SQLite's primary result codes that mean something to us (https://sqlite.org/rescode.html). */
const PRIMARY = { full: 13, corrupt: 11, notADatabase: 26 } as const

/** The result code of an error of node:sqlite, without its extension; undefined for any other error. */
function primaryCode(error: unknown): number | undefined {
  const code = (error as { errcode?: unknown } | undefined)?.errcode
  return typeof code === 'number' ? code & 0xff : undefined
}

/** The file is no database, or a damaged one. */
export function isCorrupt(error: unknown): boolean {
  const code = primaryCode(error)
  return code === PRIMARY.corrupt || code === PRIMARY.notADatabase
}

/** The disk, or what the file may take of it, is full. */
export function isFull(error: unknown): boolean {
  return primaryCode(error) === PRIMARY.full
}
