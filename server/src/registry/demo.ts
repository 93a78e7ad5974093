import type { Fleet } from '@harbor/protocol'
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
  const rows = await db.selectFrom('claim_token').select('used_gateway').where('used_gateway', 'is not', null).execute()
  const claimed = new Set(rows.map(row => row.used_gateway))
  // A box has taken such a place: its secret and its devices are no longer the demo's to say.
  const unclaimed: Fleet = {
    ...fleet,
    gateways: fleet.gateways.filter(({ id }) => !claimed.has(id)),
    devices: fleet.devices.filter(({ gateway }) => !claimed.has(gateway)),
  }
  await importFleet(db, unclaimed, gateway => demoGatewaySecret(key, gateway))
}
