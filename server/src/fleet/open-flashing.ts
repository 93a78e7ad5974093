import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from 'pino'
import packageJson from '../../package.json' with { type: 'json' }
import type { Route } from '../http/route.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import { bundleRoutes } from './bundles/bundles.routes.ts'
import { createBundles } from './bundles/bundles.ts'
import { readCa } from './bundles/server-ca.ts'
import type { Claims } from './claims.ts'
import { createFileStore } from './firmware/file-store.ts'
import { firmwareRoutes } from './firmware/firmware.routes.ts'
import { createFirmwareBook } from './firmware/firmware.ts'
import { type SoftwareBook, createSoftwareBook } from './firmware/software.ts'

/** What images, and what packages, may take on disk. Chosen: far above a city's boards and years of versions, far below a disk. */
const IMAGES_BYTES = 2 * 2 ** 30
const PACKAGES_BYTES = 4 * 2 ** 30

export interface FlashingSettings {
  dataDir: string
  publicUrl: string | undefined
  mqttCaFile: string | undefined
}

export interface FlashingDeps {
  db: RegistryDb
  claims: Pick<Claims, 'createToken'>
  nowMs: () => number
  log: Logger
}

/** What comes onto cards and boards. */
export interface Flashing {
  routes: Route[]
  software: SoftwareBook
}

/** @throws RegistryError `CA_INVALID` */
export async function openFlashing(settings: FlashingSettings, deps: FlashingDeps): Promise<Flashing> {
  const { dataDir, publicUrl, mqttCaFile } = settings
  const ca = mqttCaFile === undefined ? undefined : await readCa(mqttCaFile)
  const folder = join(dataDir, 'firmware')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const parts = createFileStore({ folder: join(folder, 'parts'), quotaBytes: IMAGES_BYTES })
  const packages = createFileStore({ folder: join(folder, 'packages'), quotaBytes: PACKAGES_BYTES })
  await parts.start()
  await packages.start()
  const software = createSoftwareBook(folder, { ...deps, files: packages })
  const bundles = createBundles({ ca, publicUrl, serverVersion: packageJson.version }, deps)
  return {
    routes: [
      ...bundleRoutes(bundles),
      ...firmwareRoutes({ firmware: createFirmwareBook(folder, { ...deps, files: parts }), software }),
    ],
    software,
  }
}
