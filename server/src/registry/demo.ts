import { demoGatewaySecret, importFleet, readFleet } from './fleet-import.ts'
import type { RegistryDb } from './open-registry.ts'
import { readSecret } from './secret-file.ts'

/**
 * Takes the demo's fleet over, with the secrets of its gateways derived from the demo's key.
 *
 * @throws RegistryError `FLEET_MISSING`, `FLEET_INVALID` or `SECRET_MISSING`.
 */
export async function importDemoFleet(
  db: RegistryDb,
  { fleetFile, secretsDir }: { fleetFile: string; secretsDir: string },
): Promise<void> {
  const fleet = await readFleet(fleetFile)
  const key = await readSecret(secretsDir, 'demo-fleet-key')
  await importFleet(db, fleet, gateway => demoGatewaySecret(key, gateway))
}
