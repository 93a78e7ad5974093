import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'

const ROOT = resolve(import.meta.dirname, '../..')

/** A folder of the shared data, or undefined with one line that says what is missing. */
export function sharedData(folder: string): string | undefined {
  const path = join(process.env['HARBOR_SHARED_DATA'] ?? join(ROOT, '../shared/data'), folder)
  if (existsSync(path)) return path
  process.stderr.write(`skipped: there is no ${path} (set HARBOR_SHARED_DATA)\n`)
  return undefined
}
