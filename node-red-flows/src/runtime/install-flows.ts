import { createHash } from 'node:crypto'
import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Of flow files that earlier versions shipped without noting it: the one with nothing but a comment. */
const EARLIER_SHA256 = ['482c982249309eaf60103a957e214c27c02ce6d0c4bb410a8887e803a74fcd3f']

/**
 * What became of the flows that ship. `kept`: theirs were changed, and so did ours: theirs stand, ours lie beside them as `flows.shipped.json`.
 */
export type InstallOutcome = 'installed' | 'unchanged' | 'updated' | 'kept'

/**
 * Puts the flow file that ships into the user folder when there is none, or when the one there is as an earlier version shipped it: its hash is
 * noted in `flows.installed`. What it takes the place of is kept as `flows.before.json`. Flows that somebody changed are never touched.
 */
export async function installFlows(shippedFile: string, userDir: string): Promise<InstallOutcome> {
  const [userFile, noteFile] = [join(userDir, 'flows.json'), join(userDir, 'flows.installed')]
  const shipped = await readFile(shippedFile, 'utf8')
  const [theirs, note] = await Promise.all([readIfThere(userFile), readIfThere(noteFile)])
  const shippedHash = flowsHash(shipped)
  const install = async () => {
    await writeFile(userFile, shipped, { mode: 0o600 })
    await writeFile(noteFile, `${shippedHash}\n`, { mode: 0o600 })
  }
  if (theirs === undefined) {
    await install()
    return 'installed'
  }
  const theirHash = flowsHash(theirs)
  if (theirHash === shippedHash) {
    await writeFile(noteFile, `${shippedHash}\n`, { mode: 0o600 })
    return 'unchanged'
  }
  const isOurs = theirHash === note?.trim() || EARLIER_SHA256.includes(theirHash)
  if (isOurs) {
    await copyFile(userFile, join(userDir, 'flows.before.json'))
    await install()
    return 'updated'
  }
  // What ships is what they began with: there is nothing new to tell of.
  if (note?.trim() === shippedHash) return 'unchanged'
  await writeFile(join(userDir, 'flows.shipped.json'), shipped, { mode: 0o600 })
  return 'kept'
}

/** SHA-256 of what a flow file means: the editor writes the same flows with other spaces. */
export function flowsHash(text: string): string {
  let meaning = text
  try {
    meaning = JSON.stringify(JSON.parse(text))
  } catch {
    // Not JSON: somebody's own doing, and certainly not what shipped.
  }
  return createHash('sha256').update(meaning).digest('hex')
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
