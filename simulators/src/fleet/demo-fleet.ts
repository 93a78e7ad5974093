import {
  APPLIANCE_KINDS,
  type ApplianceRecord,
  type DeviceRecord,
  type Fleet,
  type GatewayRecord,
  type HostKind,
  type StationRecord,
} from '@harbor/protocol'
import { APPLIANCE_NAMES } from '../faults/faults.ts'
import { createRandom, hashText } from '../random.ts'
import { DEMO_MODELS, demoRuleOverrides } from './demo-models.ts'
import type { Place } from './places.ts'
import { placeOf } from './place-record.ts'
import { addQuietStations } from './quiet-stations.ts'

/** Stations of the demo with sensors; Yuzhong has all its places, as the district with the most real ones. */
export const DEMO_STATIONS = 48
const CENTRE = '500103'

/** Hours as real stations have them (docs/domain.md 1.3); about one in eight is open all night. */
const HOURS = [
  '06:00-22:00',
  '24/7',
  '08:00-22:00',
  'Mo-Fr 08:30-12:00,14:30-18:00; Sa-Su 09:00-17:00',
  '07:00-21:00',
  '09:00-21:00',
  '06:00-22:00',
  'Mo-Fr 09:00-17:00; Sa 09:00-12:00',
  '05:00-23:00',
] as const

/** Under whose roof stations are (docs/domain.md 1.3): most are shared, few have a building of their own. */
const HOSTS: readonly HostKind[] = ['public_toilet', 'park', 'own_building', 'community_office', 'petrol_station']

/** How the door is found, for some. */
const HINTS = [
  { hintZh: '公厕左侧第二个门（演示）', hintEn: 'second door left of the public toilet (demo)' },
  { hintZh: '公园东门内50米（演示）', hintEn: '50 m inside the east gate of the park (demo)' },
  undefined,
  { hintZh: '社区办公楼一楼（演示）', hintEn: 'ground floor of the community office (demo)' },
  undefined,
] as const

/** Seats: floors of 8 to 75 m2 over 2.5 m2 (docs/domain.md 1.3, with an exceptional large one). */
const CAPACITIES = [8, 6, 12, 4, 10, 30, 8, 5, 16, 7, 24] as const

/**
 * A demo fleet of `DEMO_STATIONS` stations with sensors at real places, and one without any at each place that is left. The
 * same places give the same fleet.
 */
export function buildDemoFleet(places: readonly Place[]): Fleet {
  const chosen = choosePlaces(places, DEMO_STATIONS)
  const counts = new Map<string, number>()
  const fleet: Fleet = {
    regions: [],
    streets: [],
    stations: [],
    appliances: [],
    gateways: [],
    devices: [],
    ruleOverrides: demoRuleOverrides(),
  }
  for (const [index, place] of chosen.entries()) {
    const { district } = place
    const count = (counts.get(district) ?? 0) + 1
    counts.set(district, count)
    if (count === 1) fleet.regions.push({ district, nameZh: place.districtZh, nameEn: place.districtEn })
    const number = `${district}-${String(count).padStart(2, '0')}`
    const station = buildStation(place, number, index)
    const gateway: GatewayRecord = { id: `gw-${number}`, station: station.id, district }
    fleet.stations.push(station)
    fleet.appliances.push(...buildAppliances(station.id))
    fleet.gateways.push(gateway)
    fleet.devices.push(...buildDevices({ number, station: station.id, gateway: gateway.id, index }))
  }
  fleet.streets = streetsOf(places)
  const left = places.filter(place => !chosen.includes(place))
  addQuietStations(fleet, left, counts)
  return fleet
}

/** Each street that a place is in, by code. */
function streetsOf(places: readonly Place[]): Fleet['streets'] {
  const byCode = new Map(
    places.map(({ street, streetZh, streetEn }) => [street, { street, nameZh: streetZh, nameEn: streetEn }]),
  )
  return [...byCode.values()].sort((a, b) => a.street.localeCompare(b.street))
}

