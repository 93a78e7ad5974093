import { type ApplianceRecord, type Fleet } from '@harbor/protocol'
import { SimulatorsError } from '../errors.ts'
import type { SimulatedStation } from '../simulated-station.ts'
import { APPLIANCE_NAMES, FAULTS, NO_FAULT, isFaultOf } from './faults.ts'

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
  /** An appliance's name, or its whole id. */
  appliance: string
  fault: string
}

export interface FaultBoard {
  list: () => ListedStation[]
  /** @throws SimulatorsError SIMULATORS_FAULT_UNKNOWN naming what there is instead. */
  set: (request: FaultRequest) => { appliance: string; fault: string }
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
    faults: FAULTS[kind],
  })
  return {
    list: () =>
      simulatedOnes().map(({ id, nameZh, nameEn }) => ({
        station: id,
        nameZh,
        nameEn,
        appliances: appliancesOf(id).map(listed),
      })),
    set: ({ station, appliance, fault }) => {
      const simulated = stations.get(station)
      if (simulated === undefined) throw unknown('station', station, sampleOf(simulatedOnes().map(({ id }) => id)))
      const there = appliancesOf(station)
      const found = there.find(({ id, kind }) => id === appliance || APPLIANCE_NAMES[kind] === appliance)
      if (found === undefined) {
        throw unknown('appliance', appliance, there.map(({ kind }) => APPLIANCE_NAMES[kind]).join(', '))
      }
      const { kind, id } = found
      if (fault === NO_FAULT) simulated.setFault(kind, undefined)
      else if (isFaultOf(kind, fault)) simulated.setFault(kind, fault)
      else throw unknown(`fault of a ${APPLIANCE_NAMES[kind]}`, fault, [...FAULTS[kind], NO_FAULT].join(', '))
      return { appliance: id, fault }
    },
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
