import type { ApplianceKind, DeviceRecord, Vendor } from '@harbor/protocol'
import { SimulatorsError } from '../errors.ts'
import { fridgeAirC } from '../physics/fridge.ts'
import type { StationState } from '../physics/station.ts'
import type { Cadence, DeviceReading } from './device-reading.ts'

/** What a device does at its station: the last part of its id. */
export interface Role {
  name: string
  /** The appliance whose relay it switches. */
  relay?: ApplianceKind
  cadence: Cadence
  vendors: readonly Vendor[]
  /** It lives on a battery where it speaks Zigbee; all else needs the mains. */
  hasBattery?: boolean
  sense: (state: StationState) => DeviceReading
}

const PLUG_VENDORS: readonly Vendor[] = ['tasmota', 'shelly', 'zigbee2mqtt']

/** Plugs tell changes after 2 s (docs/domain.md 3.1: Tasmota's delta triggers lag so) and all of it within a minute. */
const PLUG_CADENCE: Cadence = { leastMs: 2_000, mostMs: 60_000 }
/** Of what lives 20 times faster in the demo: a quarter of a minute is five of its minutes. */
const QUICK_PLUG_CADENCE: Cadence = { leastMs: 2_000, mostMs: 15_000 }

const plug = (name: string, kind: ApplianceKind, cadence = PLUG_CADENCE): Role => ({
  name,
  relay: kind,
  cadence,
  vendors: PLUG_VENDORS,
  sense: state => ({ kind: 'plug', ...state.plugs[kind] }),
})

const ROLES: readonly Role[] = [
  plug('fridge-plug', 'fridge'),
  plug('ac-plug', 'air_conditioner', QUICK_PLUG_CADENCE),
  plug('microwave-plug', 'microwave'),
  plug('water-plug', 'water_dispenser', QUICK_PLUG_CADENCE),
  {
    name: 'fridge-temp',
    // The demo's fridges live 60 times faster: ten seconds are ten of their minutes.
    cadence: { leastMs: 5_000, mostMs: 9_000 },
    vendors: ['zigbee2mqtt', 'esphome'],
    hasBattery: true,
    sense: state => ({ kind: 'climate', temperatureC: fridgeAirC(state.fridge), humidityPercent: undefined }),
  },
  {
    name: 'room',
    cadence: { leastMs: 15_000, mostMs: 60_000 },
    vendors: ['zigbee2mqtt', 'esphome'],
    hasBattery: true,
    sense: ({ room }) => ({ kind: 'climate', temperatureC: room.airC, humidityPercent: room.humidityPercent }),
  },
  {
    name: 'door',
    cadence: { leastMs: 0, mostMs: 60_000 },
    vendors: ['zigbee2mqtt', 'esphome'],
    hasBattery: true,
    sense: state => ({ kind: 'contact', open: state.doorOpenS > 0 }),
  },
  {
    name: 'people',
    cadence: { leastMs: 1_000, mostMs: 60_000 },
    vendors: ['esphome'],
    sense: state => ({ kind: 'people', count: state.people.stays.length }),
  },
]

/**
 * The role of a device of the fleet.
 *
 * @throws SimulatorsError SIMULATORS_FLEET_UNUSABLE for a device that cannot be simulated.
 */
export function roleOf({ id, vendor }: Pick<DeviceRecord, 'id' | 'vendor'>): Role {
  const role = ROLES.find(({ name }) => id.endsWith(`-${name}`))
  if (role === undefined) {
    const known = ROLES.map(({ name }) => name).join(', ')
    throw new SimulatorsError('SIMULATORS_FLEET_UNUSABLE', `device ${id}: its id must end in one of ${known}`)
  }
  if (!role.vendors.includes(vendor)) {
    const known = role.vendors.join(', ')
    throw new SimulatorsError(
      'SIMULATORS_FLEET_UNUSABLE',
      `device ${id}: a ${role.name} is simulated by ${known}, not ${vendor}`,
    )
  }
  return role
}
