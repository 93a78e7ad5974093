import type { ConfigOrigin, GatewayConfig, ProfileDocument, ProfileOverrides } from '@harbor/protocol'
import { leavesOf } from './config-tree.ts'
import { jsonPointer } from './json-places.ts'
import { idOf } from './profile-patterns.ts'

/** Of what a config was made. */
export interface MadeOf {
  profile: ProfileDocument
  overrides: ProfileOverrides
}

/** A value of a config and where it comes from. */
export interface Origin {
  path: string
  value: unknown
  from: ConfigOrigin
}

/**
 * Where each value of a config comes from, in the order of the paths. Needs nothing but the document and what it was made of, so that
 * it tells the truth about a version of long ago, too.
 *
 * @param madeOf undefined: it was set by hand, and what a person wrote counts as an override
 */
export function originsOf(config: GatewayConfig, madeOf: MadeOf | undefined): Origin[] {
  const originOfDevice = deviceOrigins(config, madeOf)
  return leavesOf(config).map(({ path, value }) => {
    const [first = '', second = '', third] = path
    const from = first === 'devices' ? originOfDevice(second, third) : generalOrigin(first, madeOf)
    return { path: jsonPointer(path), value, from }
  })
}

function generalOrigin(name: string, madeOf: MadeOf | undefined): ConfigOrigin {
  if (name === 'gateway' || name === 'station' || name === 'district') return 'station'
  if (!isGeneral(name)) return 'default'
  // By hand: what a person did not write is not in the document, but for the two that always are.
  if (madeOf === undefined) return name === 'timeZone' || name === 'mqttUrl' ? 'default' : 'override'
  if (madeOf.overrides[name] !== undefined) return 'override'
  return name !== 'mqttUrl' && madeOf.profile[name] !== undefined ? 'profile' : 'default'
}

const GENERAL = ['timeZone', 'lanPort', 'mappings', 'cardReaders', 'mqttUrl'] as const

function isGeneral(name: string): name is (typeof GENERAL)[number] {
  return (GENERAL as readonly string[]).includes(name)
}

function deviceOrigins(
  config: GatewayConfig,
  madeOf: MadeOf | undefined,
): (device: string, field: string | undefined) => ConfigOrigin {
  const overridesOf = new Map(
    (madeOf?.profile.devices ?? []).map(device => {
      const other = madeOf?.overrides.devices?.[device.key] ?? {}
      const isBound = device.appliance !== undefined && madeOf?.overrides.appliances?.[device.appliance] !== undefined
      return [other.id ?? idOf(device, config), { other, isBound }] as const
    }),
  )
  return (device, field) => {
    // What the appliance is follows from the register.
    if (field === 'applianceKind') return 'station'
    const own = overridesOf.get(device)
    if (own === undefined || field === undefined) return 'override'
    if (own.other[field as keyof typeof own.other] !== undefined) return 'override'
    if (field === 'appliance') return own.isBound ? 'override' : 'station'
    return 'profile'
  }
}
