import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { BOX_SOFTWARE, FIRST_STATE, type LaunchState, type SoftwareRequest } from './launch-state.ts'

/** The folder beside the gateways' folders that holds versions of the software, and the files by which gateway and launcher speak. */
export const SOFTWARE_FOLDER = '.software'

/** The file that a gateway's process starts with, in the box's own code and in a package. */
export const ENTRY = join('gateway', 'src', 'main.ts')

/** The one word of a gateway to the launcher: start this in my place. Written by the gateway, taken away by the launcher. */
export const requestFile = (dir: string) => join(dir, 'request.json')

/** The launcher's own; nobody else writes it. */
export const stateFile = (dir: string) => join(dir, 'state.json')

/** There once the server has acknowledged something to a process that runs `version`. */
export const provenFile = (dir: string, version: string) => join(dir, `proven-${version}`)

/** Without a file that can be read, what came with the box is current. */
export function readState(dir: string): LaunchState {
  const found = readJson(stateFile(dir)) as Partial<LaunchState> | undefined
  if (typeof found?.current !== 'string') return FIRST_STATE
  const trying = isRequest(found.trying) && Number.isSafeInteger(found.trying.starts) ? found.trying : undefined
  return {
    current: found.current,
    ...(typeof found.previous === 'string' && { previous: found.previous }),
    ...(trying !== undefined && { trying }),
    ...(isRequest(found.failed) && { failed: found.failed }),
  }
}

export function readRequest(dir: string): SoftwareRequest | undefined {
  const found = readJson(requestFile(dir))
  return isRequest(found) ? found : undefined
}

/** Replaces the state whole, also at a power cut. */
export function writeState(dir: string, state: LaunchState): void {
  const file = stateFile(dir)
  const draft = `${file}.new`
  const handle = openSync(draft, 'w', 0o600)
  try {
    writeSync(handle, `${JSON.stringify(state, null, 2)}\n`)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
  renameSync(draft, file)
  const folder = openSync(dir, 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}

/** Removes the versions that nothing goes back to, and what a kill left half unpacked. Only while no gateway runs. */
export function prune(dir: string, { current, previous, trying }: LaunchState): void {
  const kept = new Set([current, previous, trying?.version])
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    if (entry.isDirectory() && !kept.has(entry.name)) rmSync(join(dir, entry.name), { recursive: true, force: true })
  }
}

/** The folder of a version's code; the box's own where the version is gone from the disk. */
export function codeFolder(dir: string, version: string, boxDir: string): string {
  const folder = join(dir, version)
  return version !== BOX_SOFTWARE && existsSync(join(folder, ENTRY)) ? folder : boxDir
}

function isRequest(value: unknown): value is SoftwareRequest {
  const { version, configVersion } = (value ?? {}) as Partial<SoftwareRequest>
  return typeof version === 'string' && Number.isSafeInteger(configVersion)
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined // absent or spoilt: what came with the box, or no request
  }
}
