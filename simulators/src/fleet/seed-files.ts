import { createHmac } from 'node:crypto'
import { join } from 'node:path'
import { type Fleet, type GatewayConfig, fleetSchema, gatewayConfigSchema } from '@harbor/protocol'
import { SimulatorsError } from '../errors.ts'
import { readIfThere, writeIfChanged } from './atomic-file.ts'

export interface SeedPaths {
  /** The fleet document that the server takes over. */
  fleetFile: string
  /** One folder a gateway in it. */
  gatewayDir: string
  /** Holds `demo-fleet-key`. */
  secretsDir: string
}

/**
 * Writes the demo fleet for the server and a folder with config and secret for each of its gateways. Running it again
 * leaves the same files.
 *
 * @throws SimulatorsError SIMULATORS_KEY_MISSING without `demo-fleet-key`.
 */
export async function seedDemo(fleet: Fleet, { fleetFile, gatewayDir, secretsDir }: SeedPaths): Promise<void> {
  const keyFile = join(secretsDir, 'demo-fleet-key')
  const key = (await readIfThere(keyFile))?.trim() ?? ''
  if (key === '') throw new SimulatorsError('SIMULATORS_KEY_MISSING', `${keyFile} is missing; npm start makes it`)
  for (const gateway of fleet.gateways) {
    const folder = join(gatewayDir, gateway.id)
    await writeIfChanged(join(folder, 'config.json'), asText(gatewayConfig(fleet, gateway.id)), 0o600)
    await writeIfChanged(join(folder, 'secret'), `${gatewaySecret(key, gateway.id)}\n`, 0o600)
  }
  await writeIfChanged(fleetFile, asText(fleetSchema.parse(fleet)), 0o600)
}

/** A demo gateway's secret: both sides can work it out from the fleet's key, so none has to be handed over. */
export function gatewaySecret(key: string, gateway: string): string {
  return createHmac('sha256', key).update(gateway).digest('hex')
}

/** The config of one gateway of the fleet. */
export function gatewayConfig(fleet: Fleet, id: string): GatewayConfig {
  const gateway = fleet.gateways.find(candidate => candidate.id === id)
  const kindOf = new Map(fleet.appliances.map(appliance => [appliance.id, appliance.kind]))
  const devices = fleet.devices
    .filter(device => device.gateway === id)
    .map(({ gateway: _, ...device }) => {
      const applianceKind = kindOf.get(device.appliance ?? '')
      return applianceKind === undefined ? device : { ...device, applianceKind }
    })
  return gatewayConfigSchema.parse({
    version: 1,
    gateway: id,
    station: gateway?.station,
    district: gateway?.district,
    devices,
  })
}

function asText(document: unknown): string {
  return `${JSON.stringify(document, undefined, 2)}\n`
}