/** All of the centre, then one of each other district in turn, so that no district is left out. */
function choosePlaces(places: readonly Place[], count: number): Place[] {
  const chosen = places.filter(place => place.district === CENTRE)
  const byDistrict = Map.groupBy(
    places.filter(place => place.district !== CENTRE),
    place => place.district,
  )
  const deepest = Math.max(0, ...[...byDistrict.values()].map(list => list.length))
  for (let turn = 0; turn < deepest; turn++) {
    for (const list of byDistrict.values()) {
      const place = list[turn]
      if (place !== undefined) chosen.push(place)
    }
  }
  return chosen.slice(0, count).sort((a, b) => a.district.localeCompare(b.district))
}

function buildStation(place: Place, number: string, index: number): StationRecord {
  const hours = HOURS[index % HOURS.length] ?? HOURS[0]
  const capacity = CAPACITIES[index % CAPACITIES.length] ?? CAPACITIES[0]
  return {
    ...placeOf(place, number),
    hours,
    capacity,
    facilities: buildFacilities(number, { allNight: hours === '24/7', large: capacity >= 10 }),
    hostKind: HOSTS[index % HOSTS.length],
    ...HINTS[index % HINTS.length],
  }
}

/** Core facilities everywhere, the others as a station may have them (docs/domain.md 1.3). */
function buildFacilities(
  number: string,
  { allNight, large }: { allNight: boolean; large: boolean },
): StationRecord['facilities'] {
  const random = createRandom(`facilities ${number}`)
  const facilities: StationRecord['facilities'] = ['seating', 'charging', 'medicine_box']
  if (random() < 0.6) facilities.push('toilet')
  if (random() < 0.6) facilities.push('wifi')
  if (random() < (large ? 0.5 : 0.1)) facilities.push('nursing_room')
  if (random() < 0.4) facilities.push('wheelchair')
  if (random() < 0.3) facilities.push('tricycle_parking')
  if (allNight) facilities.push('night')
  return facilities
}

function buildAppliances(station: string): ApplianceRecord[] {
  return APPLIANCE_KINDS.map(kind => ({
    id: `${station}-${APPLIANCE_NAMES[kind]}`,
    station,
    kind,
    model: DEMO_MODELS[kind].model,
  }))
}

/** Every station has all four vendors; what may come from two of them alternates. */
function buildDevices(place: { number: string; station: string; gateway: string; index: number }): DeviceRecord[] {
  const { number, station, gateway, index } = place
  const even = index % 2 === 0
  const device = (name: string, vendor: DemoVendor, appliance?: string): DeviceRecord => {
    const id = `${number}-${name}`
    return {
      id,
      gateway,
      vendor,
      address: addressOf(vendor, name, hashText(id)),
      ...(appliance === undefined ? {} : { appliance: `${station}-${appliance}` }),
    }
  }
  return [
    device('fridge-plug', 'tasmota', 'fridge'),
    device('fridge-temp', even ? 'esphome' : 'zigbee2mqtt', 'fridge'),
    device('ac-plug', 'shelly', 'ac'),
    device('microwave-plug', 'zigbee2mqtt', 'microwave'),
    device('water-plug', even ? 'tasmota' : 'shelly', 'water'),
    device('room', even ? 'zigbee2mqtt' : 'esphome'),
    device('door', 'zigbee2mqtt'),
    device('people', 'esphome'),
  ]
}

/** The dialects that simulated devices speak. */
type DemoVendor = Extract<DeviceRecord['vendor'], 'tasmota' | 'shelly' | 'zigbee2mqtt' | 'esphome'>

/** What the vendor's messages call a device as it comes from the box, or as its owner would name it. */
function addressOf(vendor: DemoVendor, name: string, serial: number): string {
  const hex = serial.toString(16).padStart(8, '0')
  switch (vendor) {
    case 'tasmota':
      return `tasmota_${hex.slice(-6).toUpperCase()}`
    case 'shelly':
      return `shellyplusplugs-a803${hex}`
    case 'zigbee2mqtt':
      return name.replaceAll('-', '_')
    case 'esphome':
      return `${name}-${hex.slice(-6)}`
  }
}
