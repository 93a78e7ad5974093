import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Makes the folder in which the test files of a run share what they build (web/build-once.ts); gives what removes it. */
export default async function setUpSharedBuilds(): Promise<(() => Promise<void>) | undefined> {
  // Called for each project; one folder serves all.
  if (process.env['HARBOR_TEST_BUILDS'] !== undefined) return undefined
  const folder = await mkdtemp(join(tmpdir(), 'harbor-builds-'))
  process.env['HARBOR_TEST_BUILDS'] = folder
  return () => rm(folder, { recursive: true, force: true })
}
