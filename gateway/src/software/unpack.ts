import { execFile } from 'node:child_process'
import { mkdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { errorText } from '@harbor/protocol'
import { syncFolder } from '../config/atomic-file.ts'
import { gatewayError } from '../errors.ts'
import { ENTRY } from '../launch/launch-files.ts'
import { checkArchive } from './check-archive.ts'

const run = promisify(execFile)
/** Chosen: some 3,000 files on a slow card take a minute. */
const TAR_LIMIT_MS = 600_000

/**
 * Unpacks a package aside, looks whether it is the gateway's, and gives it its place `dir`/`version`: that folder is there whole or not at all.
 *
 * @throws HarborError GATEWAY_SOFTWARE_REFUSED, with the reason
 */
export async function unpack({ file, dir, version }: { file: string; dir: string; version: string }): Promise<void> {
  const draft = join(dir, `${version}.new`)
  await rm(draft, { recursive: true, force: true })
  try {
    await checkArchive(file)
    await mkdir(draft, { mode: 0o700 })
    const flags = ['--no-same-owner', '--no-same-permissions']
    await run('tar', ['-xzf', file, '-C', draft, ...flags], { timeout: TAR_LIMIT_MS })
    const said = await versionIn(draft)
    if (said !== version) throw new Error(`gateway/package.json says version ${said}, the config ${version}`)
    if (!(await stat(join(draft, ENTRY))).isFile()) throw new Error(`${ENTRY} is no file`)
    await rm(join(dir, version), { recursive: true, force: true })
    // Written, before a kill could find its name: rename alone says nothing of what is in it.
    await run('sync', ['-f', draft])
    await rename(draft, join(dir, version))
    await syncFolder(dir)
  } catch (cause) {
    await rm(draft, { recursive: true, force: true })
    const { stderr } = cause as { stderr?: unknown }
    const line = typeof stderr === 'string' && stderr.trim() !== '' ? stderr.trim().split('\n')[0] : errorText(cause)
    throw gatewayError('GATEWAY_SOFTWARE_REFUSED', `it cannot be unpacked: ${line}`, { cause })
  }
}

async function versionIn(folder: string): Promise<unknown> {
  const found: unknown = JSON.parse(await readFile(join(folder, 'gateway', 'package.json'), 'utf8'))
  return (found as { version?: unknown } | null)?.version
}
