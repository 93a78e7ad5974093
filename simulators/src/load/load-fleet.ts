import { type ApplianceKind, type Fleet, type GatewayAddress, districtSchema } from '@harbor/protocol'
import { SimulatorsError } from '../errors.ts'

/** What hangs on each gateway of the load: its devices by the ends of their ids. */
export const LOAD_DEVICES = ['fridge-plug', 'ac-plug', 'microwave-plug', 'fridge-temp', 'room', 'people'] as const

/** The appliances, by the ends of their ids. */
const APPLIANCES = [
  ['fridge', 'fridge'],
  ['ac', 'air_conditioner'],
  ['microwave', 'microwave'],
] as const satisfies readonly (readonly [string, ApplianceKind])[]

/** The first of the load's districts; the others follow by number. They lie beside the real ones of Chongqing, which end at 500156. */
const FIRST_DISTRICT = 500_161
const MAX_DISTRICTS = 80
/** Gateways are numbered with as many digits as a country needs. */
const DIGITS = 6

/** The district of gateway `n` (from 0) of `districts`: neighbours by number are in different ones, so all are loaded alike. */
export function loadDistrict(n: number, districts: number): string {
  return districtSchema.parse(String(FIRST_DISTRICT + (n % districts)))
}

/** All districts of a load. */
export function loadDistricts(districts: number): string[] {
  return Array.from({ length: districts }, (_, n) => loadDistrict(n, districts))
}

/** Where gateway `n` (from 0) is in the topic tree. */
export function loadAddress(n: number, districts: number): GatewayAddress {
  return { district: loadDistrict(n, districts), gateway: `gw-load-${numberOf(n)}` }
}

/** The station of gateway `n`. */
export function loadStation(n: number): string {
  return `load-${numberOf(n)}`
}

/** The id of a device of gateway `n`. */
export function loadDevice(n: number, name: (typeof LOAD_DEVICES)[number]): string {
  return `load-${numberOf(n)}-${name}`
}

function numberOf(n: number): string {
  return String(n).padStart(DIGITS, '0')
}

/**
 * A fleet for a load: each gateway with a station, three appliances and six devices. Those of some districts alone, where
 * `only` names them: each server of several takes its own part.
 *
 * @throws SimulatorsError SIMULATORS_LOAD_UNUSABLE for numbers that no fleet has.
 */
export function buildLoadFleet(size: { gateways: number; districts: number }, only?: readonly string[]): Fleet {
  const { gateways, districts } = size
  if (gateways < 1 || gateways >= 10 ** DIGITS || districts < 1 || districts > MAX_DISTRICTS)
    throw new SimulatorsError(
      'SIMULATORS_LOAD_UNUSABLE',
      `load: ${gateways} gateways in ${districts} districts; expected 1 to ${10 ** DIGITS - 1} in 1 to ${MAX_DISTRICTS}`,
    )
  const fleet: Fleet = {
    regions: loadDistricts(districts)
      .filter(district => only?.includes(district) ?? true)
      .map((district, n) => ({ district, nameZh: `负载试验区${n + 1}`, nameEn: `Load trial district ${n + 1}` })),
    streets: [],
    stations: [],
    appliances: [],
    gateways: [],
    devices: [],
    ruleOverrides: [],
  }
  for (let n = 0; n < gateways; n++) {
    const address = loadAddress(n, districts)
    if (only?.includes(address.district) === false) continue
    addStation(fleet, n, address)
  }
  return fleet
}

function addStation(fleet: Fleet, n: number, { district, gateway }: GatewayAddress): void {
  const station = loadStation(n)
  fleet.stations.push({
    id: station,
    district,
    nameZh: `负载试验站${n}（演示）`,
    nameEn: `Load trial station ${n} (demo)`,
    // A lattice over the city's main districts: no place of a real station.
    latDeg: 29.3 + (n % 700) * 0.0007,
    lngDeg: 106.3 + (Math.floor(n / 700) % 700) * 0.0007,
    hours: '24/7',
    capacity: 8 + (n % 12),
    facilities: ['seating', 'charging'],
  })
  for (const [name, kind] of APPLIANCES) fleet.appliances.push({ id: `${station}-${name}`, station, kind })
  fleet.gateways.push({ id: gateway, station, district })
  for (const name of LOAD_DEVICES) {
    const appliance = APPLIANCES.find(([end]) => name.startsWith(`${end}-`))?.[0]
    fleet.devices.push({
      id: loadDevice(n, name),
      gateway,
      vendor: 'esphome',
      address: name,
      ...(appliance !== undefined && { appliance: `${station}-${appliance}` }),
    })
  }
}
