import { type Zippable, zipSync } from 'fflate'

/** A file of a ZIP; folders in its path with `/`. */
export interface ZipEntry {
  path: string
  bytes: Uint8Array
}

/** The first year that a ZIP can write down (APPNOTE 4.4.6): a clock that is behind it must not keep a bench from its cards. */
const FIRST_MS = Date.UTC(1980, 0, 2)

/**
 * The one owner of fflate: a ZIP of these files, in this order, all with one date. In memory, for files of kilobytes, and stored as they are: packing
 * the thousand small files of 200 cards would save half a megabyte and hold everybody else up for as long as it takes.
 */
export function zipOf(entries: readonly ZipEntry[], madeAtMs: number): Uint8Array {
  const files: Zippable = {}
  for (const { path, bytes } of entries) files[path] = bytes
  return zipSync(files, { mtime: new Date(Math.max(madeAtMs, FIRST_MS)), level: 0 })
}
