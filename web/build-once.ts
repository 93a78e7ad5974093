import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

/** A folder for what all test files of one run build once; test/shared-builds.ts makes and removes it. */
const SHARED = 'HARBOR_TEST_BUILDS'
const LOOK_EVERY_MS = 50

export interface Built {
  folder: string
  /** Deletes the folder. */
  remove: () => Promise<void>
}

/**
 * Runs `build` into a folder of the caller's own. Within a test run it runs once for each `name`, in whichever process asks first, and every
 * caller gets a copy: a build takes seconds of a processor that the tests need themselves.
 */
export async function buildOnce(name: string, build: (folder: string) => Promise<void>): Promise<Built> {
  const folder = await mkdtemp(join(tmpdir(), `harbor-${name}-`))
  const shared = process.env[SHARED]
  if (shared === undefined) await build(folder)
  else await cp(await builtBySomebody(join(shared, name), build), folder, { recursive: true })
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) }
}

async function builtBySomebody(folder: string, build: (folder: string) => Promise<void>): Promise<string> {
  const [done, failed] = [`${folder}.done`, `${folder}.failed`]
  try {
    // Whoever makes the folder builds.
    await mkdir(folder)
  } catch {
    while (!existsSync(done) && !existsSync(failed)) await pause(LOOK_EVERY_MS)
    if (existsSync(failed)) throw new Error(`${folder}: another test file could not build it, and says why`)
    return folder
  }
  try {
    await build(folder)
  } catch (error) {
    await writeFile(failed, '')
    throw error
  }
  await writeFile(done, '')
  return folder
}
