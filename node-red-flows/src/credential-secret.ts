import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { HarborError } from '@harbor/protocol'

/**
 * The key that Node-RED encrypts the flows' credentials with: the file `node-red-credential` in `secretsDir`, made at the
 * first start. Losing it loses those credentials, so an existing file is never written.
 *
 * @throws HarborError NODE_RED_SECRET_EMPTY when the file is there and holds nothing.
 */
export async function readCredentialSecret(secretsDir: string): Promise<string> {
  const path = join(secretsDir, 'node-red-credential')
  await mkdir(secretsDir, { recursive: true, mode: 0o700 })
  try {
    await writeFile(path, `${randomBytes(32).toString('hex')}\n`, { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const secret = (await readFile(path, 'utf8')).trim()
  if (secret === '') {
    throw new HarborError(
      'NODE_RED_SECRET_EMPTY',
      `${path} is empty; put the key back, or delete the file for a new one`,
    )
  }
  return secret
}
