import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const INPUTS = [
  'web/**/*.{ts,tsx,css,html,json,geojson,svg,png,webmanifest}',
  'protocol/src/**/*.ts',
  'package-lock.json',
]

/** Builds the web unless the built one was made from these very sources. Throws a one-line error when the build fails. */
export function ensureWebBuilt(root: string, say: (line: string) => void): void {
  const stampFile = join(root, 'web', 'dist', '.built-from')
  const stamp = hashInputs(root)
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return
  say('building the web, some ten seconds the first time')
  const build = spawnSync(process.execPath, ['build.ts'], { cwd: join(root, 'web'), encoding: 'utf8' })
  if (build.status !== 0) throw new Error(`building the web failed:\n${build.stdout}${build.stderr}`)
  writeFileSync(stampFile, stamp)
}

function hashInputs(root: string): string {
  const hash = createHash('sha256')
  const files = globSync(INPUTS, { cwd: root, exclude: ['web/dist/**', '**/node_modules/**', '**/*.test.*'] })
  for (const file of files.sort())
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(root, file)))
      .update('\0')
  return hash.digest('hex')
}
