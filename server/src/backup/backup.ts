import { existsSync } from 'node:fs'
import { cp, mkdir, open, readdir, rename, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { errorText } from '@harbor/protocol'
import { BackupError } from '../errors.ts'
import { MIGRATIONS } from '../registry/migrations.ts'
import type { RegistryPlace } from '../registry/open-registry.ts'
import { dumpPostgres } from '../registry/postgres-copies.ts'
import { copySqlite, stepsOfSqlite } from '../registry/sqlite-copy.ts'
import { copyDuckdbFile } from '../telemetry/duckdb/copy-file.ts'
import { FORMAT, MANIFEST, type Manifest, describeFile } from './manifest.ts'

/** Folders of DATA_DIR that go along. Not the secrets: a backup is not to be guarded like them. */
export const FOLDERS = [
  'photos',
  'station-photos',
  'stock-photos',
  'notice-photos',
  'checklist-photos',
  'work-order-photos',
  'calendar',
] as const
export const REGISTRY_FILE = { sqlite: 'registry.sqlite', postgres: 'registry.pgdump' } as const
export const TELEMETRY_FILE = 'telemetry.duckdb'

export interface BackupOptions {
  /** New, or empty. */
  to: string
  dataDir: string
  registry: RegistryPlace
  /** Whether readings are in an InfluxDB. */
  isTelemetryElsewhere: boolean
  /** Leaves the readings out, so that the server may run on. */
  isWithoutTelemetry: boolean
  nowMs: number
}

/**
 * Copies an installation into a folder: the registry as it stood at one moment, while servers go on; the embedded telemetry, for which none may have
 * it open; photos and calendars. The list of what it has, with sums, comes last, so that a backup that was broken off is none.
 *
 * @throws BackupError when the folder is not empty, or the server holds the telemetry; RegistryError, HarborError of the store, the system's error.
 */
export async function backUp(options: BackupOptions): Promise<Manifest> {
  const { to, dataDir, registry, nowMs } = options
  await mkdir(to, { recursive: true, mode: 0o700 })
  if ((await readdir(to)).length > 0)
    throw new BackupError('BACKUP_TARGET', `${to} is not empty: name a folder that is new or empty`)
  const telemetry = await copyTelemetry(options)
  const kind = typeof registry === 'string' ? 'sqlite' : 'postgres'
  let steps = Object.keys(MIGRATIONS)
  if (typeof registry === 'string') {
    copySqlite(registry, join(to, REGISTRY_FILE.sqlite))
    steps = stepsOfSqlite(join(to, REGISTRY_FILE.sqlite))
  } else await dumpPostgres(registry, join(to, REGISTRY_FILE.postgres))
  // After the registry: a photo is on disk before any row names it.
  for (const folder of FOLDERS)
    if (existsSync(join(dataDir, folder))) await cp(join(dataDir, folder), join(to, folder), { recursive: true })
  const files = []
  for (const path of await filesBelow(to)) {
    await toDisk(join(to, path))
    files.push(await describeFile(to, path))
  }
  const madeAt = new Date(nowMs).toISOString()
  const manifest: Manifest = { format: FORMAT, madeAt, registry: { kind, steps }, telemetry, files }
  await writeFile(join(to, `${MANIFEST}.part`), `${JSON.stringify(manifest, undefined, 2)}\n`)
  await toDisk(join(to, `${MANIFEST}.part`))
  await rename(join(to, `${MANIFEST}.part`), join(to, MANIFEST))
  await toDisk(to)
  return manifest
}

async function copyTelemetry(options: BackupOptions): Promise<Manifest['telemetry']> {
  const { to, dataDir, isTelemetryElsewhere, isWithoutTelemetry } = options
  if (isTelemetryElsewhere) return 'elsewhere'
  if (!existsSync(join(dataDir, TELEMETRY_FILE))) return 'absent'
  if (isWithoutTelemetry) return 'left out'
  try {
    await copyDuckdbFile(join(dataDir, TELEMETRY_FILE), join(to, TELEMETRY_FILE))
    return 'duckdb'
  } catch (cause) {
    if (!/lock/i.test(errorText(cause))) throw cause
    throw new BackupError(
      'BACKUP_SERVER_RUNS',
      'the server has the telemetry open: stop it for the copy, or add --without-telemetry to save the registry and photos alone',
      { cause },
    )
  }
}

/** Every file below a folder, as paths from it, in order. */
export async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter(entry => entry.isFile())
    .map(entry => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort()
}

/** Waits until a file or folder is on the disk itself. */
async function toDisk(path: string): Promise<void> {
  const file = await open(path, 'r')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}
