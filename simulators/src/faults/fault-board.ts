import { type ApplianceRecord, type Fleet } from '@harbor/protocol'
import { SimulatorsError } from '../errors.ts'
import type { SimulatedStation } from '../simulated-station.ts'
import {
  APPLIANCE_NAMES,
  EXPECTATIONS,
  NO_FAULT,
  OFFERED_FAULTS,
  STATION_FAULTS,
  STATION_NAME,
  isFaultOf,
} from './faults.ts'

/** An appliance as the list shows it. */
export interface ListedAppliance {
  id: string
  /** What the command takes: fridge, ac, microwave, water. */
  name: string
  /** What is broken in it, or `none`. */
  fault: string
  faults: readonly string[]
}

export interface ListedStation {
  station: string
  nameZh: string
  nameEn: string
  appliances: readonly ListedAppliance[]
}

export interface FaultRequest {
  station: string
  /** An appliance's name, or its whole id; `station` for the station as a whole. */
  appliance: string
  fault: string
}

/** What was done, and what is to come of it. */
export interface FaultSet {
  /** The appliance's id, or the station's. */
  appliance: string
  fault: string
  /** A sentence on what will be told, and when. */
  expect?: string
}

export interface FaultBoard {
  list: () => ListedStation[]
  /** @throws SimulatorsError SIMULATORS_FAULT_UNKNOWN naming what there is instead. */
  set: (request: FaultRequest) => FaultSet
}

/** What can be broken in the running fleet, and is. */
export function createFaultBoard(fleet: Fleet, stations: ReadonlyMap<string, SimulatedStation>): FaultBoard {
  // Nothing breaks where nothing is measured.
  const simulatedOnes = () => fleet.stations.filter(({ id }) => stations.has(id))
  const appliancesOf = (station: string) => fleet.appliances.filter(appliance => appliance.station === station)
  const listed = ({ id, kind, station }: ApplianceRecord): ListedAppliance => ({
    id,
    name: APPLIANCE_NAMES[kind],
    fault: stations.get(station)?.faultOf(kind) ?? NO_FAULT,
    faults: OFFERED_FAULTS[kind],
  })
  return {
    list: () =>
      simulatedOnes().map(({ id, nameZh, nameEn }) => ({
        station: id,
        nameZh,
        nameEn,
        appliances: [
          ...appliancesOf(id).map(listed),
          {
            id,
            name: STATION_NAME,
            fault: stations.get(id)?.stationFault() ?? NO_FAULT,
            faults: STATION_FAULTS,
          },
        ],
      })),
    set: ({ station, appliance, fault }) => {
      const simulated = stations.get(station)
      if (simulated === undefined) throw unknown('station', station, sampleOf(simulatedOnes().map(({ id }) => id)))
      if (appliance === STATION_NAME) return setOfStation(simulated, fault)
      const there = appliancesOf(station)
      const found = there.find(({ id, kind }) => id === appliance || APPLIANCE_NAMES[kind] === appliance)
      if (found === undefined) {
        const names = [...there.map(({ kind }) => APPLIANCE_NAMES[kind]), STATION_NAME]
        throw unknown('appliance', appliance, names.join(', '))
      }
      const { kind, id } = found
      if (fault === NO_FAULT) simulated.setFault(kind, undefined)
      else if (isFaultOf(kind, fault) && OFFERED_FAULTS[kind].includes(fault)) simulated.setFault(kind, fault)
      else throw unknown(`fault of a ${APPLIANCE_NAMES[kind]}`, fault, [...OFFERED_FAULTS[kind], NO_FAULT].join(', '))
      return { appliance: id, fault, ...expectationOf(simulated, `${APPLIANCE_NAMES[kind]} ${fault}`) }
    },
  }
}

function setOfStation(simulated: SimulatedStation, fault: string): FaultSet {
  const known = STATION_FAULTS.find(one => one === fault)
  if (known === undefined && fault !== NO_FAULT)
    throw unknown(`fault of a ${STATION_NAME}`, fault, [...STATION_FAULTS, NO_FAULT].join(', '))
  simulated.setStationFault(known)
  return { appliance: simulated.plan.id, fault, ...expectationOf(simulated, `${STATION_NAME} ${fault}`) }
}

function expectationOf(simulated: SimulatedStation, name: string): Pick<FaultSet, 'expect'> {
  const expected = EXPECTATIONS[name]
  if (expected === undefined) return {}
  const { rule, withinMin, whileOpen } = expected
  const isShown = !whileOpen || simulated.isOpen()
  return {
    expect: isShown
      ? `expect ${rule} within ${withinMin} min`
      : `the station is closed now: expect ${rule} within ${withinMin} min of its opening, or take one that is open`,
  }
}

function unknown(what: string, given: string, there: string): SimulatorsError {
  return new SimulatorsError(
    'SIMULATORS_FAULT_UNKNOWN',
    `no ${what} called ${JSON.stringify(given.slice(0, 60))}; there is ${there}`,
  )
}

/** A few of many, and how to see them all. */
function sampleOf(ids: readonly string[]): string {
  return ids.length <= 6
    ? ids.join(', ')
    : `${ids.slice(0, 3).join(', ')} and ${ids.length - 3} more (npm run fault -- --list)`
}
