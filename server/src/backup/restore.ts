import { existsSync } from 'node:fs'
import { chmod, copyFile, mkdir, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { errorText } from '@harbor/protocol'
import { BackupError } from '../errors.ts'
import { MIGRATIONS } from '../registry/migrations.ts'
import type { RegistryPlace } from '../registry/open-registry.ts'
import { refuseTables, restorePostgres } from '../registry/postgres-copies.ts'
import { stepsOfSqlite } from '../registry/sqlite-copy.ts'
import { FOLDERS, REGISTRY_FILE, TELEMETRY_FILE } from './backup.ts'
import { type Manifest, readManifest, verifyFiles } from './manifest.ts'

/** Files are gathered here first; left over from a restore that was broken off, it is begun anew. */
const GATHERED = '.restoring'

export interface RestoreOptions {
  from: string
  dataDir: string
  registry: RegistryPlace
}

/**
 * Brings a backup into an empty installation. Nothing is written before all of the backup has been read and found whole.
 *
 * @throws BackupError when the backup is damaged, of a newer release or of the other database, or the installation has anything of what would be
 * written; RegistryError, the system's error.
 */
export async function restore({ from, dataDir, registry }: RestoreOptions): Promise<Manifest> {
  const manifest = await readManifest(from)
  refuseNewer(from, manifest)
  refuseOtherDatabase(manifest, registry)
  await refuseOccupied(dataDir, registry)
  await verifyFiles(from, manifest)
  const gathered = join(dataDir, GATHERED)
  await rm(gathered, { recursive: true, force: true })
  for (const { path } of manifest.files) {
    if (path === REGISTRY_FILE.postgres) continue
    await mkdir(dirname(join(gathered, path)), { recursive: true, mode: 0o700 })
    await copyFile(join(from, path), join(gathered, path))
  }
  if (typeof registry === 'string') await checkSqlite(join(gathered, REGISTRY_FILE.sqlite))
  else await restorePostgres(registry, join(from, REGISTRY_FILE.postgres))
  // The registry's file last: as long as it is missing, this can be run again from an emptied folder.
  const names = existsSync(gathered) ? await readdir(gathered) : []
  for (const name of names.toSorted(
    (one, two) => Number(one === REGISTRY_FILE.sqlite) - Number(two === REGISTRY_FILE.sqlite),
  ))
    await rename(join(gathered, name), join(dataDir, name))
  await rm(gathered, { recursive: true, force: true })
  return manifest
}

async function checkSqlite(file: string): Promise<void> {
  // Hashes of passwords and sessions are in it.
  await chmod(file, 0o600)
  try {
    stepsOfSqlite(file)
  } catch (cause) {
    throw new BackupError('BACKUP_INVALID', `the registry in the backup cannot be read: ${errorText(cause)}`, { cause })
  }
}

function refuseNewer(from: string, { registry }: Manifest): void {
  const unknown = registry.steps.filter(step => !Object.hasOwn(MIGRATIONS, step))
  if (unknown.length === 0) return
  throw new BackupError(
    'BACKUP_NEWER',
    `${from} is of a newer release (${unknown.join(', ')} is unknown to this one): use that release`,
  )
}

function refuseOtherDatabase({ registry: { kind } }: Manifest, registry: RegistryPlace): void {
  const isFile = typeof registry === 'string'
  if (isFile === (kind === 'sqlite')) return
  throw new BackupError(
    'BACKUP_TARGET',
    isFile
      ? 'the backup is of a PostgreSQL: set DATABASE_URL to an empty database'
      : 'the backup is of a file: restore it without DATABASE_URL, then run npm run migrate:to-postgres',
  )
}

async function refuseOccupied(dataDir: string, registry: RegistryPlace): Promise<void> {
  const ours = [
    REGISTRY_FILE.sqlite,
    `${REGISTRY_FILE.sqlite}-wal`,
    TELEMETRY_FILE,
    `${TELEMETRY_FILE}.wal`,
    ...FOLDERS,
  ]
  const found = ours.filter(name => existsSync(join(dataDir, name)))
  if (found.length > 0)
    throw new BackupError(
      'BACKUP_TARGET',
      `${dataDir} has ${found.join(', ')} already: set DATA_DIR to a folder without them`,
    )
  if (typeof registry !== 'string') await refuseTables(registry)
}
