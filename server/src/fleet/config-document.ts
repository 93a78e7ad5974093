import {
  type ApplianceKind,
  type GatewayConfig,
  type GatewaySoftware,
  type TrustedKeys,
  gatewayConfigSchema,
} from '@harbor/protocol'
import { z } from 'zod'

const { devices, mappings, cardReaders, timeZone, mqttUrl, lanPort } = gatewayConfigSchema.shape

/** What a person sets of a gateway's config; the rest follows from where it stands and how this server is set up. */
export const configSettingsSchema = z
  .strictObject({
    devices: devices.max(200),
    mappings,
    cardReaders,
    timeZone: timeZone.unwrap().optional(),
    mqttUrl,
    lanPort,
  })
  .meta({ id: 'GatewayConfigSettings' })
export type ConfigSettings = z.infer<typeof configSettingsSchema>

/** Where a gateway is and what stands there. */
export interface Site {
  gateway: string
  station: string
  district: string
  appliances: ReadonlyMap<string, ApplianceKind>
  /** What the gateway is told to run; absent: nothing. */
  software?: GatewaySoftware | undefined
}

/** What holds for all gateways unless one's own settings say otherwise. */
export interface ConfigDefaults {
  timeZone: string
  mqttUrl: string
  trustedKeys: TrustedKeys
}

/** The whole config of a gateway. The same settings give the same document, key by key. */
export function configDocument(
  settings: ConfigSettings,
  { appliances, software, ...site }: Site,
  { version, ...defaults }: ConfigDefaults & { version: number },
): GatewayConfig {
  return gatewayConfigSchema.parse({
    version,
    ...site,
    ...defaults,
    ...settings,
    ...(software !== undefined && { software }),
    devices: settings.devices.map(device => {
      const kind = device.appliance === undefined ? undefined : appliances.get(device.appliance)
      return { ...(kind !== undefined && { applianceKind: kind }), ...device }
    }),
  })
}

/**
 * What is wrong with settings beyond their shape, one line for each; empty when they may be taken.
 *
 * @param ownerOf the gateway that a device id is taken by, if any
 */
export function settingsProblems(
  settings: ConfigSettings,
  site: Site,
  ownerOf: (device: string) => string | undefined,
): string[] {
  const problems: string[] = []
  const ids = new Set<string>()
  const addresses = new Set<string>()
  for (const { id, vendor, address, appliance } of settings.devices) {
    const owner = ownerOf(id)
    if (ids.has(id)) problems.push(`device ${id}: given twice`)
    if (addresses.has(`${vendor}:${address}`)) problems.push(`device ${id}: ${vendor} "${address}" is given twice`)
    if (owner !== undefined && owner !== site.gateway) problems.push(`device ${id}: is a device of ${owner}`)
    if (appliance !== undefined && !site.appliances.has(appliance)) {
      problems.push(`device ${id}: no appliance ${appliance} at ${site.station}`)
    }
    ids.add(id)
    addresses.add(`${vendor}:${address}`)
  }
  return problems
}
