import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from 'pino'
import type { ServerSettings } from '../config.ts'
import type { RegistryPlace } from './open-registry.ts'
import { readSecret } from './secret-file.ts'

/** The secret with the database's password, for who wants it in no environment. */
const PASSWORD_SECRET = 'database-password'

/**
 * Where the settings have the registry: at DATABASE_URL, else in a file of DATA_DIR.
 *
 * @throws RegistryError `SECRET_MISSING` when the secret with the password is there and cannot be read.
 */
export async function registryPlaceOf(
  settings: Pick<ServerSettings, 'dataDir' | 'secretsDir' | 'database'>,
  log: Logger,
): Promise<RegistryPlace> {
  const { dataDir, secretsDir, database } = settings
  if (database === undefined) return join(dataDir, 'registry.sqlite')
  const hasPassword = existsSync(join(secretsDir, PASSWORD_SECRET))
  return { ...database, password: hasPassword ? await readSecret(secretsDir, PASSWORD_SECRET) : undefined, log }
}
